"""Months as people type them: every usual way is read, and nothing that has not begun."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.board_months import UnreadableMonthError, month_name, read_month

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("", "2026-11"),
        ("本月", "2026-11"),
        ("last month", "2026-10"),
        ("上个月", "2026-10"),
        ("10", "2026-10"),
        ("１０月", "2026-10"),
        ("十月", "2026-10"),
        ("十月份", "2026-10"),
        ("十二月", "2025-12"),
        ("12", "2025-12"),
        ("2026-10", "2026-10"),
        ("2026/1", "2026-01"),
        ("2025年10月", "2025-10"),
        ("202609", "2026-09"),
        ("October", "2026-10"),
        ("oct 2024", "2024-10"),
        ("May", "2026-05"),
    ],
)
def test_a_month_is_read_as_it_is_meant(typed: str, month: str) -> None:
    assert read_month(typed, TODAY) == month


@pytest.mark.parametrize(
    "typed", ["0", "13", "2026-12", "2027-01", "1999-12", "0000-01", "十三月", "二", "soon"]
)
def test_what_is_no_month_or_has_not_begun_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableMonthError):
        read_month(typed, TODAY)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_begun_month_or_refused(typed: str) -> None:
    try:
        month = read_month(typed, TODAY)
    except UnreadableMonthError:
        return
    assert "2000-01" <= month <= "2026-11"


def test_a_month_is_said_in_each_language() -> None:
    assert month_name("2026-10", "zh") == "2026年10月"
    assert month_name("2026-10", "en") == "October 2026"
