"""Giving points to a neighbour or to a fund of where one lives; never to who verifies one's deeds."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.community import (
    Act,
    AreaView,
    PersonAddress,
    Place,
    addresses,
    card,
    near_people,
    require,
    shown_names,
)
from bot.giving.errors import FundNotYours, GiftToVerifier, NeighbourGone
from bot.giving.events import GiftGiven
from points.deeds import agreed_lately
from points.giving import Gift, GiftLimits, Receiver, check_apart, give


def give_neighbour(
    session: Session,
    *,
    key: str,
    giver_id: int,
    receiver_id: int,
    amount: int,
    limits: GiftLimits,
    now: datetime,
    zone: ZoneInfo,
) -> GiftGiven:
    """Give points to a neighbour, with or without a chat, in one's own household or another.

    Raises:
        NeighbourGone: they asked to be forgotten meanwhile.
        GiftToVerifier: it would be thanks for verifying.
        PointsError: as `points.gifts.give`.
    """
    require(session, resident_id=giver_id, act=Act.GIVE_POINTS)
    people = addresses(session, [receiver_id])
    if receiver_id not in people:
        raise NeighbourGone
    check_receiver(session, giver_id=giver_id, receiver_id=receiver_id, now=now)
    to = Receiver(resident_id=receiver_id)
    gift = give(session, key=key, giver_id=giver_id, to=to, amount=amount, limits=limits, now=now, zone=zone)
    return _given(session, gift, tuple(people.values()))


def give_fund(
    session: Session,
    *,
    key: str,
    giver_id: int,
    area_id: int,
    amount: int,
    limits: GiftLimits,
    now: datetime,
    zone: ZoneInfo,
) -> GiftGiven:
    """Give points to the fund of one's building, grid or community.

    Raises:
        FundNotYours: it is another area's, or the area is no more.
        PointsError: as `points.gifts.give`.
    """
    require(session, resident_id=giver_id, act=Act.GIVE_POINTS)
    to = Receiver(fund=own_area(session, giver_id, area_id).code)
    gift = give(session, key=key, giver_id=giver_id, to=to, amount=amount, limits=limits, now=now, zone=zone)
    return _given(session, gift, ())


def own_area(session: Session, resident_id: int, area_id: int) -> AreaView:
    """Give one of the areas where somebody lives, from the community down.

    Raises:
        FundNotYours: it is another area, or no more.
    """
    for one in card(session, resident_id).trail:
        if one.area_id == area_id and not one.retired:
            return one
    raise FundNotYours


def check_receiver(session: Session, *, giver_id: int, receiver_id: int, now: datetime) -> None:
    """Let nobody thank in points for a deed that was agreed to; whole households count, on both sides.

    So do those with whom one lived lately.

    Raises:
        OwnGift, SharedPurse: it is themselves, or they have their points together.
        GiftToVerifier: somebody at the receiver's home agreed lately to a deed of the giver's home.
    """
    check_apart(session, giver_id=giver_id, receiver_id=receiver_id)
    theirs, ours = near_people(session, [receiver_id], now), near_people(session, [giver_id], now)
    if agreed_lately(session, theirs, ours, now):
        raise GiftToVerifier


def _given(session: Session, gift: Gift, receiver: tuple[PersonAddress, ...]) -> GiftGiven:
    giver = shown_names(session, [gift.giver_id], Place.PRIVATE).get(gift.giver_id, "")
    return GiftGiven(gift, giver, receiver)
