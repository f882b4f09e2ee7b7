"""Words about points and rewards: the balance before any digit, and everything a buyer has to know."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.chat.board_months import month_name
from bot.chat.house import House
from bot.chat.kind_boards import BoardKind, FullBoard
from bot.chat.kind_words import full_board_html, full_picture
from bot.chat.month_boards import KindBoard, Line, MonthBoards
from bot.chat.month_words import boards_html, news_html, picture_of
from bot.chat.reward_words import code_message, last_day, terms_html, window_words
from bot.chat.texts import LANGUAGES, texts
from bot.chat.wallet import points_html
from bot.delivery.messages import CAPTION_LIMIT, TEXT_LIMIT, visible_length
from bot.neighbourhood import SAMPLE, load
from points import (
    Board,
    By,
    DebtStep,
    Entry,
    GroupKind,
    Limit,
    OfferView,
    Per,
    Rank,
    Redeemed,
    Standing,
    Terms,
    TransferKind,
    Waiting,
    Window,
)

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)  # in Shanghai the end of the 24th
NAMES = {"zh": "大米 5 公斤", "en": "Rice, 5 kg"}
SHOP = {"zh": "街角便利店", "en": "Corner shop"}
OFFER = OfferView(
    reward_id=1,
    code="rice",
    names=NAMES,
    price=150,
    left=3,
    merchant="corner-shop",
    merchant_names=SHOP,
    valid_days=14,
    limit=Limit(1, Per.MONTH, By.HOUSEHOLD),
)


@pytest.fixture(scope="module")
def house() -> House:
    return House(load(SAMPLE), bot_id=1, bot_username="linli_bot")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_digit_comes_before_the_available_balance(house: House, language: str) -> None:
    entries = tuple(
        Entry(number, NOW, kind, amount, {"*": "5 km"}, minutes=30)
        for number, (kind, amount) in enumerate([(TransferKind.AWARD, 25), (TransferKind.CAPTURE, -150)])
    )
    html = points_html(texts(language), house, Standing(742, 150, 20, MIDNIGHT, entries))
    assert re.findall(r"\d+", html)[0] == "742"
    assert "+25" in html
    assert "−150" in html
    assert "2026-11-24" in html


@pytest.mark.parametrize("kind", list(TransferKind))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_entry_has_its_words(house: House, language: str, kind: TransferKind) -> None:
    entry = Entry(1, NOW, kind, 5, {}, minutes=None)
    assert "2026-11-10" in points_html(texts(language), house, Standing(5, 0, 0, None, (entry,)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_owed_is_said_with_the_entries_that_made_and_repaid_it(house: House, language: str) -> None:
    entries = tuple(
        Entry(number, NOW, TransferKind.SETTLEMENT, amount, {}, minutes=None, debt=debt)
        for number, (debt, amount) in enumerate([(DebtStep.OWED, 30), (DebtStep.REPAID, -10)])
    )
    html = points_html(texts(language), house, Standing(0, 0, 0, None, entries, owed=20))
    said = {"zh": ("还欠 20 分", "记为欠分", "补还欠分"), "en": ("Still owed: 20", "now owed", "Paid back")}
    assert [words in html for words in said[language]] == [True, True, True]
    assert ["+30" in html, "−10" in html] == [True, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_many_awards_that_wait_the_first_are_named_and_the_others_counted(
    house: House, language: str
) -> None:
    waiting = tuple(Waiting(20, "2026-12", {"*": "x" * 64}) for _ in range(100))
    html = points_html(texts(language), house, Standing(5, 0, 0, None, (), waiting=waiting))
    assert html.count("+20") == 8
    assert " 92 " in html
    assert visible_length(html) < TEXT_LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_say_price_place_time_limit_and_what_is_left(house: House, language: str) -> None:
    t = texts(language)
    html = terms_html(t, house, OFFER, available=200)
    hours = "7:00–22:00"
    for fact in ("150", t.name(NAMES), t.name(SHOP), hours, "025-5550 0111", "14", "50", "3"):
        assert fact in html


@pytest.mark.parametrize(
    ("window", "en", "zh"),
    [
        (Window(days=(5,), begins=540, ends=720), "Sat · 09:00–12:00", "周六 · 09:00–12:00"),
        (Window(days=(5, 6), begins=570), "Sat, Sun · from 09:30", "周六、周日 · 09:30 起"),
        (Window(days=tuple(range(7)), ends=720), "until 12:00", "12:00 前"),
        (
            Window(since=date(2026, 9, 1), until=date(2026, 12, 31)),
            "from 2026-09-01 · up to 2026-12-31",
            "2026-09-01 起 · 到 2026-12-31",
        ),
    ],
)
def test_when_it_can_be_redeemed_is_said_in_words(window: Window, en: str, zh: str) -> None:
    assert window_words(texts("en"), window) == en
    assert window_words(texts("zh"), window) == zh


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_say_for_whom_it_is_and_until_when_it_is_closed(house: House, language: str) -> None:
    t = texts(language)
    terms = Terms(min_age=60, areas=("g1", "b6"), certificate="first-aid", cost_fen=1, payer="grain-store")
    html = terms_html(t, house, replace(OFFER, terms=terms, reopens_at=MIDNIGHT), available=200)
    grid = t.name({"zh": "第一网格", "en": "Grid 1"})
    for fact in ("60", grid, "first-aid", "2026-11-25", t.name({"zh": "谢谢", "en": "Thank you"})):
        assert fact in html


def test_terms_say_how_many_points_are_missing(house: House) -> None:
    assert "50 too few" in terms_html(texts("en"), house, OFFER, available=100)


def test_a_code_that_lapses_at_midnight_is_good_until_the_day_before(house: House) -> None:
    assert last_day(house, MIDNIGHT) == "2026-11-24"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_code_message_fits_under_its_picture(house: House, language: str) -> None:
    longest = {"*": "长" * 64}
    code = Redeemed(1, 1, "ABCD2345", longest, "corner-shop", longest, 10**9, 10**9, MIDNIGHT, "grain-store")
    message = code_message(texts(language), house, code, balance=10**9, picture=b"PNG")
    assert "<code>ABCD2345</code>" in message.text
    assert texts(language).name({"zh": "谢谢柳岸粮油店", "en": "Thank you"}) in message.text
    assert visible_length(message.text) <= CAPTION_LIMIT


def month(*boards: KindBoard, top: int = 10) -> MonthBoards:
    return MonthBoards("2026-10", boards, top)


def kind_board(
    kind: GroupKind, lines: Sequence[Line], *, own: Line | None = None, total: int = 0
) -> KindBoard:
    ranks = tuple(Rank(line.place, line.code, line.points) for line in lines)
    mine = None if own is None else Rank(own.place, own.code, own.points)
    sharing = {line.place: line.sharing for line in [*lines, *([own] if own else [])]}
    near = () if mine is None or own is None else ((mine,), (own,))
    board = Board("2026-10", kind, ranks, mine, total or len(lines), 0, sharing, *near[:1])
    return KindBoard(kind, board, tuple(lines), own, *near[1:])


def tied(people: int, *, named: int = 11) -> list[Line]:
    """Somebody at the top, and people who share the second place, of whom so many in all were fetched."""
    first = Line(1, {"*": "Ann"}, "A", 40, mine=False)
    return [
        first,
        *(Line(2, {"*": f"N{n}"}, f"N{n}", 20, mine=False, sharing=people) for n in range(named - 1)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_monthly_news_fits_under_its_picture(language: str) -> None:
    names = {"*": "长" * 64}
    lines = [Line(place, names, "ABCD", 10**9, mine=False, sharing=10**5) for place in range(1, 7)]
    kinds = (GroupKind.RESIDENT, GroupKind.TEAM, GroupKind.BUILDING)
    boards = month(*(kind_board(kind, lines, total=10**6) for kind in kinds), top=5)
    news = news_html(texts(language), boards, root="0123456789abcdef" * 4)
    assert visible_length(news) <= CAPTION_LIMIT
    assert "0123-4567-89ab-cdef-0123-4567-89ab-cdef" in news


def test_who_shares_a_place_beyond_those_named_is_counted() -> None:
    own = Line(2, {"*": "Bo"}, "Bo", 20, mine=True, sharing=33)
    boards = month(kind_board(GroupKind.RESIDENT, tied(33), own=own, total=36))
    english, chinese = (boards_html(texts(language), boards) for language in ("en", "zh"))
    assert "You: no. 2 (shared by 33), 20 points" in english
    assert english.endswith("…\n🥈 <b>Bo</b> · 20\n… and 23 more tied at no. 2\n… and 2 more below")
    assert "您：第 2 名（33 人并列），20 分" in chinese
    assert chinese.endswith("……还有 23 人并列第 2 名\n……后面还有 2 人")


def test_one_more_than_fits_is_named_and_not_counted() -> None:
    boards = month(kind_board(GroupKind.BUILDING, tied(5, named=6)), top=5)
    assert "N4" in news_html(texts("en"), boards)
    assert "more" not in news_html(texts("en"), boards)
    drawn = picture_of(texts("en"), boards, "Willow Bank").sections[0]
    assert ([row.name for row in drawn.rows], drawn.more) == (["Ann", "N0", "N1", "N2", "N3", "N4"], ())


@pytest.mark.parametrize(
    ("place", "sharing", "told"),
    [
        (2, 33, "… and 23 more tied at no. 2\n… and 2 more below"),
        (9, 1, "… and 24 more tied at no. 2\n… and 1 more below"),
    ],
)
def test_the_picture_says_how_many_more_there_are_beside_ones_own(
    place: int, sharing: int, told: str
) -> None:
    own = Line(place, {"*": "Bo"}, "Bo", 20, mine=True, sharing=sharing)
    boards = month(kind_board(GroupKind.RESIDENT, tied(33), own=own, total=36))
    drawn = picture_of(texts("en"), boards, "Willow Bank").sections[0]
    assert len(drawn.rows) == 11
    assert drawn.rows[-1].mine
    assert "\n".join(drawn.more) == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_boards_fit_into_one_message(language: str) -> None:
    lines = [Line(place, {"*": "长" * 64}, f"L{place}", 10**9, mine=False) for place in range(1, 12)]
    own = Line(10**6, {}, "ABCD", 10**9, mine=True, sharing=10**5)
    kinds = (GroupKind.RESIDENT, GroupKind.TEAM, GroupKind.BUILDING)
    boards = month(*(kind_board(kind, lines, own=own, total=10**6) for kind in kinds))
    assert visible_length(boards_html(texts(language), boards)) <= TEXT_LIMIT
    for kind in BoardKind:
        full = FullBoard("2026", kind, boards.boards[0], top=10)
        html = full_board_html(texts(language), full)
        assert visible_length(html) <= TEXT_LIMIT
        assert "…" in html
        drawn = full_picture(texts(language), full, "Willow Bank").sections[0]
        assert (len(drawn.rows), drawn.sign) == (11, "+" if kind is BoardKind.IMPROVED else "")


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("2026年第4季度", "2026年")), ("en", ("Q4 2026", "2026"))]
)
def test_quarters_and_years_have_names(language: str, words: tuple[str, str]) -> None:
    assert (month_name("2026-Q4", language), month_name("2026", language)) == words


def test_names_are_escaped_and_ones_own_is_bold() -> None:
    mine = Line(2, {"*": "<Bo> & Co"}, "ABCD", 20, mine=True)
    boards = month(kind_board(GroupKind.RESIDENT, (mine,), own=mine))
    html = boards_html(texts("en"), boards)
    assert "<b>&lt;Bo&gt; &amp; Co</b>" in html
