"""Holds: setting points aside, taking them in full or in part, and letting them go by wish or by time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlmodel import Session

from points.books import Reach, open_book
from points.deciding import bad_amount, free, not_open, uncovered
from points.effects import Aside, Book, Freed
from points.entering import write
from points.errors import HoldEnded, KeyConflict, UnknownAccount
from points.models import HoldState, TransferKind, holds
from points.months import month_of
from points.posting import post_one
from points.postings import Posted, Posting
from points.purses import pass_on

# A hold that ends posts at most what it repays of a debt, and in which month that is counts nowhere.
_ANYWHERE = ZoneInfo("UTC")
MOST_LAPSED = 500  # in one unit of work, so that nobody waits long behind it


def place_hold(
    session: Session,
    *,
    account: int,
    amount: int,
    key: str,
    now: datetime,
    lapses_at: datetime | None = None,
) -> int:
    """Set points aside, until a moment where one is given; the same again gives the first hold.

    Raises:
        BadAmount, UnknownAccount: it cannot be.
        NotEnoughPoints: fewer are available.
        KeyConflict: the key set something else aside before.
    """
    book = _open(session, account, now)
    first = session.connection().execute(select(holds).where(holds.c.key == key)).one_or_none()
    wanted = {"account": account, "amount": amount, "lapses_at": lapses_at}
    if first is not None:
        return _same(first, key, wanted)
    reason = bad_amount(amount) or uncovered(book, account, amount)
    if reason is not None:
        raise reason
    book.do(Aside(key, account, amount, lapses_at))
    write(session, book)
    return hold_under(session, key)


def hold_under(session: Session, key: str) -> int:
    """Give the hold that was placed under a key."""
    return int(session.connection().execute(select(holds.c.id).where(holds.c.key == key)).scalar_one())


def capture_hold(
    session: Session,
    *,
    hold: int,
    credit: int,
    now: datetime,
    zone: ZoneInfo,
    amount: int | None = None,
    rule: str | None = None,
) -> Posted:
    """Take what a hold set aside, or a part of it; the rest is available again in the same transaction.

    Raises:
        HoldEnded, HoldLapsed: it is not open any more.
        HoldExceeded: the part is more than the whole.
    """
    row = _hold(session, hold)
    capture = Posting(
        key=f"capture:{hold}",
        kind=TransferKind.CAPTURE,
        debit=row.account,
        credit=credit,
        amount=row.amount if amount is None else amount,
        rule=rule,
        hold=hold,
    )
    posted = post_one(session, capture, now, zone=zone)
    if capture.amount < row.amount:
        pass_on(session, [row.account], now)
    return posted


def release_hold(session: Session, *, hold: int, now: datetime) -> None:
    """Let the points of an open hold be available again, after what the account owes.

    Raises:
        HoldEnded: it was captured or released before, or has lapsed.
    """
    account = _hold(session, hold).account
    book = _open(session, account, now, hold)
    reason = not_open(book, hold)
    if reason is not None:
        raise reason
    free(book, Freed(book.holds[hold], HoldState.RELEASED))
    write(session, book)
    pass_on(session, [account], now)


def lapse_holds(session: Session, *, now: datetime, most: int = MOST_LAPSED) -> tuple[int, ...]:
    """End the holds whose time is over, the longest overdue first; say which."""
    over = select(holds.c.id, holds.c.account).where(
        holds.c.state == HoldState.OPEN, holds.c.lapses_at <= now
    )
    found = session.connection().execute(over.order_by(holds.c.lapses_at, holds.c.id).limit(most)).all()
    if not found:
        return ()
    reach = Reach(accounts={row.account for row in found}, holds=[row.id for row in found])
    book = open_book(session, reach, now=now, month=month_of(now, _ANYWHERE))
    lapsing = [hold for hold in book.holds.values() if hold.state is HoldState.OPEN]
    for hold in lapsing:
        free(book, Freed(hold, HoldState.LAPSED))
    write(session, book)
    pass_on(session, sorted({hold.account for hold in lapsing}), now)
    return tuple(hold.id for hold in lapsing)


def _open(session: Session, account: int, now: datetime, *of_holds: int) -> Book:
    session.flush()
    reach = Reach(accounts=[account], holds=of_holds)
    book = open_book(session, reach, now=now, month=month_of(now, _ANYWHERE))
    if account not in book.available:
        raise UnknownAccount(account)
    return book


def _hold(session: Session, hold: int) -> Row[Any]:
    row = session.connection().execute(select(holds).where(holds.c.id == hold)).one_or_none()
    if row is None:
        raise HoldEnded(hold)
    return row


def _same(first: Row[Any], key: str, wanted: Mapping[str, object]) -> int:
    said = {name: first._mapping[name] for name in wanted}
    if said != wanted:
        raise KeyConflict(key, said, wanted)
    return int(first.id)
