"""What each resident or group earned in some months: what boards are made of."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Select, String, Subquery, and_, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from points.models import AccountKind, GroupKind, accounts, monthly_totals

_t = monthly_totals.c
# Few by their index; that everybody else has an owner need not be looked up one by one.
_FORGOTTEN = select(cast(accounts.c.id, String)).where(
    accounts.c.kind == AccountKind.RESIDENT, accounts.c.owner.is_(None)
)


class Among(StrEnum):
    """Who is ranked, by what: all by what they earned, or residents by what is new about it."""

    EVERYBODY = "everybody"
    NEWCOMERS = "newcomers"  # who had never earned before
    IMPROVED = "improved"  # by how much more than in the period before, in which they earned too


def earned_in(months: Sequence[str], group_kind: GroupKind, among: Among, before: Sequence[str]) -> Subquery:
    """Give key, earned and reached_at of everybody above zero in these months, but who was forgotten."""
    sums = _sums(months, group_kind).subquery()
    query = select(sums.c.key, sums.c.earned, sums.c.reached_at)
    if among is Among.NEWCOMERS:
        query = query.where(sums.c.key.not_in(_ever_before(months[0], group_kind)))
    elif among is Among.IMPROVED:
        earlier = _sums(before, group_kind).subquery()
        more = sums.c.earned - earlier.c.earned
        query = (
            select(sums.c.key, more.label("earned"), sums.c.reached_at)
            .join(earlier, earlier.c.key == sums.c.key)
            .where(more > 0)
        )
    return query.subquery()


def _sums(months: Sequence[str], group_kind: GroupKind) -> Select[Any]:
    """Add up months; a single one is taken as it is kept, in the order of its index."""
    if len(months) == 1:
        there = _in(months, group_kind)
        return select(_t.key, _t.earned, _t.reached_at).where(there)
    summed = func.sum(_t.earned)
    return (
        select(_t.key, cast(summed, BigInteger).label("earned"), func.max(_t.reached_at).label("reached_at"))
        .where(_in(months, group_kind))
        .group_by(_t.key)
    )


def _in(months: Sequence[str], group_kind: GroupKind) -> ColumnElement[bool]:
    month = _t.month == months[0] if len(months) == 1 else _t.month.in_(months)
    # Never below zero; said as `<>`, because a second `>` would keep a narrower one from the index.
    here = and_(month, _t.group_kind == group_kind, _t.earned != 0)
    return and_(here, _t.key.not_in(_FORGOTTEN)) if group_kind is GroupKind.RESIDENT else here


def _ever_before(month: str, group_kind: GroupKind) -> Select[Any]:
    return select(_t.key).where(_t.month < month, _t.group_kind == group_kind, _t.earned > 0)
