"""Deciding on a deed: agreeing, alone or as two, rejecting, and what is listed before it is paid."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points.awarded import Awarded
from points.awards import award_all
from points.deeds.circles import in_a_ring
from points.deeds.claiming import checked_words, decided, open_row
from points.deeds.deserving import NO_FACTS, Facts, deserved_by
from points.deeds.errors import NotListed, OwnDeed, SecondPersonNeeded, TooClose
from points.deeds.flags import Flag, Look, read_flags, write_flags
from points.deeds.models import Deed, DeedState, Doubt, Tier, Why
from points.deeds.rights import check_not_own
from points.deeds.views import CIRCLE_WITHIN, DeedView, in_a_circle, row, view
from points.gifts import gave_since
from points.shelf import Verify

LISTED_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Bounds:
    """Above how many points two people must agree, and above how many everybody may object; None: never."""

    two_people_over: int | None = None
    public_over: int | None = None


def agree(
    session: Session, *, deed_id: int, by: int, household: str | None, bounds: Bounds, now: datetime
) -> DeedView:
    """Agree to a deed: it is approved or listed then, or still open where a second person must agree.

    Raises:
        UnknownDeed: there is none with this number.
        DeedDecided: somebody decided before.
        OwnDeed: their own, or of their household.
        SecondPersonNeeded: they agreed already, and another person must.
        TooClose: they would be the second person, and one hand would wash the other.
    """
    found = open_row(session, deed_id)
    check_not_own(found, by, household)
    if found.verifier == by:
        raise SecondPersonNeeded(deed_id)
    if found.verifier is None:
        found.verifier, found.verified_at = by, now
        if _needs_second(session, found, by, bounds, now):
            session.flush()
            return view(session, found)
    elif found.resident is not None and too_close(session, found.resident, by, now):
        raise TooClose(deed_id)
    found.decided_by, found.decided_at = by, now
    if bounds.public_over is not None and found.worth > bounds.public_over:
        found.state, found.listed_until = DeedState.LISTED, now + LISTED_FOR
    else:
        found.state = DeedState.APPROVED
    session.flush()
    return view(session, found)


def reject(
    session: Session,
    *,
    deed_id: int,
    by: int,
    household: str | None,
    now: datetime,
    why: Why | None = None,
    reason: str | None = None,
) -> DeedView:
    """Say no to a deed, with a usual reason or one that was typed.

    Raises:
        UnknownDeed: there is none with this number.
        DeedDecided: somebody decided before.
        OwnDeed: their own, or of their household.
        NothingSaid: no reason, or one that is too long.
    """
    found = open_row(session, deed_id)
    check_not_own(found, by, household)
    found.why = why
    found.reason = None if why is not None else checked_words(reason or "")
    found.state, found.decided_by, found.decided_at = DeedState.REJECTED, by, now
    session.flush()
    return view(session, found)


def pay(
    session: Session,
    *,
    deed_id: int,
    now: datetime,
    zone: ZoneInfo,
    facts: Facts = NO_FACTS,
    budget: int | None = None,
) -> Awarded | None:
    """Post what an agreed deed earns, once: again, or for a deed that is not agreed, nothing comes of it.

    A deed that is listed is paid when its days are over. What the month's budget cannot give comes later.
    Where its activity was retired meanwhile, the rule by which it was claimed pays.

    Raises:
        UnknownDeed: there is none with this number.
    """
    found = row(session, deed_id, lock=True)
    over = found.state is DeedState.LISTED and found.listed_until is not None and now >= found.listed_until
    if found.resident is None or not (over or found.state is DeedState.APPROVED):
        return None
    deserved = [deserved_by(found, facts)]
    [paid] = award_all(
        session,
        activity=found.activity,
        version=found.version,
        deserved=deserved,
        now=now,
        zone=zone,
        budget=budget,
    )
    found.state, found.paid, found.paid_at = DeedState.PAID, paid.amount, now
    session.flush()
    return paid


def object_to(
    session: Session,
    *,
    deed_id: int,
    by: int,
    now: datetime,
    doubt: Doubt | None = None,
    objection: str | None = None,
) -> DeedView:
    """Object to a deed while it is listed: coordinators decide then, and nothing is paid before.

    Raises:
        UnknownDeed: there is none with this number.
        NotListed: it is not listed (any more), or its days are over.
        OwnDeed: it is their own; they tell a coordinator instead.
        NothingSaid: no reason, or one that is too long.
    """
    found = row(session, deed_id, lock=True)
    if found.state is not DeedState.LISTED or found.listed_until is None or now >= found.listed_until:
        raise NotListed(deed_id, found.state)
    check_not_own(found, by, None)
    found.doubt = doubt
    found.objection = None if doubt is not None else checked_words(objection or "")
    found.state, found.objector, found.objected_at = DeedState.OBJECTED, by, now
    session.flush()
    return view(session, found)


def settle_objection(
    session: Session, *, deed_id: int, by: int, household: str | None, post: bool, now: datetime
) -> DeedView:
    """Decide on an objection: post the deed's points after all, or reject it.

    Raises:
        UnknownDeed: there is none with this number.
        DeedDecided: nobody objected, or somebody decided before.
        OwnDeed: their own, or of their household, or they are who objected.
    """
    found = row(session, deed_id, lock=True)
    if found.state is not DeedState.OBJECTED:
        raise decided(found)
    check_not_own(found, by, household)
    if found.objector == by:
        raise OwnDeed(household=False)
    found.state = DeedState.APPROVED if post else DeedState.REJECTED
    found.decided_by, found.decided_at = by, now
    session.flush()
    return view(session, found)


def pass_on(session: Session, *, deed_id: int, tier: Tier) -> DeedView:
    """Note that others are asked about a deed from now on.

    Raises:
        UnknownDeed: there is none with this number.
    """
    found = row(session, deed_id, lock=True)
    found.tier = tier
    session.flush()
    return view(session, found)


def too_close(session: Session, claimant: int, by: int, now: datetime) -> Look | None:
    """Say what makes these two close: they verify each other's deeds, also over others, or gave points."""
    if in_a_circle(session, claimant, by, now):
        return Look.CIRCLE
    if gave_since(session, claimant, by, now - CIRCLE_WITHIN):
        return Look.GIFT
    return Look.RING if in_a_ring(session, claimant, by, now) else None


def _needs_second(session: Session, found: Deed, by: int, bounds: Bounds, now: datetime) -> bool:
    """Tell whether one is not enough: by rule or worth, or because one hand washes the other."""
    close = None if found.resident is None else too_close(session, found.resident, by, now)
    if close is not None:
        found.flags = write_flags((*read_flags(found.flags), Flag(close)))
        return True
    much = bounds.two_people_over is not None and found.worth > bounds.two_people_over
    return much or found.verify == Verify.TWO_PEOPLE.value
