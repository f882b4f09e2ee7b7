"""Counting all transfers again, page by page: what accounts and months should hold, however many."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session

from points.accounts import WITH_FLOOR
from points.leaves import Values, plain_rows
from points.models import GroupKind, TransferKind, accounts, balances, monthly_totals, transfers

OPEN_MONTHS = 3  # counted side by side; transfers come nearly in the order of months
_GROUPS = tuple(kind for kind in GroupKind if kind is not GroupKind.RESIDENT)
_KINDS = (GroupKind.RESIDENT, *_GROUPS)
# What is counted of a transfer; the last ones are groups that earn.
COUNTED = ("id", "debit", "credit", "amount", "kind", "month", *(kind.value for kind in _GROUPS))
_ID, _DEBIT, _CREDIT, _AMOUNT, _KIND, _MONTH = range(6)
_PLACES = (_CREDIT, *range(6, len(COUNTED)))  # where a row says who earned
_AWARD = str(TransferKind.AWARD.value)  # comparing with a plain word is several times quicker
Totals = defaultdict[Any, int]
Columns = Sequence[tuple[Any, ...]]


class Recount:
    """What the transfers come to so far, with only a few months in hand at a time.

    A month that is through is compared with its kept totals at once, and only what differs is remembered;
    whatever comes late for it is added to that difference.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._gained: Totals = defaultdict(int)
        self._lost: Totals = defaultdict(int)
        self._months: dict[str, tuple[Totals, ...]] = {}
        self._compared: set[str] = set()
        self._differences: Counter[tuple[str, GroupKind, str]] = Counter()
        self._unreadable: list[int] = []

    def add(self, rows: Sequence[Values]) -> None:
        """Count a page of transfers: column after column, which is several times quicker than row by row."""
        readable = self._readable(rows)
        if not readable:
            return
        columns = _columns(readable)
        _add(self._gained, columns[_CREDIT], columns[_AMOUNT])
        _add(self._lost, columns[_DEBIT], columns[_AMOUNT])
        months = set(columns[_MONTH])
        alike = len(months) == 1 and set(columns[_KIND]) == {_AWARD}  # as nearly every page is
        for month in months:
            self._award(month, columns if alike else _columns(_awards(readable, month)))
        while len(self._months) > OPEN_MONTHS:
            self._close(min(self._months))

    def _award(self, month: str, columns: Columns) -> None:
        for totals, place in zip(self._totals(month), _PLACES, strict=True):
            if columns:
                _add(totals, columns[place], columns[_AMOUNT])

    def problems(self) -> Iterator[str]:
        """Say what is kept otherwise than the transfers come to, when all of them were counted."""
        for transfer in self._unreadable:
            yield f"transfer {transfer} moves something that is no number"
        yield from self._wrong_accounts()
        yield from self._wrong_months()

    def _readable(self, rows: Sequence[Values]) -> Sequence[Values]:
        if {type(row[_AMOUNT]) for row in rows} <= {int}:
            return rows
        self._unreadable += [row[_ID] for row in rows if type(row[_AMOUNT]) is not int]
        return [row for row in rows if type(row[_AMOUNT]) is int]

    def _totals(self, month: str) -> tuple[Totals, ...]:
        if month not in self._months:
            self._months[month] = _no_totals()
        return self._months[month]

    def _close(self, month: str) -> None:
        """Take a month out of hand; what it should hold and does not is its difference."""
        totals = self._months.pop(month, None) or _no_totals()
        for kind, counted in zip(_KINDS, totals, strict=True):
            counted.pop(None, None)  # who had no team, or no building
            by_number = kind is GroupKind.RESIDENT
            named = {str(key): amount for key, amount in counted.items()} if by_number else counted
            kept = self._kept(month, kind) if month not in self._compared else {}
            if named != kept:
                for key in named.keys() | kept.keys():
                    self._differences[month, kind, key] += named.get(key, 0) - kept.get(key, 0)
        self._compared.add(month)

    def _kept(self, month: str, kind: GroupKind) -> dict[str, int]:
        of_month = (monthly_totals.c.month == month, monthly_totals.c.group_kind == kind)
        query = select(monthly_totals.c.key, monthly_totals.c.earned).where(*of_month)
        return dict(plain_rows(self._session.connection().execute(query)))

    def _wrong_accounts(self) -> Iterator[str]:
        query = (
            select(accounts.c.id, accounts.c.kind, balances.c.posted)
            .outerjoin(balances, balances.c.account == accounts.c.id)
            .order_by(accounts.c.id)
        )
        together = 0
        for account, kind, posted in self._session.connection().execute(query):
            counted = self._gained.pop(account, 0) - self._lost.pop(account, 0)
            kept = counted if posted is None and kind not in WITH_FLOOR else posted or 0
            together += kept
            if counted != kept:
                yield f"balance of account {account} says {kept}, its transfers say {counted}"
        for account in sorted(self._gained.keys() | self._lost.keys(), key=str):
            yield f"transfers name account {account}, which does not exist"
        if together:
            yield f"all accounts together hold {together}, not 0"

    def _wrong_months(self) -> Iterator[str]:
        there = select(monthly_totals.c.month).distinct()
        for month in sorted({*self._months, *self._session.connection().execute(there).scalars()}):
            if month in self._months or month not in self._compared:
                self._close(month)
        self._take_reversed()
        for (month, kind, key), more in sorted(self._differences.items()):
            if more:
                kept = self._kept(month, kind).get(key, 0)
                whose = f"account {key}" if kind is GroupKind.RESIDENT else f"{kind} {key}"
                counted = kept + more
                yield f"month total of {whose} in {month} says {kept}, the transfers say {counted}"

    def _take_reversed(self) -> None:
        """Awards that were reversed count in no month."""
        original = transfers.alias("original")
        of_award = and_(original.c.id == transfers.c.reverses, original.c.kind == TransferKind.AWARD)
        for row in self._session.connection().execute(select(transfers).join(original, of_award)):
            self._differences[row.month, GroupKind.RESIDENT, str(row.debit)] -= row.amount
            for kind in _GROUPS:
                key = getattr(row, kind.value)
                if key is not None:
                    self._differences[row.month, kind, key] -= row.amount


def _no_totals() -> tuple[Totals, ...]:
    return tuple(defaultdict(int) for _ in _KINDS)


def _columns(rows: Sequence[Values]) -> Columns:
    return list(zip(*rows, strict=True))


def _awards(rows: Sequence[Values], month: str) -> Sequence[Values]:
    return [row for row in rows if row[_MONTH] == month and row[_KIND] == _AWARD]


def _add(totals: Totals, keys: Iterable[Any], amounts: Iterable[int]) -> None:
    for key, amount in zip(keys, amounts, strict=True):
        totals[key] += amount
