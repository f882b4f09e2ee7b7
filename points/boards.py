"""Leaderboards of a month, from the totals kept at posting: points earned, dense ranks, equals share one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, select
from sqlmodel import Session

from points.accounts import find_resident_account
from points.models import GroupKind, accounts, monthly_totals


@dataclass(frozen=True)
class Rank:
    """A place on the board; `key` is the id of resident or household, or a code: team, building, grid."""

    place: int
    key: str
    earned: int


@dataclass(frozen=True)
class Rest:
    """How many are on a board beyond those shown: `tied` on the last place shown, `below` after it."""

    place: int = 0
    tied: int = 0
    below: int = 0

    def without(self, rank: Rank) -> "Rest":
        """Leave out one of them who is shown all the same."""
        if rank.place == self.place:
            return replace(self, tied=self.tied - 1)
        return replace(self, below=self.below - 1)


@dataclass(frozen=True)
class Board:
    """The first of a month, one's own place, how many are on the board and what they earned together.

    `sharing` says how many are on each place that is named here.
    """

    month: str
    group_kind: GroupKind
    rows: tuple[Rank, ...]
    own: Rank | None
    total: int
    earned: int
    sharing: Mapping[int, int] = field(default_factory=dict)

    def first(self, most: int) -> tuple[Rank, ...]:
        """Give the first to be shown: about so many, for one more takes no more room than saying so."""
        return self.rows if len(self.rows) == self.total <= most + 1 else self.rows[:most]

    def rest(self, shown: Sequence[Rank]) -> Rest:
        """Say how many are on the board beyond the first that are shown."""
        if not shown:
            return Rest(below=self.total)
        last = shown[-1].place
        tied = self.sharing[last] - sum(rank.place == last for rank in shown)
        return Rest(last, tied, self.total - len(shown) - tied)


def month_board(
    session: Session, *, month: str, group_kind: GroupKind, top: int, own_key: str | None = None
) -> Board:
    """Rank who earned in a month. Among equals who got there first is named first.

    Who asked to be forgotten is on no board.
    """
    listed = _listed(month, group_kind)
    total, earned = session.connection().execute(listed.with_only_columns(func.count(), _sum())).one()
    rows = _ranked(_first(session, listed, top))
    own = _own(session, listed, group_kind, own_key) if own_key is not None else None
    return Board(
        month=month,
        group_kind=group_kind,
        rows=rows,
        own=own,
        total=total,
        earned=int(earned),
        sharing=_sharing(session, listed, [*rows, own] if own else rows),
    )


def _listed(month: str, group_kind: GroupKind) -> Select[Any]:
    t = monthly_totals.c
    here = and_(t.month == month, t.group_kind == group_kind, t.earned > 0)
    if group_kind is not GroupKind.RESIDENT:
        return select(t.key, t.earned, t.key.label("shown")).where(here)
    owned = and_(cast(t.key, BigInteger) == accounts.c.id, accounts.c.owner.is_not(None))
    return select(t.key, t.earned, accounts.c.owner.label("shown")).join(accounts, owned).where(here)


def _sum() -> ColumnElement[int]:
    return func.coalesce(func.sum(monthly_totals.c.earned), 0)


def _first(session: Session, listed: Select[Any], top: int) -> Sequence[Any]:
    t = monthly_totals.c
    return (
        session.connection().execute(listed.order_by(t.earned.desc(), t.reached_at, t.key).limit(top)).all()
    )


def _ranked(rows: Sequence[Any]) -> tuple[Rank, ...]:
    ranks: list[Rank] = []
    for row in rows:
        place = 1 if not ranks else ranks[-1].place + (ranks[-1].earned != row.earned)
        ranks.append(Rank(place, row.shown, row.earned))
    return tuple(ranks)


def _sharing(session: Session, listed: Select[Any], ranks: Sequence[Rank]) -> dict[int, int]:
    places = {rank.earned: rank.place for rank in ranks}
    t = monthly_totals.c
    counting = listed.where(t.earned.in_(list(places))).with_only_columns(t.earned, func.count())
    counted = session.connection().execute(counting.group_by(t.earned)).all()
    return {places[earned]: people for earned, people in counted}


def _own(session: Session, listed: Select[Any], group_kind: GroupKind, own_key: str) -> Rank | None:
    key: str | None = own_key
    if group_kind is GroupKind.RESIDENT:
        account = find_resident_account(session, int(own_key))
        key = None if account is None else str(account)
    own = session.connection().execute(listed.where(monthly_totals.c.key == key)).one_or_none()
    if own is None:
        return None
    ahead = listed.where(monthly_totals.c.earned > own.earned)
    counted = ahead.with_only_columns(func.count(monthly_totals.c.earned.distinct()))
    return Rank(session.connection().execute(counted).scalar_one() + 1, own_key, own.earned)
