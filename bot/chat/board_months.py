"""A month as people type it and as they read it."""

import re
import unicodedata
from datetime import date

from babel.dates import format_skeleton, get_month_names

from points import Span, first_month, months_later, span_of

FIRST_YEAR = 2000
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_JOINED = re.compile(r"(\d{4})(\d{2})")
_ALONE = re.compile(r"(\d{1,2})\s*月?份?")
_WORD_YEAR = re.compile(r"([a-z]{3,})\.?(?:\s+(\d{4}))?")
_CHINESE = {
    word: number for number, word in enumerate((*"一二三四五六七八九十", "十一", "十二"), start=1)
} | {"正": 1, "腊": 12}
_THIS = {"", "本月", "这个月", "这月", "this month", "now"}
_LAST = {"上月", "上个月", "last month"}


class UnreadableMonthError(Exception):
    """What was typed names no month, or one that is still to come."""


# Quarters as Babel words them: 2026年第4季度, Q4 2026.
_SKELETONS = {Span.MONTH: "yMMMM", Span.QUARTER: "yQQQ", Span.YEAR: "y"}


def month_name(period: str, language: str) -> str:
    """Say a month, quarter or year in a language: 2026年10月, October 2026."""
    day = first_day(first_month(period))
    return str(format_skeleton(_SKELETONS[span_of(period)], day, locale=language))


def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def read_month(typed: str, today: date) -> str:
    """Give the month somebody means, as YYYY-MM; one without a year is the latest that has begun.

    Raises:
        UnreadableMonthError: it cannot be read, or has not begun.
    """
    words = " ".join(unicodedata.normalize("NFKC", typed).casefold().split())
    now = f"{today:%Y-%m}"
    if words in _THIS:
        return now
    if words in _LAST:
        return months_later(now, -1)
    year, number = _year_and_number(words)
    if year is None:
        year = today.year if number <= today.month else today.year - 1
    if not (1 <= number <= 12 and year >= FIRST_YEAR):
        raise UnreadableMonthError
    month = f"{year:04d}-{number:02d}"
    if month > now:
        raise UnreadableMonthError
    return month


def _year_and_number(words: str) -> tuple[int | None, int]:
    for pattern in (_FULL, _JOINED):
        if found := pattern.fullmatch(words):
            return int(found[1]), int(found[2])
    if found := _ALONE.fullmatch(words):
        return None, int(found[1])
    chinese = words.removesuffix("份").removesuffix("月")
    if chinese in _CHINESE and chinese != words:
        return None, _CHINESE[chinese]
    if found := _WORD_YEAR.fullmatch(words):
        return int(found[2]) if found[2] else None, _english(found[1])
    raise UnreadableMonthError


def _english(word: str) -> int:
    for number, name in get_month_names("wide", locale="en").items():
        if name.casefold().startswith(word):
            return int(number)
    raise UnreadableMonthError
