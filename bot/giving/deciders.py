"""Who may agree to what a fund pays: somebody with a role there, and nobody close to who proposed it."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from bot.community import (
    Act,
    PersonAddress,
    Place,
    addresses,
    allows,
    area_by_code,
    grants_of,
    group_keys,
    near_people,
    people_who_may,
    require,
    shown_names,
)
from bot.giving.events import SpendingCard
from points import giving as funds
from points.giving import OwnSpending, Spending


def spending_card(
    session: Session, one: Spending, *, also: Collection[int] = (), place: Place = Place.PRIVATE
) -> SpendingCard:
    """Give a proposal with its names, as they are shown in a place; `also` are others to name."""
    people = [number for number in (one.proposed_by, one.decided_by, *also) if number is not None]
    return SpendingCard(one, area_by_code(session, one.fund), shown_names(session, people, place))


def public_card(session: Session, one: Spending) -> SpendingCard:
    """Give a proposal with its names as groups may read them."""
    return spending_card(session, one, place=Place.GROUP)


def others_who_may(session: Session, area_id: int, without: Collection[int]) -> tuple[PersonAddress, ...]:
    """Give who may agree in an area and can be reached, but for some people."""
    everybody = people_who_may(session, act=Act.AGREE_SPENDING, area_id=area_id)
    return tuple(one for one in everybody if one.chat_id is not None and one.resident_id not in without)


def deciders(session: Session, one: Spending, now: datetime) -> tuple[PersonAddress, ...]:
    """Give who can be asked about a proposal."""
    place, near = area_by_code(session, one.fund), _near(session, one, now)
    return tuple(
        other
        for other in others_who_may(session, place.area_id, near)
        if one.household is None or household_of(session, other.resident_id) != one.household
    )


def may_decide(session: Session, one: Spending, resident_id: int, now: datetime) -> bool:
    """Tell whether somebody may agree to a proposal."""
    path = area_by_code(session, one.fund).path
    if not allows(grants_of(session, resident_id), Act.AGREE_SPENDING, path):
        return False
    own = one.household is not None and household_of(session, resident_id) == one.household
    return not own and resident_id not in _near(session, one, now)


def check_decider(session: Session, spending_id: int, resident_id: int, now: datetime) -> str | None:
    """Let somebody decide whose role reaches the fund's area; give their household.

    Raises:
        UnknownSpending: there is no such proposal.
        NotAllowed: no role of theirs reaches it.
        OwnSpending: they live with who proposed it, or did lately.
    """
    one = funds.spending(session, spending_id)
    place = area_by_code(session, one.fund)
    require(session, resident_id=resident_id, act=Act.AGREE_SPENDING, area_id=place.area_id)
    if resident_id != one.proposed_by and resident_id in _near(session, one, now):
        raise OwnSpending(household=True)
    return household_of(session, resident_id)


def household_of(session: Session, resident_id: int) -> str | None:
    """Give the household that somebody lives in."""
    keys = group_keys(session, [resident_id]).get(resident_id)
    return keys.household if keys else None


def address_of(session: Session, resident_id: int | None) -> tuple[PersonAddress, ...]:
    """Give where somebody is reached, if they are still with us."""
    return () if resident_id is None else tuple(addresses(session, [resident_id]).values())


def _near(session: Session, one: Spending, now: datetime) -> set[int]:
    """Give who proposed it, and who is near to them or was then."""
    if one.proposed_by is None:
        return set(one.kin)
    return {*one.kin, *near_people(session, [one.proposed_by], now)}
