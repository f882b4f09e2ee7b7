"""A code's picture is a small PNG, always the same for the same link."""

from bot.pictures.codes import draw_code

LINK = "https://t.me/linli_bot?start=h_ABCD2345"


def test_a_code_is_drawn_as_a_small_png() -> None:
    drawn = draw_code(link=LINK)
    assert drawn.startswith(b"\x89PNG")
    assert len(drawn) < 10_000
    assert drawn == draw_code(link=LINK)
