"""Gifts to a neighbour or an area's fund: within the month's limits, never earned, as old as they were."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Column, and_, func, select
from sqlmodel import Session

from points.accounts import (
    find_own_account,
    find_resident_account,
    held_by,
    lock,
    open_account,
    own_account,
    purse_of,
    resident_account,
)
from points.ages import came_by_month, of_person, oldest
from points.deciding import bad_amount
from points.errors import KeyConflict
from points.gift_errors import (
    GiftsOff,
    GivenEnough,
    NotEnoughToGive,
    OwnGift,
    ReceivedEnough,
    SharedPurse,
)
from points.models import AccountKind, TransferKind, transfers
from points.months import month_of, month_start
from points.posting import Posting, post_linked
from points.purses_used import used_since

_mended = transfers.alias("mended")


@dataclass(frozen=True)
class GiftLimits:
    """How many points a month one may give, and be given by neighbours; none to give means no gifts."""

    give: int
    receive: int


@dataclass(frozen=True)
class Receiver:
    """Who is given something: a neighbour, or the fund of the area with this code."""

    resident_id: int | None = None
    fund: str | None = None


@dataclass(frozen=True)
class Gift:
    """Points that went to a neighbour or a fund; not `new` where the key was used for the same before.

    `balance` is what the giver can still spend, `left` what the month still lets them give; `received` is
    what the receiver has by now.
    """

    key: str
    giver_id: int
    to: Receiver
    amount: int
    balance: int
    left: int
    received: int
    new: bool


@dataclass(frozen=True)
class GiftRoom:
    """What somebody has, and what the month still lets them give of the `limit`."""

    available: int
    left: int
    limit: int

    @property
    def most(self) -> int:
        return min(self.available, self.left)

    def after(self, amount: int) -> "GiftRoom":
        """Give what is left when so many are given.

        Raises:
            BadAmount, GivenEnough, NotEnoughToGive: they cannot be.
        """
        if amount > self.left:
            raise GivenEnough(self.limit, self.left)
        reason = bad_amount(amount)
        if reason is not None:
            raise reason
        if amount > self.available:
            raise NotEnoughToGive(self.available, amount)
        return GiftRoom(self.available - amount, self.left - amount, self.limit)


def gift_room(
    session: Session, *, giver_id: int, limits: GiftLimits, now: datetime, zone: ZoneInfo
) -> GiftRoom:
    """Say what somebody can give now; who never had points has nothing.

    Raises:
        GiftsOff: the neighbourhood wants no gifts.
    """
    _check_wanted(limits)
    own = find_own_account(session, giver_id)
    if own is None:
        return GiftRoom(0, limits.give, limits.give)
    return _room(session, own, limits, now, zone)


def give(
    session: Session,
    *,
    key: str,
    giver_id: int,
    to: Receiver,
    amount: int,
    limits: GiftLimits,
    now: datetime,
    zone: ZoneInfo,
) -> Gift:
    """Give points away, the oldest first; a neighbour gets them as old as they are.

    Raises:
        GiftsOff, OwnGift, SharedPurse, BadAmount: it cannot be.
        NotEnoughToGive: fewer are available.
        GivenEnough, ReceivedEnough: it is more than the month still lets them give, or be given.
        KeyConflict: the key gave something else before.
    """
    _check_wanted(limits)
    own, receiver = own_account(session, giver_id), _account_of(session, to)
    giver = purse_of(session, own)
    if giver == receiver:
        raise OwnGift if to.resident_id == giver_id else SharedPurse
    lock(session, [giver, receiver])
    new = not _given_before(session, key, giver, receiver, amount)
    if new:
        available = _check(session, own, to, amount, limits, now, zone)
        postings = _postings(session, key, giver, receiver, available, amount, to)
        post_linked(session, postings, now, zone=zone)
    room = _room(session, own, limits, now, zone)
    received = held_by(session, receiver).available
    return Gift(key, giver_id, to, amount, room.available, room.left, received, new)


def gave_since(session: Session, giver_id: int, receiver_id: int, since: datetime) -> bool:
    """Tell whether somebody gave a neighbour anything since a moment, wherever their points lay then."""
    giver, receiver = find_own_account(session, giver_id), find_own_account(session, receiver_id)
    if giver is None or receiver is None:
        return False
    t, of, to = transfers.c, used_since(session, giver, since), used_since(session, receiver, since)
    gifts = (t.debit.in_(of), t.credit.in_(to), t.kind == TransferKind.GIFT, t.at > since)
    return session.connection().execute(select(t.id).where(*gifts).limit(1)).first() is not None


def check_apart(session: Session, *, giver_id: int, receiver_id: int) -> None:
    """Let nobody give to who has the same points.

    Raises:
        OwnGift, SharedPurse: it is themselves, or they have their points together.
    """
    if giver_id == receiver_id:
        raise OwnGift
    account = find_resident_account(session, giver_id)
    if account is not None and account == find_resident_account(session, receiver_id):
        raise SharedPurse


def fund_account(session: Session, fund: str) -> int:
    """Give the account of an area's fund, by the area's code, opening it where there is none."""
    return open_account(session, AccountKind.FUND, fund)


def _account_of(session: Session, to: Receiver) -> int:
    if to.fund is not None:
        return fund_account(session, to.fund)
    return resident_account(session, to.resident_id or 0)


def _check_wanted(limits: GiftLimits) -> None:
    if not limits.give:
        raise GiftsOff


def _room(session: Session, own: int, limits: GiftLimits, now: datetime, zone: ZoneInfo) -> GiftRoom:
    given = _passed(session, transfers.c.debit, own, now, zone)
    available = held_by(session, purse_of(session, own), now=now).available
    return GiftRoom(available, max(0, limits.give - given), limits.give)


def _check(
    session: Session,
    own: int,
    to: Receiver,
    amount: int,
    limits: GiftLimits,
    now: datetime,
    zone: ZoneInfo,
) -> int:
    """Refuse what cannot be given; give what is available for it. Both are locked, so it stays true."""
    room = _room(session, own, limits, now, zone)
    room.after(amount)
    if to.fund is None:
        theirs = own_account(session, to.resident_id or 0)
        left = limits.receive - _passed(session, transfers.c.credit, theirs, now, zone)
        if amount > left:
            raise ReceivedEnough(limits.receive, max(0, left))
    return room.available


def _passed(session: Session, side: Column[int], own: int, now: datetime, zone: ZoneInfo) -> int:
    """Add up what residents gave since the month began, where one side is somebody's; reversed is not given.

    Theirs is whatever purse they used since then: what a household has given stays given by who leaves.
    """
    t, since = transfers.c, month_start(month_of(now, zone), zone)
    gifts = and_(
        side.in_(used_since(session, own, since)),
        t.kind == TransferKind.GIFT,
        t.at >= since,
        of_person(t.debit),
    )
    query = select(func.coalesce(func.sum(t.amount), 0)).outerjoin(_mended, _mended.c.reverses == t.id)
    return int(session.connection().execute(query.where(gifts, _mended.c.id.is_(None))).scalar_one())


def _given_before(session: Session, key: str, giver: int, receiver: int, amount: int) -> bool:
    t = transfers.c
    query = select(t.credit, func.sum(t.amount)).where(t.debit == giver, t.link == key).group_by(t.credit)
    first = session.connection().execute(query).one_or_none()
    if first is None:
        return False
    if tuple(first) != (receiver, amount):
        said = {"credit": first[0], "amount": int(first[1])}
        raise KeyConflict(key, said, {"credit": receiver, "amount": amount})
    return True


def _postings(
    session: Session, key: str, giver: int, receiver: int, available: int, amount: int, to: Receiver
) -> list[Posting]:
    """Give a posting for each month the points are of; for a fund, where nothing expires, a single one."""
    parts: list[tuple[str | None, int]] = [(None, amount)]
    if to.fund is None:
        came = came_by_month(session, [giver]).get(giver, {})
        parts = [*oldest(came, available, amount)]
    return [
        Posting(
            key=key if number == 1 else f"{key}:{number}",
            kind=TransferKind.GIFT,
            debit=giver,
            credit=receiver,
            amount=part,
            month=month,
        )
        for number, (month, part) in enumerate(parts, 1)
    ]
