"""Deeds that are listed for objection: everybody may object, coordinators decide, time pays."""

from datetime import datetime

from sqlmodel import Session

from bot.community import Act, NotAllowed, PersonAddress, Role, holders, may, near_people, require
from bot.deeds.errors import saying_who
from bot.deeds.events import DeedObjected, DeedPaid, DeedRejected, DeedUnpaid, People
from bot.deeds.people import (
    DeedCard,
    DeedRules,
    claimant,
    deed_card,
    home_of,
    household_of,
    near,
    one_address,
)
from bot.deeds.verifying import paid, record_act
from points.deeds import (
    DeedState,
    DeedView,
    Doubt,
    OwnDeed,
    Tier,
    deed,
    listed_deeds,
    object_to,
    pass_on,
    settle_objection,
)


def listed(session: Session) -> tuple[DeedCard, ...]:
    """Give what is listed now, with names, the next to be paid first."""
    return tuple(deed_card(session, one) for one in listed_deeds(session))


def raise_objection(
    session: Session,
    *,
    deed_id: int,
    resident_id: int,
    now: datetime,
    doubt: Doubt | None = None,
    words: str | None = None,
) -> DeedObjected:
    """Object to a listed deed: nothing is paid until coordinators decide.

    Raises:
        UnknownDeed, NotListed: there is nothing to object to (any more).
        OwnDeed: it is their own.
        NothingSaid: no reason, or one that is too long.
    """
    require(session, resident_id=resident_id, act=Act.CLAIM_DEED)
    object_to(session, deed_id=deed_id, by=resident_id, doubt=doubt, objection=words, now=now)
    held = pass_on(session, deed_id=deed_id, tier=Tier.OFFICERS)
    return DeedObjected(deed_card(session, held), claimant(session, held), deciders(session, held, now))


def settle(
    session: Session, *, deed_id: int, decider_id: int, post: bool, rules: DeedRules, now: datetime
) -> DeedPaid | DeedUnpaid | DeedRejected:
    """Decide on an objection: the points are posted after all, or never.

    Raises:
        UnknownDeed: there is none with this number.
        DecidedBefore: somebody decided before, or nobody objects.
        NotAllowed: no role of theirs decides here.
        OwnDeed: they had to do with it themselves, and somebody else can decide.
    """
    with saying_who(session):
        held = deed(session, deed_id)
        if held.state is DeedState.OBJECTED:
            _check_decider(session, held, decider_id, now)
        elif not may(session, resident_id=decider_id, act=Act.SETTLE_OBJECTION, area_id=held.area_id):
            raise NotAllowed(Act.SETTLE_OBJECTION)
        household = household_of(session, decider_id)
        after = settle_objection(
            session, deed_id=deed_id, by=decider_id, household=household, post=post, now=now
        )
    act = Act.SETTLE_OBJECTION if post else "uphold-objection"
    record_act(session, after, actor=decider_id, act=act, now=now)
    if post:
        return paid(session, after, rules=rules, now=now)
    objector = one_address(session, after.objector)
    return DeedRejected(deed_card(session, after), claimant(session, after), objector)


def post_listed(
    session: Session, *, deed_id: int, rules: DeedRules, now: datetime
) -> DeedPaid | DeedUnpaid | None:
    """Pay a deed whose days on the list are over; nothing where somebody objected or it is gone."""
    due = deed(session, deed_id)
    over = due.listed_until is not None and now >= due.listed_until
    return paid(session, due, rules=rules, now=now) if due.state is DeedState.LISTED and over else None


def deciders(session: Session, held: DeedView, now: datetime) -> People:
    """Give who decides on an objection: coordinators who had nothing to do with it, or else admins.

    Near people of a side are a side. Where there is nobody else, it is whoever agreed to the deed.
    """
    home = home_of(session, held, now)
    there = {Role.COORDINATOR: dict[int, PersonAddress](), Role.ADMIN: dict[int, PersonAddress]()}
    for person, grant in holders(session, act=Act.SETTLE_OBJECTION):
        if grant.reaches(home.path, None) and person.chat_id is not None:
            there[grant.role][person.resident_id] = person
    both = there[Role.ADMIN] | there[Role.COORDINATOR]
    close = near(session, home, both) | _and_near(session, now, held.objector)
    agreed = close | _and_near(session, now, held.verifier, held.decided_by)
    first = there[Role.COORDINATOR] if held.tier is not Tier.ADMINS else both
    for people, out in ((first, agreed), (both, agreed), (both, close)):
        if found := tuple(person for number, person in people.items() if number not in out):
            return found
    return ()


def _and_near(session: Session, now: datetime, *people: int | None) -> frozenset[int]:
    """Give these people, as far as they are still known, with who lives with them or did lately."""
    known = [number for number in people if number is not None]
    return near_people(session, known, now) if known else frozenset()


def _check_decider(session: Session, held: DeedView, decider_id: int, now: datetime) -> None:
    require(session, resident_id=decider_id, act=Act.SETTLE_OBJECTION, area_id=held.area_id)
    if decider_id not in {person.resident_id for person in deciders(session, held, now)}:
        raise OwnDeed(household=False)
