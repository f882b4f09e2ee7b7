"""Opens a book: locks the accounts it is about, then reads what deciding on it needs, and no more."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, Row, select
from sqlmodel import Session

from points import on_postgresql, on_sqlite
from points.accounts import open_account
from points.columns import NUMBERS
from points.effects import Book, First
from points.models import AccountKind, HoldState, holds, transfers
from points.postings import GROUPS, OWN, Posting
from points.storing import chunks


@dataclass(frozen=True, slots=True)
class Reach:
    """What a batch is about."""

    accounts: Collection[int]
    keys: Collection[str] = ()
    holds: Collection[int] = ()
    reversed: Collection[int] = ()


def reach_of(postings: Iterable[Posting]) -> Reach:
    accounts: set[int] = set()
    keys: dict[str, None] = {}
    held: set[int] = set()
    mended: set[int] = set()
    for posting in postings:
        accounts.add(posting.debit)
        accounts.add(posting.credit)
        keys[posting.key] = None
        if posting.hold is not None:
            held.add(posting.hold)
        if posting.reverses is not None:
            mended.add(posting.reverses)
    return Reach(accounts, keys, held, mended)


def open_book(session: Session, reach: Reach, *, now: datetime, month: str) -> Book:
    """Lock the accounts of a batch, then read what it decides on.

    The locks come first: who posts the same key or ends the same hold at the same moment touches the same
    account, waits here, and then finds what was done.
    """
    connection = session.connection()
    fixed = on_sqlite if connection.dialect.name == "sqlite" else on_postgresql
    accounts = fixed.accounts(connection, sorted(number for number in reach.accounts if number in NUMBERS))
    known = fixed.known(connection, list(reach.keys)) if reach.keys else ()
    originals = _by_id(connection, transfers.c.id, reach.reversed)
    return Book(
        now=now,
        month=month,
        available={number: left for number, _, left, _ in accounts if left is not None},
        owed={number: owed for number, _, _, owed in accounts if owed},
        floorless={number for number, kind, left, _ in accounts if left is None and kind != AccountKind.DEBT},
        known={key: First(fingerprint, number) for key, number, fingerprint in known},
        holds=_by_id(connection, holds.c.id, reach.holds),
        originals=originals,
        reversed_by={row.reverses: row.id for row in matching(connection, transfers.c.reverses, originals)},
        debt_of=partial(_debt_of, session, {}),
        overdue=partial(overdue, connection, now),
        first_content=partial(_content, connection),
    )


def transfer(session: Session, transfer_id: int) -> Row[Any] | None:
    """Read one transfer."""
    return _by_id(session.connection(), transfers.c.id, [transfer_id]).get(transfer_id)


def overdue(connection: Connection, now: datetime, account: int) -> list[Row[Any]]:
    """Read the holds of an account that are open and can only lapse, in the order they were made."""
    query = select(holds).where(
        holds.c.account == account, holds.c.state == HoldState.OPEN, holds.c.lapses_at <= now
    )
    return list(connection.execute(query.order_by(holds.c.id)))


def matching(connection: Connection, column: Column[Any], values: Collection[Any]) -> list[Row[Any]]:
    """Read the rows whose column has one of the values."""
    found: list[Row[Any]] = []
    for some in chunks(list(values)):
        found += connection.execute(select(column.table).where(column.in_(some)))
    return found


def _by_id(connection: Connection, column: Column[Any], numbers: Collection[int]) -> dict[int, Row[Any]]:
    there = sorted(number for number in numbers if number in NUMBERS)
    return {row.id: row for row in matching(connection, column, there)}


def _debt_of(session: Session, found: dict[int, int], account: int) -> int:
    if account not in found:
        found[account] = open_account(session, AccountKind.DEBT, str(account))
    return found[account]


def _content(connection: Connection, key: str) -> dict[str, object]:
    [row] = matching(connection, transfers.c.key, [key])
    return {name: row._mapping[name] for name in (*OWN, *GROUPS)}
