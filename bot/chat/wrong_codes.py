"""Wrong codes typed or scanned at a shop: five pause its handovers, and the coordinators hear of it."""

from datetime import datetime

from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.house import House
from bot.chat.overseeing import overseers
from bot.chat.refusals import refuses
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import ROLE_ACTS, Act, Grant, grants_of, open_area, record
from bot.delivery import Lane, Message
from points.shops import HandoversPaused, HandoversStopped, note_wrong_code, paused_until

STOPPED = "handovers-paused"


async def check_not_paused(turn: Turn) -> None:
    """Let nobody go on who tried too many wrong codes.

    Raises:
        HandoversPaused: for a while yet.
    """
    await turn.look(require_not_paused, turn.me, turn.now)


def require_not_paused(session: Session, resident_id: int, now: datetime) -> None:
    """Refuse, inside a unit of work, who tried too many wrong codes.

    Raises:
        HandoversPaused: for a while yet.
    """
    until = paused_until(session, resident_id, now)
    if until is not None:
        raise HandoversPaused(until)


async def count_wrong(turn: Turn) -> None:
    """Count a wrong code.

    Raises:
        HandoversPaused: it was one too many.
    """
    noted = await turn.act(note_wrong_code, resident_id=turn.me, now=turn.now)
    if isinstance(noted, HandoversStopped):
        raise HandoversPaused(noted.until)


@announces(HandoversStopped)
def stopped(session: Session, event: HandoversStopped, house: House, now: datetime) -> None:
    """Write it down, and tell the coordinators at which shop it was."""
    grant = _grant(session, event.resident_id)
    facts = {"count": event.count, "merchant": grant.subject if grant else None}
    area_id = grant.area_id if grant else None
    record(session, actor=event.resident_id, act=STOPPED, area_id=area_id, facts=facts, now=now)

    def words(t: Texts) -> Message:
        shop = _shop(session, t, house, grant)
        return Message(str(t.rich("wrong_codes.told", shop=shop, hour=house.hour(event.until))))

    if grant is not None:
        key = f"{STOPPED}:{event.resident_id}:{event.until.isoformat()}"
        tell(
            session,
            overseers(session, grant.area_id),
            key=key,
            words=words,
            now=now,
            lane=Lane.OWN_ACT,
        )


def _grant(session: Session, resident_id: int) -> Grant | None:
    return next(
        (one for one in grants_of(session, resident_id) if Act.HAND_OVER in ROLE_ACTS[one.role]), None
    )


def _shop(session: Session, t: Texts, house: House, grant: Grant | None) -> str:
    """Name the shop of a role, or the area whose shops it is for."""
    if grant is None:
        return ""
    named = {one.code: one.names for one in house.neighbourhood.merchants}
    if grant.subject is not None:
        return t.name(named[grant.subject]) if grant.subject in named else grant.subject
    return t.name(open_area(session, grant.area_id).names)


@refuses(HandoversPaused)
def _paused(error: HandoversPaused, t: Texts, house: House) -> str:
    phone = house.neighbourhood.community.phone
    return t("refusal.handovers_paused", hour=house.hour(error.until), phone=phone)
