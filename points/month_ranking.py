"""A month's board through its index: fixed statements that read what is shown, and no more."""

from collections.abc import Sequence
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
from points.ranking import AROUND, Earned, Found, in_order, order

_MORE_THAN_ANY = 2**63 - 1
_MINE = bindparam("earned", type_=BigInteger)
_AT = bindparam("reached_at", type_=monthly_totals.c.reached_at.type)
_KEY = bindparam("mine", type_=monthly_totals.c.key.type)


def by_index(session: Session, month: str, group_kind: GroupKind, *, top: int, own_key: str | None) -> Found:
    """Read the first of a month, one's own place and those around it."""
    ask = _of(group_kind)
    first = _earned(session.connection().execute(ask.first, {"month": month, "top": top}))
    mine = None if own_key is None else _row_of(session, ask, month, own_key)
    if mine is None:
        return Found(first, None, 0, (), (), _sharing(session, ask, month, first))
    ahead, behind = _around(session, ask, month, mine)
    own = Earned(mine.key, mine.earned)
    place = session.connection().execute(ask.place, {"month": month, "earned": own.earned}).scalar_one()
    sharing = _sharing(session, ask, month, (*first, own, *ahead, *behind))
    return Found(first, own, place, ahead, behind, sharing)


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
        self.first = in_order(listed).limit(bindparam("top", type_=Integer))
        self.mine = select(listed).where(t.key == _KEY)
        self.around = _nearest(listed)
        self.place = _figures_above(listed)
        some = t.earned.in_(bindparam("figures", expanding=True, type_=BigInteger))
        self.sharing = select(t.earned, func.count()).where(some).group_by(t.earned)
        self.counted = select(func.count(), func.coalesce(func.sum(t.earned), 0)).select_from(listed)


@cache
def _of(group_kind: GroupKind) -> _Statements:
    return _Statements(group_kind)


def _figures_above(listed: Subquery) -> Select[Any]:
    """Count the different figures above one, stepping from each to the next: few, however many share them."""
    steps = select(literal(_MORE_THAN_ANY, BigInteger).label("earned")).cte("steps", recursive=True)
    t = listed.c
    below = select(t.earned).where(t.earned < steps.c.earned, t.earned > _MINE)
    following = below.order_by(t.earned.desc()).limit(1).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.earned.is_not(None)))
    return select(func.count(steps.c.earned))


def _nearest(listed: Subquery) -> CompoundSelect[Any]:
    """Give a few rows just ahead of one and just behind it, equals as the index has them."""
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
    few = (select(listed).where(where).order_by(*order).limit(AROUND) for where, order in parts)
    return union_all(*(select(part.subquery()) for part in few))


def _row_of(session: Session, ask: _Statements, month: str, own_key: str) -> Any:
    return session.connection().execute(ask.mine, {"month": month, "mine": own_key}).one_or_none()


def _around(session: Session, ask: _Statements, month: str, mine: Any) -> tuple[list[Earned], list[Earned]]:
    facts = {"month": month, "mine": mine.key, "earned": mine.earned, "reached_at": mine.reached_at}
    rows = sorted(session.connection().execute(ask.around, facts), key=order)
    ahead = [row for row in rows if order(row) < order(mine)]
    behind = [row for row in rows if order(row) > order(mine)]
    return _earned(ahead[::-1][:AROUND]), _earned(behind[:AROUND])


def _earned(rows: Any) -> list[Earned]:
    return [Earned(row.key, row.earned) for row in rows]


def _sharing(session: Session, ask: _Statements, month: str, named: Sequence[Earned]) -> dict[int, int]:
    facts = {"month": month, "figures": sorted({row.earned for row in named})}
    return {row[0]: row[1] for row in session.connection().execute(ask.sharing, facts)}
