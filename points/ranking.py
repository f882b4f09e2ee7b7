"""Who is first, who is around whom, and on which place: a month through its index, all else in one pass."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, Subquery, and_, func, literal, or_, select
from sqlmodel import Session

from points.earned import Among
from points.periods import Span, span_of

AROUND = 2
_MORE_THAN_ANY = 2**63 - 1


class Earned(NamedTuple):
    """What somebody earned, by the key it is kept under."""

    key: str
    earned: int


@dataclass(frozen=True)
class Found:
    """The first in order; who is ahead of and behind `mine`, the nearest first; how many earned the same."""

    first: Sequence[Earned]
    mine: Earned | None
    place: int
    ahead: Sequence[Earned]
    behind: Sequence[Earned]
    sharing: Mapping[int, int]

    def rows(self) -> Iterator[Earned]:
        """Give everybody who was found, some twice."""
        yield from (*self.first, *self.ahead, *self.behind, *([self.mine] if self.mine else []))


def kept_in_order(period: str, among: Among) -> bool:
    """Tell whether an index holds the board of this period in its order."""
    return span_of(period) is Span.MONTH and among is Among.EVERYBODY


def by_index(session: Session, listed: Subquery, *, top: int, own_key: str | None) -> Found:
    """Read what is shown of a month, and no more."""
    first = _read(session, _in_order(listed).limit(top))
    mine = None if own_key is None else _row_of(session, listed, own_key)
    if mine is None:
        return Found(first, None, 0, (), (), _sharing(session, listed, first))
    ahead, behind = _around(session, listed, mine)
    own = Earned(mine.key, mine.earned)
    named = (*first, own, *ahead, *behind)
    place = _place(session, listed, own.earned)
    return Found(first, own, place, ahead, behind, _sharing(session, listed, named))


def counted(session: Session, listed: Subquery) -> tuple[int, int]:
    """Say how many are listed, and what they earned together."""
    query = select(func.count(), func.coalesce(func.sum(listed.c.earned), 0)).select_from(listed)
    total, earned = session.connection().execute(query).one()
    return total, int(earned)


def in_one_pass(
    session: Session, listed: Subquery, *, top: int, own_key: str | None, only: Collection[str] | None
) -> tuple[Found, int, int]:
    """Read everybody once, in order; also say how many there are and what they earned together."""
    rows = [row for row in _read(session, _in_order(listed)) if only is None or row.key in only]
    people = Counter(row.earned for row in rows)
    at = next((number for number, row in enumerate(rows) if row.key == own_key), None)
    if at is None:
        found = Found(rows[:top], None, 0, (), (), _of(people, rows[:top]))
    else:
        ahead, behind = rows[max(0, at - AROUND) : at][::-1], rows[at + 1 : at + 1 + AROUND]
        place = sum(value > rows[at].earned for value in people) + 1
        named = _of(people, (*rows[:top], rows[at], *ahead, *behind))
        found = Found(rows[:top], rows[at], place, ahead, behind, named)
    return found, len(rows), sum(value * many for value, many in people.items())


def _of(people: Mapping[int, int], named: Sequence[Earned]) -> dict[int, int]:
    return {row.earned: people[row.earned] for row in named}


def _read(session: Session, query: Select[Any]) -> list[Earned]:
    return [Earned(key, earned) for key, earned in session.connection().execute(query)]


def _in_order(listed: Subquery) -> Select[Any]:
    t = listed.c
    return select(t.key, t.earned).order_by(t.earned.desc(), t.reached_at, t.key)


def _in_reverse(listed: Subquery) -> Select[Any]:
    t = listed.c
    return select(t.key, t.earned).order_by(t.earned, t.reached_at.desc(), t.key.desc())


def _row_of(session: Session, listed: Subquery, own_key: str) -> Any:
    return session.connection().execute(select(listed).where(listed.c.key == own_key)).one_or_none()


def _place(session: Session, listed: Subquery, mine: int) -> int:
    """Count the different figures above one, stepping from each to the next: few, however many share them."""
    steps = select(literal(_MORE_THAN_ANY, BigInteger).label("earned")).cte("steps", recursive=True)
    t = listed.c
    below = select(t.earned).where(t.earned < steps.c.earned, t.earned > mine)
    following = below.order_by(t.earned.desc()).limit(1).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.earned.is_not(None)))
    return int(session.connection().execute(select(func.count(steps.c.earned))).scalar_one())


def _around(session: Session, listed: Subquery, mine: Any) -> tuple[list[Earned], list[Earned]]:
    """Give the rows just ahead, nearest first, and just behind: equals first, as the index has them."""
    t = listed.c
    equal, same_time = t.earned == mine.earned, t.reached_at == mine.reached_at
    sooner = and_(equal, or_(t.reached_at < mine.reached_at, and_(same_time, t.key < mine.key)))
    later = and_(equal, or_(t.reached_at > mine.reached_at, and_(same_time, t.key > mine.key)))
    ahead = _read(session, _in_reverse(listed).where(sooner).limit(AROUND))
    ahead += _read(session, _in_reverse(listed).where(t.earned > mine.earned).limit(AROUND))
    behind = _read(session, _in_order(listed).where(later).limit(AROUND))
    behind += _read(session, _in_order(listed).where(t.earned < mine.earned).limit(AROUND))
    return ahead[:AROUND], behind[:AROUND]


def _sharing(session: Session, listed: Subquery, named: Sequence[Earned]) -> dict[int, int]:
    t = listed.c
    here = t.earned.in_({row.earned for row in named})
    counting = select(t.earned, func.count()).where(here).group_by(t.earned)
    return {row[0]: row[1] for row in session.connection().execute(counting)}
