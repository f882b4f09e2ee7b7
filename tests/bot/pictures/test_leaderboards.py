import struct
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.pictures import LeaderboardPicture, Row, Section, draw_leaderboard


def size(png: bytes) -> tuple[int, int]:
    """Read width and height from the first chunk of a PNG."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def board(*rows: Row, empty: str = "") -> LeaderboardPicture:
    return LeaderboardPicture(
        "柳岸社区", "2026年9月", (Section("居民 Residents", rows, empty),), "柳岸社区居委会"
    )


def named(name: str, code: str = "K7Q2") -> bytes:
    return draw_leaderboard(board(Row(1, name, 120, code)))


def test_a_board_is_a_picture_for_a_phone() -> None:
    rows = (Row(1, "王小英", 320, "A"), Row(2, "Anna", 280, "B"), Row(2, "李建国", 280, "C", mine=True))
    sections = (Section("居民", rows), Section("队伍", rows[:2]), Section("楼栋", (), "还没有人得分"))
    png = draw_leaderboard(LeaderboardPicture("柳岸社区邻里榜", "2026年9月", sections, "社区居委会"))
    width, height = size(png)
    assert width == 1080
    assert 1080 < height < 2 * 1080
    assert len(png) < 500_000


def test_every_row_takes_the_same_height() -> None:
    heights = [
        size(draw_leaderboard(board(*(Row(place, "名", 9, "A") for place in range(1, n + 1)))))[1]
        for n in (3, 4, 20)
    ]
    assert (heights[2] - heights[0]) == 17 * (heights[1] - heights[0])


def test_a_skipped_place_is_seen() -> None:
    near, far = (draw_leaderboard(board(Row(1, "王", 9, "A"), Row(n, "李", 1, "B"))) for n in (2, 23))
    assert size(far)[1] > size(near)[1]


def test_who_is_not_drawn_is_counted_below_the_rows() -> None:
    rows = (Row(1, "王", 9, "A"),)
    plain, counted = (
        draw_leaderboard(LeaderboardPicture("榜", "九月", (Section("居民", rows, more=more),), "社区"))
        for more in ((), ("……还有 24 人并列第 2 名",))
    )
    assert size(counted)[1] > size(plain)[1]


def test_an_empty_month_shows_its_line() -> None:
    assert draw_leaderboard(board(empty="下一个就是你")) != draw_leaderboard(board())


def test_a_name_of_emoji_is_drawn_as_the_short_code() -> None:
    assert named("🐼🐼") == named("K7Q2")


def test_a_name_in_the_syntax_of_the_template_is_text() -> None:
    hostile = [
        '#panic("x")',
        'Li"]',
        'Li"}',
        "$x$ *b* _i_ @ref <label>",
        "\\u{41} //",
        '#read("/etc/passwd")',
    ]
    assert len({named(name) for name in (*hostile, "K7Q2")}) == len(hostile) + 1


@pytest.mark.parametrize("long", ["王" * 64, "Wolfeschlegel" * 5, "مح" * 32, "e\u0301" * 32])
def test_a_name_too_long_for_its_row_is_cut(long: str) -> None:
    assert size(named(long)) == size(named("王"))
    assert named(long) == named(long + long[0])  # what is cut off is not seen


def test_one_own_row_is_marked() -> None:
    assert draw_leaderboard(board(Row(4, "王", 9, "A", mine=True))) != draw_leaderboard(
        board(Row(4, "王", 9, "A"))
    )


def test_the_same_board_is_the_same_picture_also_from_many_threads() -> None:
    names = ["王", "李", "张", "赵"]
    alone = [named(name) for name in names]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(named, names * 4)) == alone * 4
