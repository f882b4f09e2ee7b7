"""For how long and how many, as people type it."""

import pytest

from bot.chat.amounts import minutes_typed, units_typed


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        (" 90 min ", 90),
        ("９０分钟", 90),
        ("45 分", 45),
        ("1 h", 60),
        ("1.5 h", 90),
        ("1.25 hours", 75),
        ("2小时", 120),
        ("1个小时30分", 90),
        ("1 hour 30 minutes", 90),
        ("一个半小时", 90),
        ("半小时", 30),
        ("0", 0),
        ("99999", 99999),
    ],
)
def test_what_is_understood(typed: str, minutes: int) -> None:
    assert minutes_typed(typed) == minutes


@pytest.mark.parametrize("typed", ["", "soon", "-5", "1.5", "12:30", "999999", "a bit", "90 days"])
def test_what_is_not(typed: str) -> None:
    assert minutes_typed(typed) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3", 3),
        (" 3 bags ", 3),
        ("３袋", 3),
        ("12345", 12345),
        ("many", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
    ],
)
def test_how_many(typed: str, number: int | None) -> None:
    assert units_typed(typed) == number
