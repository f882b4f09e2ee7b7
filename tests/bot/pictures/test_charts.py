import struct

from bot.pictures import Chart, Column, draw_chart


def drawn(*figures: tuple[int, int]) -> bytes:
    columns = tuple(Column(f"{number}月", earned, spent) for number, (earned, spent) in enumerate(figures, 1))
    return draw_chart(Chart("近六个月的积分", "1,234", "可用积分", "得到", "用掉", columns))


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_chart_is_a_picture_of_one_size_for_a_phone() -> None:
    sizes = {
        size(drawn(*figures))
        for figures in ([(0, 0)] * 6, [(5, 1)] * 6, [(1, 0), (9_999_999, 9_999_999), *[(3, 2)] * 4])
    }
    assert len(sizes) == 1
    width, height = sizes.pop()
    assert width == 1080
    assert height < 1080


def test_what_was_spent_is_seen() -> None:
    assert drawn((5, 0)) != drawn((5, 5))
