"""Who is first, who is around whom and on which place, found by reading everybody once: for longer times."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, select
from sqlmodel import Session

from points.storing import chunks

AROUND = 2


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


def in_one_pass(
    session: Session, listed: Subquery, *, top: int, own_key: str | None, only: Collection[str] | None
) -> tuple[Found, int, int]:
    """Read everybody, or some; also say how many there are and what they earned together."""
    rows = _everybody(session, listed) if only is None else _some(session, listed, only)
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


def in_order(listed: Subquery) -> Select[Any]:
    """Who earned most first; among equals, who got there first."""
    t = listed.c
    return select(t.key, t.earned).order_by(t.earned.desc(), t.reached_at, t.key)


def order(row: Any) -> tuple[int, datetime, str]:
    """Say the same of one row, to sort by."""
    return (-row.earned, row.reached_at, row.key)


def _everybody(session: Session, listed: Subquery) -> list[Earned]:
    return [Earned(key, earned) for key, earned in session.connection().execute(in_order(listed))]


def _some(session: Session, listed: Subquery, only: Collection[str]) -> list[Earned]:
    rows: list[Any] = []
    for keys in chunks(sorted(only)):
        rows.extend(session.connection().execute(select(listed).where(listed.c.key.in_(keys))))
    return [Earned(row.key, row.earned) for row in sorted(rows, key=order)]


def _of(people: Mapping[int, int], named: Sequence[Earned]) -> dict[int, int]:
    return {row.earned: people[row.earned] for row in named}
