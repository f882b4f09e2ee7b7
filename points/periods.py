"""Months, quarters and years as boards name them: 2026-11, 2026-Q4, 2026."""

import re
from enum import StrEnum

from points.months import months_later

_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?")


class Span(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


def is_period(text: str) -> bool:
    """Tell whether a text names a month, quarter or year."""
    return _PERIOD.fullmatch(text) is not None


def span_of(period: str) -> Span:
    """Say how long a period is."""
    if len(period) == 4:
        return Span.YEAR
    return Span.QUARTER if "Q" in period else Span.MONTH


def first_month(period: str) -> str:
    """Give the month a period begins with."""
    span = span_of(period)
    if span is Span.MONTH:
        return period
    return f"{period[:4]}-{1 if span is Span.YEAR else int(period[-1]) * 3 - 2:02d}"


def months_in(period: str) -> tuple[str, ...]:
    """Give the months of a period, in order."""
    first = first_month(period)
    return tuple(months_later(first, number) for number in range(_MONTHS[span_of(period)]))


def period_with(month: str, span: Span) -> str:
    """Give the month, quarter or year that a month lies in."""
    if span is Span.MONTH:
        return month
    return month[:4] if span is Span.YEAR else f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def period_later(period: str, count: int) -> str:
    """Give the period as long that comes `count` periods after (or, below zero, before) another."""
    span = span_of(period)
    return period_with(months_later(first_month(period), count * _MONTHS[span]), span)
