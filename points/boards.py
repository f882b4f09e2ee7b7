"""Leaderboards, from the totals kept at posting: points earned, dense ranks, equals share one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, or_, select
from sqlmodel import Session

from points.accounts import find_resident_account
from points.earned import Among, earned_in
from points.models import GroupKind, accounts
from points.periods import months_in, period_later

AROUND = 2


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
class Places:
    """The first of a period, one's own place, and `near`: those around it in order, oneself among them.

    `sharing` says how many are on each place of these.
    """

    rows: tuple[Rank, ...]
    own: Rank | None
    near: tuple[Rank, ...]
    sharing: Mapping[int, int]


@dataclass(frozen=True)
class Board:
    """Places, how many are on the board and what they earned together.

    `month` names the period, which may be a quarter or a year; the rest as in `Places`.
    """

    month: str
    group_kind: GroupKind
    rows: tuple[Rank, ...]
    own: Rank | None
    total: int
    earned: int
    sharing: Mapping[int, int] = field(default_factory=dict)
    near: tuple[Rank, ...] = ()

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

    def around(self, shown: Sequence[Rank], steps: int = AROUND) -> tuple[Rank, ...]:
        """Give the reader and so many on either side, less those shown; none where the reader is shown."""
        if self.own is None or self.own in shown or self.own not in self.near:
            return ()
        at = self.near.index(self.own)
        return tuple(rank for rank in self.near[max(0, at - steps) : at + steps + 1] if rank not in shown)


def month_board(
    session: Session, *, month: str, group_kind: GroupKind, top: int, own_key: str | None = None
) -> Board:
    """Rank who earned in a month. Among equals who got there first is named first.

    Who asked to be forgotten is on no board.
    """
    return period_board(session, period=month, group_kind=group_kind, top=top, own_key=own_key)


def period_board(
    session: Session,
    *,
    period: str,
    group_kind: GroupKind,
    top: int,
    own_key: str | None = None,
    among: Among = Among.EVERYBODY,
) -> Board:
    """Rank who earned in a month, quarter or year, or by how much more than in the one before; count them."""
    found = places(session, period=period, group_kind=group_kind, top=top, own_key=own_key, among=among)
    listed = _listed(period, group_kind, among)
    counted = select(func.count(), func.coalesce(func.sum(listed.c.earned), 0)).select_from(listed)
    total, earned = session.connection().execute(counted).one()
    return Board(
        rows=found.rows,
        own=found.own,
        near=found.near,
        sharing=found.sharing,
        month=period,
        group_kind=group_kind,
        total=total,
        earned=int(earned),
    )


def places(
    session: Session,
    *,
    period: str,
    group_kind: GroupKind,
    top: int,
    own_key: str | None = None,
    among: Among = Among.EVERYBODY,
) -> Places:
    """Rank without counting how many there are, which for a month reads only what is shown."""
    listed = _listed(period, group_kind, among)
    rows = _run(session, _in_order(listed).limit(top))
    mine = None if own_key is None else _row_of(session, listed, group_kind, own_key)
    ahead, behind = ([], []) if mine is None else _around(session, listed, mine)
    names = _owners(session, group_kind, [*rows, *ahead, *behind, *([mine] if mine else [])])
    ranked = _ranked(rows, names)
    own = None if mine is None else Rank(_place(session, listed, mine), names[mine.key], mine.earned)
    near = () if own is None else _walked(own, ahead, behind, names)
    return Places(ranked, own, near, _sharing(session, listed, [*ranked, *near]))


def _listed(period: str, group_kind: GroupKind, among: Among) -> Subquery:
    before = months_in(period_later(period, -1))
    return earned_in(months_in(period), group_kind, among, before)


def _run(session: Session, query: Select[Any]) -> list[Any]:
    return list(session.connection().execute(query))


def _in_order(listed: Subquery) -> Select[Any]:
    t = listed.c
    return select(listed).order_by(t.earned.desc(), t.reached_at, t.key)


def _in_reverse(listed: Subquery) -> Select[Any]:
    t = listed.c
    return select(listed).order_by(t.earned, t.reached_at.desc(), t.key.desc())


def _row_of(session: Session, listed: Subquery, group_kind: GroupKind, own_key: str) -> Any:
    key: str | None = own_key
    if group_kind is GroupKind.RESIDENT:
        account = find_resident_account(session, int(own_key))
        key = None if account is None else str(account)
    return session.connection().execute(select(listed).where(listed.c.key == key)).one_or_none()


def _place(session: Session, listed: Subquery, mine: Any) -> int:
    ahead = select(func.count(listed.c.earned.distinct())).where(listed.c.earned > mine.earned)
    return int(session.connection().execute(ahead).scalar_one()) + 1


def _around(session: Session, listed: Subquery, mine: Any) -> tuple[list[Any], list[Any]]:
    """Give the rows just ahead, nearest first, and just behind: equals first, as the index has them."""
    t = listed.c
    equal, same_time = t.earned == mine.earned, t.reached_at == mine.reached_at
    sooner = and_(equal, or_(t.reached_at < mine.reached_at, and_(same_time, t.key < mine.key)))
    later = and_(equal, or_(t.reached_at > mine.reached_at, and_(same_time, t.key > mine.key)))
    ahead = _run(session, _in_reverse(listed).where(sooner).limit(AROUND))
    ahead += _run(session, _in_reverse(listed).where(t.earned > mine.earned).limit(AROUND))
    behind = _run(session, _in_order(listed).where(later).limit(AROUND))
    behind += _run(session, _in_order(listed).where(t.earned < mine.earned).limit(AROUND))
    return ahead[:AROUND], behind[:AROUND]


def _owners(session: Session, group_kind: GroupKind, rows: Sequence[Any]) -> dict[str, str]:
    """Give each row's key as it is shown: residents are kept by account, shown by their own number."""
    if group_kind is not GroupKind.RESIDENT:
        return {row.key: row.key for row in rows}
    query = select(accounts.c.id, accounts.c.owner).where(accounts.c.id.in_({int(row.key) for row in rows}))
    return {str(number): owner for number, owner in session.connection().execute(query)}


def _ranked(rows: Sequence[Any], names: Mapping[str, str]) -> tuple[Rank, ...]:
    ranks: list[Rank] = []
    for row in rows:
        place = 1 if not ranks else ranks[-1].place + (ranks[-1].earned != row.earned)
        ranks.append(Rank(place, names[row.key], row.earned))
    return tuple(ranks)


def _walked(
    own: Rank, ahead: Sequence[Any], behind: Sequence[Any], names: Mapping[str, str]
) -> tuple[Rank, ...]:
    up, down = _walk(own, ahead, names, -1), _walk(own, behind, names, 1)
    return (*reversed(up), own, *down)


def _walk(own: Rank, rows: Sequence[Any], names: Mapping[str, str], step: int) -> list[Rank]:
    ranks, last = [], own
    for row in rows:
        last = Rank(last.place + step * (row.earned != last.earned), names[row.key], row.earned)
        ranks.append(last)
    return ranks


def _sharing(session: Session, listed: Subquery, ranks: Sequence[Rank]) -> dict[int, int]:
    placed = {rank.earned: rank.place for rank in ranks}
    t = listed.c
    counting = select(t.earned, func.count()).where(t.earned.in_(list(placed))).group_by(t.earned)
    return {placed[earned]: people for earned, people in session.connection().execute(counting)}
