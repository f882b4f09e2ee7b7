"""Names: what is taken, what is refused and why, what a board shows."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.community import BadName, NameFault, Place, ShownIn, checked_name, masked, name_key, shown_name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Mei  ", "Mei"),
        ("Wang\n\t Xiao   ying", "Wang Xiao ying"),
        ("王　小英", "王 小英"),
        ("\u202eevil\u202c", "evil"),
        ("A\x00nn", "Ann"),
        ("an\u200bna", "anna"),
        ("王小英🌊", "王小英🌊"),
        ("7", "7"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("<b>&", "<b>&"),
        ("x" * 64, "x" * 64),
    ],
)
def test_names_are_kept_on_one_line_without_what_cannot_be_seen(typed: str, stored: str) -> None:
    assert checked_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", NameFault.EMPTY),
        ("   \n", NameFault.EMPTY),
        ("\u200b\u202e\u3164", NameFault.EMPTY),
        ("x" * 65, NameFault.TOO_LONG),
        ("王" * 65, NameFault.TOO_LONG),
        ("😀", NameFault.NO_LETTERS),
        ("👨‍👩‍👧 🌊", NameFault.NO_LETTERS),
        ("1️⃣2⃣", NameFault.NO_LETTERS),
        ("ℹ️ ㊙️", NameFault.NO_LETTERS),
        ("…—！", NameFault.NO_LETTERS),
    ],
)
def test_what_cannot_be_a_name_is_refused_by_reason(typed: str, reason: NameFault) -> None:
    with pytest.raises(BadName) as refused:
        checked_name(typed)
    assert refused.value.reason is reason


@given(st.text(max_size=80))
def test_a_stored_name_is_one_shown_line_and_stays_as_it_is(typed: str) -> None:
    try:
        name = checked_name(typed)
    except BadName:
        return
    assert 1 <= len(name) <= 64
    assert checked_name(name) == name
    assert name == name.strip()
    assert not any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} for one in name)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("王小英", "王*英"),
        ("王英", "王*"),
        ("欧阳小英", "欧*英"),
        ("Ann", "A*n"),
        ("Al", "A*"),
        ("A", "*"),
        ("e\u0301lise\u0301", "e\u0301*e\u0301"),
        ("👩‍🚒 Li", "👩‍🚒*i"),
    ],
)
def test_masking_shows_the_ends_only(name: str, hidden: str) -> None:
    assert masked(name) == hidden


def test_boards_show_names_as_the_person_chose() -> None:
    shown = {(choice, place): shown_name("王小英", choice, place) for choice in ShownIn for place in Place}
    assert shown == {
        (ShownIn.NAME, Place.PRIVATE): "王小英",
        (ShownIn.NAME, Place.GROUP): "王小英",
        (ShownIn.MASKED, Place.PRIVATE): "王小英",
        (ShownIn.MASKED, Place.GROUP): "王*英",
        (ShownIn.HIDDEN, Place.PRIVATE): None,
        (ShownIn.HIDDEN, Place.GROUP): None,
    }


def test_a_name_is_found_whatever_its_width_case_and_spaces() -> None:
    assert name_key("Ｍei Ｌi") == name_key("meili") == name_key(" MEI LI ")
