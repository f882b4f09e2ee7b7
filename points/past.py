"""What was earned by a rule before: the points and times that caps and limits count, first times, streaks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, FromClause, Row, Select, and_, func, select
from sqlmodel import Session

from points.earnings import waiting_awards
from points.models import TransferKind, transfers
from points.months import Per, day_start, monday, period_start
from points.rewards import Limit
from points.rules import ActivityRule, Cap
from points.shelf import By
from points.storing import chunks


@dataclass(frozen=True)
class Left:
    """A household that people of another one left, and until when what it earns counts there too."""

    household: str
    until: datetime


Home = str | Left
Whose = tuple[int | None, Home | None]  # an account, a household, or an account while in a household


@dataclass(frozen=True)
class _Source:
    """Where awards are found, and under which names."""

    rows: FromClause
    counts: ColumnElement[bool]
    account: Column[Any]
    household: Column[Any]
    rule: Column[Any]
    amount: Column[Any]
    at: ColumnElement[datetime]


_t, _w, _mended = transfers.c, waiting_awards.c, transfers.alias("mended")
# What was paid, at the moment it was earned, unless it was reversed; and what waits to be paid.
_PAID = _Source(
    transfers.outerjoin(_mended, _mended.c.reverses == _t.id).outerjoin(waiting_awards, _w.transfer == _t.id),
    and_(_t.kind == TransferKind.AWARD, _mended.c.id.is_(None)),
    *(_t.credit, _t.household, _t.rule, _t.amount),
    func.coalesce(_w.at, _t.at),
)
_WAITING = _Source(
    waiting_awards, _w.transfer.is_(None), *(_w.account, _w.household, _w.rule, _w.amount), _w.at
)


@dataclass(frozen=True)
class Earner:
    """An account, and the household it is in now, if any.

    `left` are households that people of this one left, `parted` the accounts of who left this one lately.
    """

    account: int
    household: str | None
    left: tuple[Left, ...] = ()
    parted: tuple[int, ...] = ()

    @property
    def homes(self) -> tuple[Home, ...]:
        return () if self.household is None else (self.household, *self.left)


@dataclass
class Used:
    """Points and times since a moment. What a household used stays used, also by who left it since."""

    points: Counter[Whose] = field(default_factory=Counter)
    times: Counter[Whose] = field(default_factory=Counter)

    def of(self, counted: Counter[Whose], who: Earner, by: By) -> int:
        """Give what counts against somebody: their own, and by household that of whom they live with.

        Of whom they lately lived with too, so that nobody has a second share by moving.
        """
        if by is By.RESIDENT or who.household is None:
            return counted[who.account, None]
        people = {who.account, *who.parted}
        own = sum(counted[one, None] for one in people)
        homes = sum(counted[None, home] for home in who.homes)
        return own + homes - sum(counted[one, home] for one in people for home in who.homes)

    def count(self, whose: Iterable[Whose], points: int, times: int) -> None:
        for one in whose:
            self.points[one] += int(points)
            self.times[one] += times


@dataclass
class Past:
    """What a batch of awards by one rule has to know of the past; what it decides is taken in as it goes."""

    used: Mapping[Per, Used]
    weeks: Mapping[int, set[date]]  # by account: the Mondays of weeks with an award
    left: frozenset[Left] = frozenset()
    now: datetime | None = None

    def points(self, who: Earner, per: Per, by: By) -> int:
        return self.used[per].of(self.used[per].points, who, by)

    def times(self, who: Earner, per: Per, by: By) -> int:
        return self.used[per].of(self.used[per].times, who, by)

    def is_first(self, who: Earner) -> bool:
        return not self.used[Per.EVER].times[who.account, None]

    def has_streak(self, who: Earner, weeks: int, this: date) -> bool:
        """Tell whether each of the weeks before this one has an award, so that this makes so many."""
        before = {this - timedelta(weeks=number) for number in range(1, weeks)}
        return before <= self.weeks.get(who.account, set())

    def add(self, who: Earner, amount: int) -> None:
        """Take a decided award in, under everything it counts for."""
        homes: set[Home | None] = {None, who.household, *self._left_of(who)}
        whose = {(account, home) for home in homes for account in (who.account, None)} - {(None, None)}
        for used in self.used.values():
            used.count(whose, amount, 1)

    def _left_of(self, who: Earner) -> Iterator[Left]:
        """Give under which other households what this one earns counts as well."""
        for one in self.left:
            if one.household == who.household and (self.now is None or self.now <= one.until):
                yield one


def _counting(rule: ActivityRule) -> list[Cap | Limit]:
    return [*rule.caps, *rule.limits]


def shares_households(rule: ActivityRule) -> bool:
    """Tell whether a rule counts what a household did together."""
    return any(counted.by is By.HOUSEHOLD for counted in _counting(rule))


def read_past(
    session: Session, rule: ActivityRule, earners: Iterable[Earner], now: datetime, zone: ZoneInfo
) -> Past:
    """Read what a rule asks about these earners, and no more; a reversed award does not count."""
    everybody = list(earners)
    whom = sorted({account for who in everybody for account in (who.account, *who.parted)})
    homes = sorted({who.household for who in everybody if who.household is not None})
    left = frozenset(one for who in everybody for one in who.left)
    used = {per: _used(session, rule, per, whom, homes, left, now, zone) for per in _periods(rule)}
    return Past(used, _weeks(session, rule, whom, now, zone), left, now)


def _periods(rule: ActivityRule) -> set[Per]:
    counted = {one.per for one in _counting(rule)}
    return counted | {Per.EVER} if rule.multiplier.first_time_percent is not None else counted


def _used(
    session: Session,
    rule: ActivityRule,
    per: Per,
    accounts: Sequence[int],
    households: Sequence[str],
    left: Iterable[Left],
    now: datetime,
    zone: ZoneInfo,
) -> Used:
    used = Used()
    start = period_start(per, now, zone)
    shared = any(one.per is per and one.by is By.HOUSEHOLD for one in _counting(rule))
    for source in (_PAID, _WAITING):
        for row in _sums(session, source, source.account, rule, accounts, start):
            used.count({(row.account, None), (row.account, row.household)}, row.points, row.times)
        for row in _sums(session, source, source.household, rule, households if shared else (), start):
            used.count({(None, row.household)}, row.points, row.times)
        for one in left if shared else ():
            _count_left(session, used, source, rule, one, start)
    return used


def _count_left(
    session: Session, used: Used, source: _Source, rule: ActivityRule, left: Left, start: datetime | None
) -> None:
    if start is not None and left.until < start:
        return
    for row in _sums(session, source, source.household, rule, [left.household], start, left.until):
        used.count({(None, left), (row.account, left)}, row.points, row.times)


def _sums(
    session: Session,
    source: _Source,
    whose: Column[Any],
    rule: ActivityRule,
    values: Sequence[Any],
    since: datetime | None,
    until: datetime | None = None,
) -> Iterator[Row[Any]]:
    """Add up awards by account and household, for some of the one or of the other."""
    account, household = source.account.label("account"), source.household.label("household")
    sums = func.sum(source.amount).label("points"), func.count().label("times")
    query = select(account, household, *sums).group_by(source.account, source.household)
    query = query if until is None else query.where(source.at <= until)
    yield from _found(session, source, query, whose, rule, values, since)


def _weeks(
    session: Session, rule: ActivityRule, accounts: Sequence[int], now: datetime, zone: ZoneInfo
) -> dict[int, set[date]]:
    weeks: dict[int, set[date]] = {}
    streak = rule.multiplier.streak
    if streak is None:
        return weeks
    since = day_start(monday(now, zone) - timedelta(weeks=streak.weeks - 1), zone)
    for source in (_PAID, _WAITING):
        query = select(source.account.label("account"), source.at.label("at")).distinct()
        for row in _found(session, source, query, source.account, rule, accounts, since):
            weeks.setdefault(row.account, set()).add(monday(row.at, zone))
    return weeks


def _found(
    session: Session,
    source: _Source,
    query: Select[Any],
    whose: Column[Any],
    rule: ActivityRule,
    values: Sequence[Any],
    since: datetime | None,
) -> Iterator[Row[Any]]:
    asked = query.select_from(source.rows).where(source.counts, source.rule == rule.code)
    if since is not None:
        asked = asked.where(source.at >= since)
    for some in chunks(values):
        yield from session.connection().execute(asked.where(whose.in_(some)))
