"""What time does to a deed that nobody decides on: a reminder after a day, others are asked after three."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.deeds.events import DeedPassedOn, DeedReminded, DeedUnheard, DeedUnheardOf, People
from bot.deeds.listing import deciders
from bot.deeds.people import TIERS, claimant, deed_card, tier_above, up_to, verifiers
from points.deeds import DeedState, DeedView, Tier, deed, pass_on

REMIND_AFTER = timedelta(days=1)
PASS_ON_AFTER = timedelta(days=3)
# How often the last who can decide are reminded, a day apart, before whose deed it is hears of it.
REMINDED_AT_MOST = 7


def stage(waiting: DeedView) -> str:
    """Name what a deed waits for; whatever was due for an earlier stage comes to nothing."""
    if waiting.state is DeedState.OBJECTED:
        return "objection"
    if not waiting.is_open:
        return "over"
    return f"{waiting.round}" if waiting.verifier is None else f"{waiting.round}+1"


def remind(session: Session, *, deed_id: int, at_stage: str, now: datetime) -> DeedReminded | None:
    """Remind who is to decide, or who is to answer; nothing where that was done."""
    waiting = deed(session, deed_id)
    if stage(waiting) != at_stage:
        return None
    card, owner = deed_card(session, waiting), claimant(session, waiting)
    if waiting.state is DeedState.ASKED:
        return DeedReminded(card, asked=(), claimant=owner)
    return DeedReminded(card, asked=whom(session, waiting, now), claimant=())


def pass_up(
    session: Session, *, deed_id: int, at_stage: str, now: datetime, again: bool = False
) -> DeedPassedOn | DeedUnheard | DeedUnheardOf | None:
    """Ask the next who can decide, or begin to remind the last; nothing where somebody did.

    Where the claimant leaves a question without an answer, all are asked to decide without it, once: not
    `again` after that.
    """
    waiting = deed(session, deed_id)
    if stage(waiting) != at_stage:
        return None
    know = () if waiting.state is DeedState.ASKED and not again else whom(session, waiting, now)
    before = {person.resident_id for person in know}
    above = Tier.ADMINS
    if waiting.is_open:
        people = verifiers(session, waiting, now, without=[waiting.verifier])
        above = tier_above(people, waiting.tier) or waiting.tier
    moved = pass_on(session, deed_id=deed_id, tier=above)
    fresh = tuple(one for one in whom(session, moved, now) if one.resident_id not in before)
    if fresh:
        return DeedPassedOn(deed_card(session, moved), fresh, claimant(session, moved))
    return _unheard(session, moved, 1, now) if before else DeedUnheardOf(deed_card(session, moved))


def remind_last(
    session: Session, *, deed_id: int, at_stage: str, times: int, now: datetime
) -> DeedUnheard | DeedUnheardOf | None:
    """Remind the last who were asked, so many times by now; nothing where somebody decided."""
    waiting = deed(session, deed_id)
    return _unheard(session, waiting, times, now) if stage(waiting) == at_stage else None


def _unheard(session: Session, waiting: DeedView, times: int, now: datetime) -> DeedUnheard | DeedUnheardOf:
    card, last = deed_card(session, waiting), _last(session, waiting, now)
    if times > REMINDED_AT_MOST:
        return DeedUnheard(card, asked=(), claimant=claimant(session, waiting), times=times)
    return DeedUnheard(card, asked=last, claimant=(), times=times) if last else DeedUnheardOf(card)


def _last(session: Session, waiting: DeedView, now: datetime) -> People:
    """Give the highest of those who are to decide."""
    if waiting.state is DeedState.OBJECTED:
        return deciders(session, waiting, now)
    people = verifiers(session, waiting, now, without=[waiting.verifier])
    return next((people[tier] for tier in reversed(TIERS) if people[tier]), ())


def whom(session: Session, waiting: DeedView, now: datetime) -> People:
    """Give who is to decide now."""
    if waiting.state is DeedState.OBJECTED:
        return deciders(session, waiting, now)
    return up_to(verifiers(session, waiting, now, without=[waiting.verifier]), waiting.tier)
