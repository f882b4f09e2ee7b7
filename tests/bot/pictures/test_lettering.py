import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.lettering import drawable, drawable_name


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("王小英", "王小英"),
        ("Anna Müller 🎉", "Anna Müller"),
        ("🧭 社区应急队", "社区应急队"),
        ("赵0123", "赵0123"),
        ("３号楼（东）", "３号楼（东）"),
        ("O'Neil-Ngọc & Co. #1", "O'Neil-Ngọc & Co. #1"),
        ("Ю́лия Ελένη 한국 ひらカナ", "Ю́лия Ελένη 한국 ひらカナ"),
        ("𝓐𝓷𝓷𝓪", "Anna"),
        ("Somchai สมชาย", "Somchai"),
        ("a\n b\t\u202e c\x00", "a b c"),
        ("👩‍👩‍👧 Li 👍🏽 1️⃣ ❤️ ©️", "Li"),
    ],
)
def test_a_text_keeps_what_the_fonts_have(typed: str, drawn: str) -> None:
    assert drawable(typed) == drawn


@pytest.mark.parametrize("typed", ["🐼🐼", "👨‍👩‍👧‍👦", "🇨🇳", "1️⃣", "★☆", "", "  ", "สมชาย", "🐼 -"])
def test_a_name_of_which_nothing_is_left_becomes_the_short_code(typed: str) -> None:
    assert drawable_name(typed, "K7Q2") == "K7Q2"


@given(st.text())
def test_whatever_is_typed_becomes_one_line_that_stays_as_it_is(typed: str) -> None:
    drawn = drawable(typed)
    assert drawn == " ".join(drawn.split())
    assert all(character.isprintable() for character in drawn)
    assert drawable(drawn) == drawn
