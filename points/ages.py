"""How old points are: what came in, month by month, with what passes between residents keeping its age."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    CompoundSelect,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from points.models import AccountKind, TransferKind, accounts, transfers

PEOPLE = (AccountKind.RESIDENT, AccountKind.HOUSEHOLD)
Months = Mapping[str, int]

_HANDED_ON = (TransferKind.GIFT, TransferKind.SETTLEMENT)
_other = accounts.alias("other")


def of_person(account: Column[Any]) -> ColumnElement[bool]:
    """Say in SQL: this account is a resident's or a household's."""
    return exists().where(_other.c.id == account, _other.c.kind.in_(PEOPLE))


def _came(*by: tuple[Column[Any], Column[Any]]) -> CompoundSelect[Any]:
    """Sum up what came in to accounts in the months after one, by pairs of columns (credit's and debit's).

    What of it was reversed counts off; so does what was given to a neighbour, to whom it came instead, and
    what was passed on to the purse where points lie together.
    """
    t = transfers.c
    some: BindParameter[Any] = bindparam("accounts", expanding=True)
    later = and_(t.month > bindparam("since"), t.id >= bindparam("first"))
    reversals = t.kind == TransferKind.REVERSAL
    given = and_(t.kind.in_(_HANDED_ON), of_person(t.credit))
    credits_, debits = zip(*by, strict=True)
    came = select(*credits_, func.sum(t.amount)).where(t.credit.in_(some), later)
    went = select(*debits, -func.sum(t.amount)).where(t.debit.in_(some), later, or_(reversals, given))
    came = came.where(or_(~reversals, of_person(t.debit)))
    return union_all(came.group_by(*credits_), went.group_by(*debits))


_ACCOUNTS, _MONTHS = (transfers.c.credit, transfers.c.debit), (transfers.c.month, transfers.c.month)
_BY_ACCOUNT = _came(_ACCOUNTS)
_BY_BOTH = _came(_ACCOUNTS, _MONTHS)


def came_since(session: Session, account_ids: Collection[int], since: str, first: int = 0) -> dict[int, int]:
    """Add up what came in to accounts after a month, where no transfer below `first` counts.

    Where an award was reversed whose points had been given away, it is less than that; `came_by_month` knows.
    """
    came: Counter[int] = Counter()
    for account, amount in _summed(session, _BY_ACCOUNT, account_ids, since, first):
        came[account] += int(amount)
    return came


def came_by_month(
    session: Session, account_ids: Collection[int], since: str = "", first: int = 0
) -> dict[int, Months]:
    """Give what came in to each account, month by month, after a month: only where something did."""
    came: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for account, month, amount in _summed(session, _BY_BOTH, account_ids, since, first):
        came[account][month] += int(amount)
    # A month below zero gave points away that were never earned: they count as spent.
    return {account: +months for account, months in came.items()}


def givers_among(session: Session, account_ids: Collection[int]) -> list[int]:
    """Say which of these accounts ever gave something to a neighbour, or passed it on to a purse."""
    if not account_ids:
        return []
    t = transfers.c
    given = (t.debit.in_(account_ids), t.kind.in_(_HANDED_ON), of_person(t.credit))
    return list(session.connection().execute(select(t.debit).distinct().where(*given)).scalars())


def oldest(came: Months, available: int, amount: int) -> list[tuple[str, int]]:
    """Say of which months an amount is that leaves what is available: the oldest goes first."""
    lots, left = [], available
    for month in sorted(came, reverse=True):
        lots.append((month, min(came[month], left)))
        left -= lots[-1][1]
    return list(_taken(reversed(lots), amount))


def _taken(lots: Iterable[tuple[str, int]], amount: int) -> Iterable[tuple[str, int]]:
    for month, lot in lots:
        part = min(lot, amount)
        amount -= part
        if part:
            yield month, part


def _summed(
    session: Session, query: CompoundSelect[Any], account_ids: Collection[int], since: str, first: int
) -> Sequence[Any]:
    asked = {"accounts": list(account_ids), "since": since, "first": first}
    return session.connection().execute(query, asked).all() if account_ids else ()
