"""What a rule is worth and when it is open, without any database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from points_town import SHANGHAI

from points import PLAIN, ActivityRule, AgeBand, By, Cap, Limit, Multiplier, Per, Streak, Window
from points.inputs import Inputs, read_inputs
from points.rules import Part
from points.terms import read, written

FIGURES = st.integers(0, 1000)
PERCENTS = st.lists(st.integers(1, 1000), max_size=4)
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, tzinfo=SHANGHAI)


@given(FIGURES, FIGURES, FIGURES, FIGURES, FIGURES, PERCENTS)
def test_worth_grows_with_minutes_and_units(
    points: int, hourly: int, each: int, minutes: int, units: int, percents: list[int]
) -> None:
    rule = ActivityRule("a", {}, points, hourly, points_per_unit=each)
    worth = rule.worth(minutes, units, percents)
    assert worth <= rule.worth(minutes + 1, units, percents)
    assert worth <= rule.worth(minutes, units + 1, percents)


@given(FIGURES, FIGURES, FIGURES, PERCENTS)
def test_worth_is_rounded_down_once_and_order_does_not_matter(
    points: int, hourly: int, minutes: int, percents: list[int]
) -> None:
    rule = ActivityRule("a", {}, points, hourly)
    whole = points * 60 + hourly * minutes
    for percent in percents:
        whole *= percent
    assert rule.worth(minutes, 0, percents) == whole // (60 * 100 ** len(percents))
    assert rule.worth(minutes, 0, percents) == rule.worth(minutes, 0, reversed(percents))


def test_one_rounding_gives_what_two_would_take() -> None:
    assert ActivityRule("a", {}, 3).worth(0, 0, [150, 150]) == 6  # 6.75; rounded between it were 4.5, then 6
    assert ActivityRule("a", {}, 5).worth(0, 0, [150, 150]) == 11  # 11.25; rounded between it were 10


@pytest.mark.parametrize(
    ("window", "local", "holds"),
    [
        (Window(begins=480, ends=1200), (9, 8, 0), True),
        (Window(begins=480, ends=1200), (9, 7, 59), False),
        (Window(begins=480, ends=1200), (9, 19, 59), True),
        (Window(begins=480, ends=1200), (9, 20, 0), False),
        (Window(days=(5, 6)), (9, 12, 0), False),
        (Window(days=(5, 6)), (14, 12, 0), True),
        (Window(days=(5,), begins=1320, ends=360), (14, 23, 0), True),
        (Window(days=(5,), begins=1320, ends=360), (15, 5, 59), True),  # Sunday morning is of Saturday night
        (Window(days=(5,), begins=1320, ends=360), (14, 5, 59), False),
        (Window(days=(5,), begins=1320, ends=360), (15, 22, 0), False),
        (Window(since=date(2026, 3, 9), until=date(2026, 3, 9)), (9, 23, 59), True),
        (Window(since=date(2026, 3, 9), until=date(2026, 3, 9)), (10, 0, 0), False),
        (Window(since=date(2026, 3, 10)), (9, 23, 59), False),
    ],
)
def test_windows_are_read_on_the_neighbourhoods_clocks(
    window: Window, local: tuple[int, int, int], holds: bool
) -> None:
    day, hour, minute = local
    assert window.holds(datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)) is holds


@given(
    st.builds(
        Window,
        days=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
        begins=st.integers(0, 1439),
        ends=st.integers(0, 1440),
        since=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ).filter(lambda window: window.begins != window.ends),
    st.integers(0, 365 * 24 * 60),
)
def test_a_closed_window_opens_when_it_says(window: Window, minute: int) -> None:
    local = (NEW_YEAR + timedelta(minutes=minute)).astimezone(BERLIN)
    opens = window.opens(local)
    assert opens is not None
    assert opens > local
    assert window.holds(opens)


def test_what_is_over_opens_no_more() -> None:
    over = ActivityRule("a", {}, 1, windows=(Window(until=date(2026, 3, 8)),))
    assert (over.is_open(MONDAY), over.opens(MONDAY)) == (False, None)


RULE = ActivityRule(
    "visit",
    {"en": "Visit"},
    points=10,
    points_per_unit=2,
    unit={"en": "bag"},
    cap=(Cap(30, Per.DAY), Cap(100, Per.MONTH, By.HOUSEHOLD)),
    limits=(Limit(2, Per.WEEK, By.RESIDENT),),
    windows=(Window((0, 5), 480, 1200, date(2026, 1, 1), None),),
    multiplier=Multiplier((AgeBand(14, 25, 150),), 200, Streak(4, 120), {"g2": 130}),
)


def test_terms_come_back_as_they_were_written() -> None:
    terms = written(RULE)
    again = ActivityRule("visit", {"en": "Visit"}, points=10, unit={"en": "bag"}, **read(terms))
    assert again == RULE
    assert written(ActivityRule("plain", {}, 10, cap=Cap(30, Per.DAY))) is None
    assert read(None) == {}
    assert read({})["multiplier"] == PLAIN


@given(
    st.integers(0, 5),
    st.dictionaries(st.sampled_from(Part), st.integers(1, 1000)),
    st.none() | st.integers(0, 30),
    st.integers(0, 600),
)
def test_inputs_come_back_as_they_were_written(
    units: int, percent: dict[Part, int], left: int | None, minutes: int
) -> None:
    cap = RULE.caps[0] if left is not None else None
    inputs = Inputs(units, percent, cap, left, earned_at=datetime(2026, 3, 9, tzinfo=UTC))
    text = inputs.written(RULE, minutes)
    assert read_inputs(text) == inputs
    assert read_inputs(text).amount(RULE, minutes) == inputs.amount(RULE, minutes)
    assert read_inputs(text).written(RULE, minutes) == text
