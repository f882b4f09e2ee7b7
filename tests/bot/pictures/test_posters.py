import re
from dataclasses import replace

from bot.pictures import Poster, PosterSide, draw_poster

ZH = PosterSide(
    neighbourhood="柳岸社区",
    area="第一网格 1号楼",
    scan="扫码加入",
    by_hand="在 Telegram 里打开",
    purposes=("邻里互助", "邻里积分", "从不收钱"),
    operated="由居委会运营",
    danger="遇到危险，先打电话",
    fire="火警",
    ambulance="急救",
    police="报警",
)
EN = PosterSide(
    neighbourhood="Willow Bank",
    area="Grid 1 Building 1",
    scan="Scan to join",
    by_hand="Open this in Telegram",
    purposes=("Neighbours help", "Points", "Never asks for money"),
    operated="Operated by the committee",
    danger="In danger, call first",
    fire="Fire",
    ambulance="Ambulance",
    police="Police",
)
POSTER = Poster("https://t.me/willow_bot?start=a_b1", "025-5550 0100", (ZH, EN))


def pages(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    return int(re.findall(rb"/Type/Pages/Count (\d+)", pdf)[0])


def test_a_poster_is_one_a4_page_small_enough_to_send() -> None:
    pdf = draw_poster(POSTER)
    assert pages(pdf) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 595\.\d+ 841\.\d+\]", pdf)
    assert 20_000 < len(pdf) < 200_000


def test_the_same_poster_is_the_same_file() -> None:
    assert draw_poster(POSTER) == draw_poster(POSTER)


def test_one_language_is_enough() -> None:
    assert pages(draw_poster(replace(POSTER, sides=(EN,)))) == 1


def test_the_whole_community_needs_no_area() -> None:
    assert pages(draw_poster(replace(POSTER, sides=(replace(ZH, area=""), replace(EN, area=""))))) == 1


def test_the_longest_names_stay_on_the_page() -> None:
    wordy = [
        replace(
            side,
            neighbourhood=(side.neighbourhood + " ") * 12,
            area=(side.area + " ") * 6,
            operated=(side.operated + " ") * 6,
        )
        for side in (ZH, EN)
    ]
    assert pages(draw_poster(replace(POSTER, sides=tuple(wordy)))) == 1


def test_names_in_the_syntax_of_the_template_are_text() -> None:
    assert pages(draw_poster(replace(POSTER, sides=(replace(ZH, neighbourhood='#panic() "] $'),)))) == 1
