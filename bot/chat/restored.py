"""After a restore: nothing old is sent, who was forgotten since is forgotten again, and people are asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot import community
from bot.callouts import CallOutView, open_callouts
from bot.chat.announcing import announce, announces
from bot.chat.callout_words import marked, told_apart
from bot.chat.falling_back import FALLBACK_DUE
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.privacy import forget_everywhere
from bot.chat.recording import recorded
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import Act, PersonAddress, holders
from bot.delivery import Button, Lane, Message
from bot.delivery.restored import give_up_unsent
from bot.intake import erase_old
from bot.schedule import forget_planned
from bot.settling import settle_once


@dataclass(frozen=True)
class Restored:
    """What a restore found: from when the backup is, and what was still open in it."""

    taken_at: datetime
    expired: int
    forgotten: int
    callouts: tuple[CallOutView, ...]


def settle_restored(
    session: Session, *, taken_at: datetime, forgotten: Iterable[int], house: House, now: datetime
) -> Restored:
    """Make what came from a backup fit for today, and tell the coordinators what to look after."""
    settle_once(session, house.neighbourhood, now)
    ended = give_up_unsent(session, now)
    recorded(session, ended)
    forget_planned(session, FALLBACK_DUE)
    erase_old(session, now=now)
    again = [_forget_again(session, number, house, now) for number in sorted(set(forgotten))]
    still_open = open_callouts(session, area_path=community.root_area(session).path)
    found = Restored(taken_at, len(ended), sum(again), still_open)
    announce(session, found, house, now)
    return found


def _forget_again(session: Session, number: int, house: House, now: datetime) -> bool:
    """Forget a resident whom the backup still knows; a number that nobody bears there says nothing."""
    known = community.addresses(session, [number])
    if not known:
        return False
    chats = community.chats_of(session, number)
    outcome = forget_everywhere(session, resident_id=number, chats=chats, now=now)
    announce(session, outcome, house, now)
    return True


@announces(Restored)
def restored(session: Session, event: Restored, house: House, now: datetime) -> None:
    """Tell each coordinator from when things stand, and ask about each call-out that was open then."""
    held = holders(session, act=Act.CALL_OUT)
    since = f"{house.day(event.taken_at)} {house.hour(event.taken_at)}"
    tell(
        session,
        _once(person for person, _ in held),
        key=f"restored:{now.isoformat()}",
        words=lambda t: Message(str(t.rich("restored.told", since=since, unsent=event.expired))),
        now=now,
    )
    for view in event.callouts:
        reaching = _once(person for person, grant in held if grant.reaches(view.area_path, None))
        tell(
            session,
            reaching,
            key=f"restored:{now.isoformat()}:callout:{view.callout_id}",
            words=partial(_question, view=view, since=since),
            now=now,
            lane=Lane.EMERGENCY,
        )


def _question(t: Texts, *, view: CallOutView, since: str) -> Message:
    over = t("board.button_stand_down")
    html = t.rich("restored.ask_callout", title=told_apart(t, view), since=since, button=over)
    button = Button(over, f"cs:{view.callout_id}")
    return Message(str(marked(t, exercise=view.exercise, html=html)), one_a_row(button))


def _once(people: Iterable[PersonAddress]) -> list[PersonAddress]:
    return list({one.resident_id: one for one in people}.values())
