from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from points_town import NOON, SHANGHAI

from points import Window
from points.windows import window_from_json, window_to_json

DATES = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=290)).map(lambda time: NOON + time)
WINDOWS = st.builds(
    Window,
    days=st.lists(st.integers(0, 6), unique=True, max_size=7).map(lambda days: tuple(sorted(days))),
    begins=st.just(0) | st.integers(4 * 60, 23 * 60),  # clocks jump before four
    ends=st.sampled_from([5, 23 * 60 + 30, 24 * 60]),
    since=st.none() | DATES,
    until=st.none() | DATES,
)
INSTANT = timedelta(microseconds=1)


@given(window=WINDOWS, moment=MOMENTS, zone=st.sampled_from([SHANGHAI, ZoneInfo("America/New_York")]))
def test_the_next_opening_is_later_and_closed_until_then(
    window: Window, moment: datetime, zone: ZoneInfo
) -> None:
    opening = window.next_opening(moment, zone)
    if opening is None:
        return
    assert opening > moment
    assert window.holds(opening.astimezone(zone))
    assert not window.holds((opening - INSTANT).astimezone(zone))


@given(window=WINDOWS)
def test_a_window_is_kept_as_it_was(window: Window) -> None:
    assert window_from_json(window_to_json(window)) == window


@given(window=WINDOWS, moment=MOMENTS)
def test_what_has_ended_never_opens(window: Window, moment: datetime) -> None:
    local = moment.astimezone(SHANGHAI)
    if window.has_ended(local):
        assert not window.holds(local)
        assert window.next_opening(moment, SHANGHAI) is None


@pytest.mark.parametrize(
    ("window", "local", "is_open"),
    [
        (Window(days=(1,)), "2026-03-10 00:00", True),  # a Tuesday
        (Window(days=(1,)), "2026-03-11 00:00", False),
        (Window(begins=540, ends=720), "2026-03-10 09:00", True),
        (Window(begins=540, ends=720), "2026-03-10 12:00", False),
        (Window(since=date(2026, 3, 10), until=date(2026, 3, 10)), "2026-03-10 23:59", True),
        (Window(until=date(2026, 3, 9)), "2026-03-10 00:00", False),
        (Window(until=date(2026, 3, 9), begins=1320, ends=360), "2026-03-10 05:59", True),
    ],
)
def test_its_edges_are_the_neighbourhoods_own(window: Window, local: str, is_open: bool) -> None:
    assert window.holds(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)) is is_open


def test_what_is_always_open_from_now_on_opens_never_anew() -> None:
    assert Window(since=date(2026, 3, 1)).next_opening(NOON, SHANGHAI) is None
    assert Window(since=date(2026, 4, 1)).next_opening(NOON, SHANGHAI) == datetime(
        2026, 3, 31, 16, tzinfo=UTC
    )
