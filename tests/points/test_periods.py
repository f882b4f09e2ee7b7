import pytest

from points import Span, is_period, months_in, period_later, period_with


@pytest.mark.parametrize(
    ("period", "before", "first", "last"),
    [
        ("2026-01", "2025-12", "2026-01", "2026-01"),
        ("2026-Q1", "2025-Q4", "2026-01", "2026-03"),
        ("2026-Q4", "2026-Q3", "2026-10", "2026-12"),
        ("2026", "2025", "2026-01", "2026-12"),
    ],
)
def test_a_period_has_months_and_one_before(period: str, before: str, first: str, last: str) -> None:
    assert is_period(period)
    assert (months_in(period)[0], months_in(period)[-1]) == (first, last)
    assert period_later(period, -1) == before
    assert period_later(before, 1) == period


def test_a_month_lies_in_its_quarter_and_year() -> None:
    assert [period_with("2026-09", span) for span in Span] == ["2026-09", "2026-Q3", "2026"]


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "26", "2026-1", "2026-Q", ""])
def test_what_names_no_period(text: str) -> None:
    assert not is_period(text)
