"""Laws of earning, held after every step of any story: caps, budgets, awards that can be worked out again."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from memory import books_in_memory
from sqlalchemy import select

from points import (
    ActivityRule,
    AgeBand,
    By,
    Cap,
    Deserved,
    Groups,
    Limit,
    Multiplier,
    Per,
    Shared,
    Streak,
    Window,
    award_all,
    pay_waiting,
    resident_account,
    reverse,
    synchronise_activities,
    verify,
)
from points.earnings import waiting_awards
from points.models import TransferKind, transfers

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 27, 20, tzinfo=UTC)  # a clock set forward, a month's end and a new week are near
DAY, WEEK, TIMES = 45, 120, 6
RULES = [
    ActivityRule(
        "visit",
        {"en": "Visit"},
        points=points,
        points_per_hour=hourly,
        points_per_unit=each,
        unit={"en": "bag"},
        cap=(Cap(DAY, Per.DAY), Cap(WEEK, Per.WEEK, By.HOUSEHOLD)),
        limits=(Limit(TIMES, Per.MONTH, By.RESIDENT),),
        windows=windows,
        multiplier=Multiplier((AgeBand(0, 25, 150),), first, Streak(2, 120), {"g1": 90}),
    )
    for points, hourly, each, first, windows in (
        (10, 7, 3, 200, ()),
        (0, 11, 1, None, (Window(begins=360, ends=60),)),
        (13, 0, 0, 133, ()),
    )
]
PEOPLE = st.integers(1, 3)
MONTH = timedelta(days=31)


class Earning(RuleBasedStateMachine):
    """The real rules on a real SQLite database, whatever the clock does."""

    def __init__(self) -> None:
        super().__init__()
        self.session = books_in_memory()
        self.now, self.keys, self.budget = START, 0, 100
        self.most: Counter[str] = Counter()  # the largest budget each month ever had
        self.homes = {1: "a", 2: "a", 3: "b"}
        self.left: list[tuple[int, str, datetime]] = []
        self.versions = RULES[:1]
        synchronise_activities(self.session, self.versions, self.now)

    def teardown(self) -> None:
        self.session.close()
        self.session.get_bind().engine.dispose()

    @rule(
        who=st.lists(PEOPLE, min_size=1, max_size=3),
        minutes=st.integers(0, 300),
        units=st.integers(0, 9),
        birth_year=st.none() | st.sampled_from((1960, 2005)),
    )
    def award(self, who: list[int], minutes: int, units: int, birth_year: int | None) -> None:
        self.note_budget()
        deserved = []
        for one in who:
            self.keys += 1
            groups = Groups(household=self.homes[one], grid="g1" if one == 1 else "g2")
            shared = self.shared_with(one)
            key = f"k{self.keys}"
            deserved.append(Deserved(one, key, groups, minutes, units, birth_year, shared=shared))
        paid = self.awards(deserved)
        if paid[-1].amount:
            assert self.counted_for(who[-1]) <= WEEK
        again = self.awards(deserved)
        assert [one.amount for one in again] == [one.amount for one in paid]

    @rule(who=PEOPLE, home=st.sampled_from("abc"))
    def move_house(self, who: int, home: str) -> None:
        if home != self.homes[who]:
            self.left.append((who, self.homes[who], self.now))
            self.homes[who] = home

    def shared_with(self, who: int) -> Shared:
        """Say with whom somebody lately lived, as the neighbourhood keeps it."""
        home, until = self.homes[who], dict[str, datetime]()
        for one, old, at in self.left:
            if self.homes[one] == home and old != home:
                until[old] = max(until.get(old, START), at + MONTH)
        gone = {one for one, old, at in self.left if old == home and at > self.now - MONTH}
        return Shared(until, tuple(one for one in sorted(gone) if self.homes[one] != home))

    def counted_for(self, who: int) -> int:
        """Add up in the plainest way what a week's cap of somebody's household has to hold."""
        home, shared = self.homes[who], self.shared_with(who)
        week = self.now.astimezone(ZONE).isocalendar()[:2]
        people = {resident_account(self.session, one) for one in (who, *shared.parted)}
        return sum(
            amount
            for account, household, at, amount in self.earned()
            if at.astimezone(ZONE).isocalendar()[:2] == week
            and (
                account in people
                or household == home
                or (household in shared.left and at <= shared.left[household])
            )
        )

    @rule(rules=st.sampled_from(RULES))
    def change_the_rule(self, rules: ActivityRule) -> None:
        synchronise_activities(self.session, [rules], self.now)
        if rules != self.versions[-1]:
            self.versions.append(rules)

    @rule(budget=st.sampled_from((30, 100, 250)))
    def change_the_budget(self, budget: int) -> None:
        self.budget = budget

    @rule(hours=st.sampled_from((1, 5, 24, 24 * 7, 24 * 20, -1, -30)))
    def time_passes_or_is_set_back(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def pay_who_waited(self) -> None:
        self.note_budget()
        pay_waiting(self.session, now=self.now, zone=ZONE, budget=self.budget)

    @rule(pick=st.integers(0, 20))
    def take_back(self, pick: int) -> None:
        awards = [row.id for row in self.paid()]
        if awards:
            chosen = awards[pick % len(awards)]
            reverse(self.session, transfer_id=chosen, key=f"mend:{chosen}", now=self.now, zone=ZONE)

    @invariant()
    def everything_kept_agrees_and_every_award_is_what_its_inputs_come_to(self) -> None:
        assert verify(self.session).problems == ()
        for row in self.rows(select(transfers).where(transfers.c.kind == TransferKind.AWARD)):
            said = json.loads(row.inputs)
            worth = plain_worth(self.versions[row.rule_version - 1], row.minutes, said)
            assert row.amount == min(worth, said.get("left", worth), said.get("budget", worth))

    @invariant()
    def no_cap_is_passed_in_any_period(self) -> None:
        by_day: Counter[Any] = Counter()
        by_week: Counter[Any] = Counter()
        by_month: Counter[Any] = Counter()
        for account, household, at, amount in self.earned():
            local = at.astimezone(ZONE)
            by_day[account, local.date()] += amount
            by_week[household, local.isocalendar()[:2]] += amount
            by_month[account, local.year, local.month] += 1
        assert max(by_day.values(), default=0) <= DAY
        assert max(by_week.values(), default=0) <= WEEK
        assert max(by_month.values(), default=0) <= TIMES

    @invariant()
    def no_month_gives_more_than_its_budget(self) -> None:
        given: Counter[str] = Counter()
        for row in self.paid():
            given[row.month] += row.amount
        assert all(amount <= self.most[month] for month, amount in given.items())

    def note_budget(self) -> None:
        month = self.now.astimezone(ZONE).strftime("%Y-%m")
        self.most[month] = max(self.most[month], self.budget)

    def awards(self, deserved: list[Deserved]) -> Any:
        return award_all(
            self.session, activity="visit", deserved=deserved, now=self.now, zone=ZONE, budget=self.budget
        )

    def rows(self, query: Any) -> Any:
        return self.session.connection().execute(query).all()

    def paid(self) -> list[Any]:
        """Every award that was not taken back."""
        mended = {row.reverses for row in self.rows(select(transfers.c.reverses))}
        awards = self.rows(select(transfers).where(transfers.c.kind == TransferKind.AWARD))
        return [row for row in awards if row.id not in mended]

    def earned(self) -> Iterator[tuple[int, str, datetime, int]]:
        """Every award at the moment it was earned, paid or not."""
        for row in self.paid():
            at = json.loads(row.inputs).get("earned_at")
            yield row.credit, row.household, datetime.fromisoformat(at) if at else row.at, row.amount
        for row in self.rows(select(waiting_awards).where(waiting_awards.c.transfer.is_(None))):
            yield row.account, row.household, row.at, row.amount


def plain_worth(rule: ActivityRule, minutes: int, said: dict[str, Any]) -> int:
    """Work an award out in the plainest way."""
    percents = said.get("percent", {}).values()
    whole = 60 * (rule.points + rule.points_per_unit * said.get("units", 0)) + rule.points_per_hour * minutes
    for percent in percents:
        whole *= percent
    return int(whole // (60 * 100 ** len(percents)))


# A failing story is printed step by step, with the blob that replays it.
settings.register_profile("earning", max_examples=14, stateful_step_count=25, deadline=None, print_blob=True)
TestEarning = Earning.TestCase
TestEarning.settings = settings.get_profile("earning")
pytestmark = pytest.mark.timeout(900)  # stories take long where many run beside them
