"""What call-outs announce: the call itself, the board, the end of it."""

from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.callouts import (
    CallOutView,
    Opened,
    StoodDown,
    about_asks,
    board,
)
from bot.chat.announcing import announces
from bot.chat.approval_news import tell_decision
from bot.chat.award_words import award_html
from bot.chat.board_words import board_message
from bot.chat.callout_words import ask_message, marked, told_apart, what_next
from bot.chat.falling_back import end_fallback, plan_fallback
from bot.chat.group_calls import end_in_groups, post_to_groups
from bot.chat.house import House
from bot.chat.kinds_of_news import is_loud, lasts_until, sound_of
from bot.chat.telling import tell
from bot.chat.texts import Texts, texts
from bot.community import PersonAddress
from bot.delivery import Lane, Message, Recipient, State, deliveries, enqueue, withdraw
from points import Awarded


def about(callout_id: int) -> str:
    """Name the messages by which a call-out's volunteers are asked."""
    return about_asks(callout_id)


def about_board(callout_id: int) -> str:
    """Name the messages that are boards of a call-out."""
    return f"board:{callout_id}"


@announces(Opened)
def opened(session: Session, event: Opened, house: House, now: datetime) -> None:
    """Ask everybody, give the coordinator a board, and tell who is told when one alone decided."""
    if event.replayed:
        return
    view = event.callout
    post_to_groups(session, view, house, now)
    if event.coordinator is not None:
        # Before the asks in their own lane: it leaves first, and a crash on the way does not lose it.
        send_board(session, view, event.coordinator, house, now)
    if event.asked:
        _ask(session, event, now)
    plan_fallback(session, view.callout_id, now)
    if event.decided_by is not None:
        tell_decision(session, event, event.decided_by, now)
    for ended in event.ended_exercises:
        stood_down(session, ended, house, now)


def _ask(session: Session, event: Opened, now: datetime) -> None:
    view, key = event.callout, f"callout:{event.callout.callout_id}:ask"
    enqueue(
        session,
        key=key,
        lane=Lane.EMERGENCY,
        renderings={
            language: ask_message(texts(language), view)
            for language in sorted({one.language for one in event.asked})
        },
        to=[Recipient(one.chat_id, one.language, one.resident_id) for one in event.asked],
        now=now,
        loud=sound_of(key, loud=is_loud(view)),
        about=about(view.callout_id),
        expires_at=lasts_until(key, now),
    )


def send_board(
    session: Session,
    view: CallOutView,
    to: PersonAddress,
    house: House,
    now: datetime,
    *,
    key: str = "first",
    may_end: bool = True,
) -> None:
    """Send a board that will be edited in place from then on; only who may end the call-out can from it."""
    shown = board(session, callout_id=view.callout_id, now=now)
    tell(
        session,
        [to],
        key=f"callout:{view.callout_id}:board:{to.resident_id}:{key}",
        words=lambda t: board_message(t, shown, house, may_end=may_end),
        now=now,
        lane=Lane.EMERGENCY,
        about=about_board(view.callout_id),
    )


@announces(StoodDown)
def stood_down(session: Session, event: StoodDown, house: House, now: datetime) -> None:
    """Drop what was not sent, thank who was asked and say what each earned; it rings for those awaited."""
    if event.already:
        return
    view = event.callout
    withdraw(session, about(view.callout_id), now)
    end_in_groups(session, view.callout_id, lambda t: _farewell(t, view, event), house, now)
    end_fallback(session, view, lambda t: Message(str(_farewell(t, view, event))), house, now)
    told = _who_heard(session, event)
    awards = {award.resident_id: award for award in event.awards}
    served = {one.resident_id: one.minutes for one in event.served}
    plain = [one for one in told if one.resident_id not in awards]
    awaited = {*served, *event.awaited}
    key = f"callout:{view.callout_id}:stood-down"
    for ring in (True, False):
        tell(
            session,
            [one for one in plain if (one.resident_id in awaited) is ring],
            key=f"{key}:awaited" if ring else key,
            words=lambda t: Message(str(_farewell(t, view, event))),
            now=now,
            lane=Lane.EMERGENCY,  # sent again in doubt: who was called must hear that nobody is needed
            loud=ring and is_loud(view),
        )
    for one in told:
        if one.resident_id in awards:
            minutes = served.get(one.resident_id, 0)
            earned = _earned(texts(one.language), house, awards[one.resident_id], minutes)
            _tell_one(
                session,
                one,
                f"{key}:{one.resident_id}",
                _farewell(texts(one.language), view, event),
                earned,
                now,
                loud=is_loud(view),
            )


def _who_heard(session: Session, event: StoodDown) -> list[PersonAddress]:
    """Leave out those whose question was withdrawn before it left, unless they served all the same."""
    asked = deliveries(session, about(event.callout.callout_id))
    withdrawn = {one.tag for one in asked if one.state is State.WITHDRAWN}
    unasked = withdrawn - {one.resident_id for one in event.served}
    return [one for one in event.told if one.resident_id not in unasked]


def _earned(t: Texts, house: House, award: Awarded, minutes: int) -> Markup:
    served = t.rich("answer.served", minutes=t.count("count.minutes", minutes))
    return served + Markup("\n") + award_html(t, house, award)


def _tell_one(
    session: Session,
    one: PersonAddress,
    key: str,
    farewell: Markup,
    earned: Markup,
    now: datetime,
    *,
    loud: bool,
) -> None:
    message = Message(str(farewell + Markup("\n") + earned), what_next(texts(one.language)))
    tell(session, [one], key=key, words=lambda _: message, now=now, lane=Lane.EMERGENCY, loud=loud)


def _farewell(t: Texts, view: CallOutView, event: StoodDown) -> Markup:
    key = "standdown.thanks" if event.by is not None else "standdown.real_emergency"
    return marked(t, exercise=view.exercise, html=t.rich(key, name=told_apart(t, view)))
