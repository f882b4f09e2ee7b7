from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points import Per, month_of, month_start, months_later, normal_code, say
from points.codes import ALPHABET, new_code
from points.months import period_start

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7k2m-9qx0", "7K2M9QX0"),
        (" 7K2M 9QXO ", "7K2M9QX0"),
        ("iIlL0000", "11110000"),
        ("７Ｋ２Ｍ９ＱＸ０", "7K2M9QX0"),
        ("7K2M9QX", None),
        ("7K2M9QX00", None),
        ("7K2M9QXU", None),
        ("积分", None),
        ("", None),
    ],
)
def test_a_typed_code_is_forgiven_what_cannot_be_meant(typed: str, code: str | None) -> None:
    assert normal_code(typed) == code


def test_a_new_code_is_its_own_normal_form_and_never_the_same() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(normal_code(code) == code for code in codes)


@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_law_lower_case_and_hyphens_change_nothing(code: str) -> None:
    assert normal_code(f"{code[:4]}-{code[4:]}".lower()) == code


@given(st.text())
def test_law_any_text_is_a_code_or_none(text: str) -> None:
    code = normal_code(text)
    assert code is None or normal_code(code) == code


def test_a_name_is_said_in_the_language_or_as_it_was_first_written() -> None:
    assert say({"zh": "大米", "en": "Rice"}, "en") == "Rice"
    assert say({"zh": "大米"}, "en") == "大米"
    assert say({"*": "Rice"}, "zh") == "Rice"
    assert say({}, "zh") == ""


def test_months_are_the_neighbourhoods_own() -> None:
    midnight = datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert month_of(midnight, SHANGHAI) == "2026-03"
    assert month_start("2026-03", SHANGHAI) == midnight
    assert (months_later("2026-11", 3), months_later("2026-01", -1)) == ("2027-02", "2025-12")


def test_a_week_begins_on_monday_and_ever_has_no_beginning() -> None:
    wednesday = datetime(2026, 3, 11, 4, tzinfo=UTC)
    assert period_start(Per.WEEK, wednesday, SHANGHAI) == datetime(2026, 3, 8, 16, tzinfo=UTC)
    assert period_start(Per.YEAR, wednesday, SHANGHAI) == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert period_start(Per.EVER, wednesday, SHANGHAI) is None
