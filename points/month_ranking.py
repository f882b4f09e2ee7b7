"""A month's board through its index: fixed statements that read what is shown, and no more."""

from collections import Counter
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from points.earned import Among, earned_in
from points.models import GroupKind, monthly_totals
from points.ranking import AROUND, Earned, Found, order

_MORE_THAN_ANY = 2**63 - 1
_MINE = bindparam("earned", type_=BigInteger)
_AT = bindparam("reached_at", type_=monthly_totals.c.reached_at.type)
_KEY = bindparam("mine", type_=monthly_totals.c.key.type)


def by_index(session: Session, month: str, group_kind: GroupKind, *, top: int, own_key: str | None) -> Found:
    """Read the first of a month, one's own place and those around it, in three statements."""
    ask = _of(group_kind)
    first, sharing = _first(session, ask, month, top)
    mine = None if own_key is None else _row_of(session, ask, month, own_key)
    if mine is None:
        return Found(first, None, 0, (), (), sharing)
    facts = {"month": month, "mine": mine.key, "earned": mine.earned, "reached_at": mine.reached_at}
    rows = sorted(session.connection().execute(ask.around, facts), key=order)
    at = next(number for number, row in enumerate(rows) if row.key == mine.key)
    return Found(
        first,
        _earned(rows[at]),
        rows[at].place,
        [_earned(row) for row in rows[max(0, at - AROUND) : at][::-1]],
        [_earned(row) for row in rows[at + 1 : at + 1 + AROUND]],
        sharing | {row.earned: row.people for row in rows},
    )


def counted(session: Session, month: str, group_kind: GroupKind) -> tuple[int, int]:
    """Say how many there are in a month, and what they earned together."""
    total, earned = session.connection().execute(_of(group_kind).counted, {"month": month}).one()
    return total, int(earned)


class _Statements:
    """Made once for each kind: making them anew takes longer than running them."""

    def __init__(self, group_kind: GroupKind) -> None:
        month: Any = bindparam("month", type_=monthly_totals.c.month.type)
        listed = earned_in((month,), group_kind, Among.EVERYBODY, ())
        t = listed.c
        self.first = _topmost(listed)
        self.mine = select(listed).where(t.key == _KEY)
        self.around = _surroundings(listed)
        self.counted = select(func.count(), func.coalesce(func.sum(t.earned), 0)).select_from(listed)


@cache
def _of(group_kind: GroupKind) -> _Statements:
    return _Statements(group_kind)


def _topmost(listed: Subquery) -> Select[Any]:
    """Give the first in order; of the last figure among them also say how many have it, seen or not."""
    t = listed.c
    in_order = select(listed).order_by(t.earned.desc(), t.reached_at, t.key)
    first = in_order.limit(bindparam("top", type_=Integer)).cte("first")
    last = select(func.min(first.c.earned)).scalar_subquery()
    people = select(func.count()).where(t.earned == last).scalar_subquery()
    return select(first, people.label("people"))


def _surroundings(listed: Subquery) -> Select[Any]:
    """Give one and a few on either side; of each figure how many have it; and the place of one's own."""
    t = listed.c
    around = _nearest(listed).cte("around")
    figures = around.alias("figures")
    people = select(func.count()).where(t.earned == figures.c.earned).scalar_subquery()
    grouped = select(figures.c.earned, people.label("people")).group_by(figures.c.earned)
    counts = grouped.subquery()  # once for each figure, not for each row
    place = _figures_above(listed).scalar_subquery().label("place")
    return select(around, counts.c.people, place).join(counts, counts.c.earned == around.c.earned)


def _figures_above(listed: Subquery) -> Select[Any]:
    """Count the different figures above one, stepping from each to the next: few, however many share them."""
    steps = select(literal(_MORE_THAN_ANY, BigInteger).label("earned")).cte("steps", recursive=True)
    t = listed.c
    below = select(t.earned).where(t.earned < steps.c.earned, t.earned > _MINE)
    following = below.order_by(t.earned.desc()).limit(1).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.earned.is_not(None)))
    return select(func.count(steps.c.earned))


def _nearest(listed: Subquery) -> CompoundSelect[Any]:
    """Give one row, a few just ahead of it and a few just behind it, equals as the index has them."""
    t = listed.c
    equal, same_time = t.earned == _MINE, t.reached_at == _AT
    sooner = and_(equal, or_(t.reached_at < _AT, and_(same_time, t.key < _KEY)))
    later = and_(equal, or_(t.reached_at > _AT, and_(same_time, t.key > _KEY)))
    backwards = (t.earned, t.reached_at.desc(), t.key.desc())
    forwards = (t.earned.desc(), t.reached_at, t.key)
    parts = (
        *((where, backwards) for where in (sooner, t.earned > _MINE)),
        *((where, forwards) for where in (later, t.earned < _MINE)),
    )
    few = (select(listed).where(where).order_by(*by).limit(AROUND) for where, by in parts)
    return union_all(select(listed).where(t.key == _KEY), *(select(part.subquery()) for part in few))


def _first(session: Session, ask: _Statements, month: str, top: int) -> tuple[list[Earned], dict[int, int]]:
    rows = sorted(session.connection().execute(ask.first, {"month": month, "top": top}), key=order)
    seen = Counter(row.earned for row in rows)
    return [_earned(row) for row in rows], dict(seen) | {row.earned: row.people for row in rows[-1:]}


def _row_of(session: Session, ask: _Statements, month: str, own_key: str) -> Any:
    return session.connection().execute(ask.mine, {"month": month, "mine": own_key}).one_or_none()


def _earned(row: Any) -> Earned:
    return Earned(row.key, row.earned)
