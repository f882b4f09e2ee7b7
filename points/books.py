"""What a batch of postings reads beforehand, and what its decisions write at the end, folded."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Column, Executable, Row, bindparam, insert, select, update
from sqlmodel import Session

from points.accounts import lock
from points.models import (
    GroupKind,
    HoldState,
    TransferKind,
    accounts,
    balances,
    holds,
    monthly_totals,
    transfers,
)
from points.storing import chunks, upsert

Share = tuple[str, GroupKind, str]  # month, kind of group, key: one row of the month totals


class Wish(Protocol):
    """What the book must know of a posting to read what it needs."""

    @property
    def key(self) -> str: ...
    @property
    def debit(self) -> int: ...
    @property
    def credit(self) -> int: ...
    @property
    def hold(self) -> int | None: ...
    @property
    def reverses(self) -> int | None: ...


@dataclass
class Book:
    """The state a batch decides on, kept up to date as its postings are entered."""

    available: dict[int, int]  # of the accounts with a floor
    floorless: set[int]
    known: dict[str, Mapping[str, Any]]  # the first transfer under each key
    holds: dict[int, Row[Any]]
    originals: dict[int, Row[Any]]  # what postings want to reverse
    reversed_by: dict[int, int | None]
    rows: list[dict[str, Any]] = field(default_factory=list)
    captured: set[int] = field(default_factory=set)
    posted: Counter[int] = field(default_factory=Counter)
    released: Counter[int] = field(default_factory=Counter)
    earned: Counter[Share] = field(default_factory=Counter)

    def has_account(self, account: int) -> bool:
        return account in self.available or account in self.floorless

    def enter(self, row: dict[str, Any]) -> None:
        """Take a decided transfer in."""
        self.rows.append(row)
        self.known[row["key"]] = row
        self._move(row["credit"], row["amount"])
        self._move(row["debit"], -row["amount"])
        if row["hold"] is not None:
            self._capture(row)
        if row["reverses"] is not None:
            self.reversed_by[row["reverses"]] = None
        self._count(row)

    def _move(self, account: int, amount: int) -> None:
        if account in self.available:
            self.available[account] += amount
            self.posted[account] += amount

    def _capture(self, row: dict[str, Any]) -> None:
        self.captured.add(row["hold"])
        self.released[row["debit"]] += row["amount"]
        self.available[row["debit"]] += row["amount"]  # it was not available before either

    def _count(self, row: dict[str, Any]) -> None:
        """Count an award as earned, and a reversed award as not earned."""
        if row["kind"] is TransferKind.AWARD:
            self._share(row, row["credit"], row["amount"])
        elif row["reverses"] is not None and self.originals[row["reverses"]].kind is TransferKind.AWARD:
            self._share(row, row["debit"], -row["amount"])

    def _share(self, row: dict[str, Any], earner: int, amount: int) -> None:
        keys = {GroupKind.RESIDENT: str(earner)} | {kind: row[kind] for kind in GroupKind if kind in row}
        for kind, key in keys.items():
            if key is not None:
                self.earned[row["month"], kind, key] += amount


def open_book(session: Session, wishes: Sequence[Wish]) -> Book:
    """Lock the accounts of a batch, then read what deciding it needs.

    The locks come first: who posts the same key at the same moment touches the same account, waits here, and
    then finds the first transfer.
    """
    touched = {account for wish in wishes for account in (wish.debit, wish.credit)}
    held = lock(session, sorted(touched))
    originals = _by_id(session, transfers.c.id, [wish.reverses for wish in wishes])
    return Book(
        available={account: holding.available for account, holding in held.items()},
        floorless=_floorless(session, touched - held.keys()),
        known=_known(session, [wish.key for wish in wishes]),
        holds=_by_id(session, holds.c.id, [wish.hold for wish in wishes]),
        originals=originals,
        reversed_by={row.reverses: row.id for row in _matching(session, transfers.c.reverses, [*originals])},
    )


def transfer(session: Session, transfer_id: int) -> Row[Any] | None:
    """Read one transfer."""
    return _by_id(session, transfers.c.id, [transfer_id]).get(transfer_id)


def amounts_by_key(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """Give the amount that was posted under each key that is known."""
    return {key: first["amount"] for key, first in _known(session, keys).items()}


def write(session: Session, book: Book, now: datetime) -> dict[str, int]:
    """Write what was decided; give the id of each transfer, old or new, by its key."""
    ids = {key: row["id"] for key, row in book.known.items() if "id" in row}
    if book.rows:
        statement = insert(transfers).returning(transfers.c.key, transfers.c.id)
        ids |= dict(session.connection().execute(statement, book.rows).all())
        _write_holds(session, book, now)
        _write_balances(session, book)
        _write_months(session, book, now)
    return ids


def _write_holds(session: Session, book: Book, now: datetime) -> None:
    if book.captured:
        statement = update(holds).where(holds.c.id == bindparam("number"))
        rows = [{"number": number} for number in sorted(book.captured)]
        session.connection().execute(statement.values(state=HoldState.CAPTURED, ended_at=now), rows)


def _write_balances(session: Session, book: Book) -> None:
    moved = [number for number in sorted(book.posted) if book.posted[number] or book.released[number]]
    if moved:
        rows = [
            {"number": number, "more": book.posted[number], "less_held": book.released[number]}
            for number in moved
        ]
        session.connection().execute(_MOVE, rows)


def _write_months(session: Session, book: Book, now: datetime) -> None:
    shares = sorted(book.earned.items())  # in one order always, so that two units never wait for each other
    more = [
        {"month": month, "group_kind": kind, "key": key, "earned": earned, "reached_at": now}
        for (month, kind, key), earned in shares
        if earned > 0
    ]
    less = [
        {"in_month": month, "of_kind": kind, "of_key": key, "less": -earned}
        for (month, kind, key), earned in shares
        if earned < 0
    ]
    if more:
        session.connection().execute(_earn(session), more)
    if less:
        session.connection().execute(_UNEARN, less)


def _earn(session: Session) -> Executable:
    statement = upsert(session, monthly_totals)
    excluded = statement.excluded
    added = {"earned": monthly_totals.c.earned + excluded.earned, "reached_at": excluded.reached_at}
    return statement.on_conflict_do_update(index_elements=["month", "group_kind", "key"], set_=added)


_MOVE = (
    update(balances)
    .where(balances.c.account == bindparam("number"))
    .values(posted=balances.c.posted + bindparam("more"), held=balances.c.held - bindparam("less_held"))
)
# Who reached a total first stays first when points are taken back: the moment is left as it is.
_UNEARN = (
    update(monthly_totals)
    .where(
        monthly_totals.c.month == bindparam("in_month"),
        monthly_totals.c.group_kind == bindparam("of_kind"),
        monthly_totals.c.key == bindparam("of_key"),
    )
    .values(earned=monthly_totals.c.earned - bindparam("less"))
)


def _known(session: Session, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    return {row.key: dict(row._mapping) for row in _matching(session, transfers.c.key, keys)}


def _floorless(session: Session, candidates: Iterable[int]) -> set[int]:
    rows = _matching(session, accounts.c.id, sorted(candidates))
    return {row.id for row in rows}


def _by_id(session: Session, column: Column[Any], numbers: Iterable[int | None]) -> dict[int, Row[Any]]:
    wanted = sorted({number for number in numbers if number is not None})
    return {row.id: row for row in _matching(session, column, wanted)}


def _matching(session: Session, column: Column[Any], values: Sequence[Any]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for some in chunks(values):
        query = select(column.table).where(column.in_(some))
        found += session.connection().execute(query)
    return found
