"""Leaderboards, from the totals kept at posting: points earned, dense ranks, equals share one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlmodel import Session

from points.accounts import find_accounts
from points.earned import Among, earned_in
from points.models import AccountKind, GroupKind, accounts
from points.month_ranking import by_index, counted
from points.periods import Span, months_in, period_later, span_of
from points.ranking import AROUND, Earned, Found, in_one_pass


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
    """The first of a period, one's own place, how many are on the board and what they earned together.

    `month` names the period, which may be a quarter or a year. `near` are those around one's own place in
    order, oneself among them; `sharing` says how many are on each place that is named here.
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
    only: Collection[str] | None = None,
) -> Board:
    """Rank who earned in a month, quarter or year, or by how much more than in the one before; count them.

    `only` are the keys of those to be ranked among themselves; None: all.
    """
    own = _kept(session, group_kind, [] if own_key is None else [own_key])
    mine = next(iter(own), None)
    if only is None and among is Among.EVERYBODY and span_of(period) is Span.MONTH:
        found = by_index(session, period, group_kind, top=top, own_key=mine)
        total, earned = counted(session, period, group_kind)
    else:
        listed = earned_in(months_in(period), group_kind, among, months_in(period_later(period, -1)))
        keys = None if only is None else _kept(session, group_kind, only)
        found, total, earned = in_one_pass(session, listed, top=top, own_key=mine, only=keys)
    return _board(session, period, group_kind, found, total, earned)


def month_places(
    session: Session, *, month: str, group_kind: GroupKind, top: int, own_key: str | None = None
) -> Board:
    """Rank a month without counting how many there are: it reads no more than it gives."""
    own = _kept(session, group_kind, [] if own_key is None else [own_key])
    found = by_index(session, month, group_kind, top=top, own_key=next(iter(own), None))
    return _board(session, month, group_kind, found, 0, 0)


def _board(
    session: Session, period: str, group_kind: GroupKind, found: Found, total: int, earned: int
) -> Board:
    names = _shown(session, group_kind, found)
    rows = _ranked(found.first, names)
    own = None if found.mine is None else Rank(found.place, names[found.mine.key], found.mine.earned)
    near = () if own is None else _walked(own, found, names)
    placed = {rank.earned: rank.place for rank in (*rows, *near)}
    sharing = {placed[value]: people for value, people in found.sharing.items() if value in placed}
    return Board(period, group_kind, rows, own, total, earned, sharing, near)


def _kept(session: Session, group_kind: GroupKind, keys: Collection[str]) -> frozenset[str]:
    """Give the keys as they are kept: residents by account, others as they are."""
    if group_kind is not GroupKind.RESIDENT:
        return frozenset(keys)
    return frozenset(map(str, find_accounts(session, AccountKind.RESIDENT, list(keys)).values()))


def _shown(session: Session, group_kind: GroupKind, found: Found) -> dict[str, str]:
    """Give the keys as they are shown: residents by their own number."""
    keys = {row.key for row in found.rows()}
    if group_kind is not GroupKind.RESIDENT:
        return {key: key for key in keys}
    query = select(accounts.c.id, accounts.c.owner).where(accounts.c.id.in_(map(int, keys)))
    return {str(number): owner for number, owner in session.connection().execute(query)}


def _ranked(rows: Sequence[Earned], names: Mapping[str, str]) -> tuple[Rank, ...]:
    ranks: list[Rank] = []
    for row in rows:
        place = 1 if not ranks else ranks[-1].place + (ranks[-1].earned != row.earned)
        ranks.append(Rank(place, names[row.key], row.earned))
    return tuple(ranks)


def _walked(own: Rank, found: Found, names: Mapping[str, str]) -> tuple[Rank, ...]:
    up, down = _walk(own, found.ahead, names, -1), _walk(own, found.behind, names, 1)
    return (*reversed(up), own, *down)


def _walk(own: Rank, rows: Sequence[Earned], names: Mapping[str, str], step: int) -> list[Rank]:
    ranks, last = [], own
    for row in rows:
        last = Rank(last.place + step * (row.earned != last.earned), names[row.key], row.earned)
        ranks.append(last)
    return ranks
