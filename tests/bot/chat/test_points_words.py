"""Words about points and rewards: the balance before any digit, and everything a buyer has to know."""

import re
from datetime import UTC, datetime

import pytest

from bot.chat.house import House
from bot.chat.month_boards import KindBoard, Line, MonthBoards
from bot.chat.month_words import boards_html, news_html
from bot.chat.reward_words import code_message, last_day, terms_html
from bot.chat.texts import LANGUAGES, texts
from bot.chat.wallet import points_html
from bot.delivery.messages import CAPTION_LIMIT, visible_length
from bot.neighbourhood import SAMPLE, load
from points import (
    By,
    Entry,
    GroupKind,
    Limit,
    OfferView,
    Per,
    Redeemed,
    Standing,
    TransferKind,
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
def test_terms_say_price_place_time_limit_and_what_is_left(house: House, language: str) -> None:
    t = texts(language)
    html = terms_html(t, house, OFFER, available=200)
    hours = "7:00–22:00"
    for fact in ("150", t.name(NAMES), t.name(SHOP), hours, "025-5550 0111", "14", "50", "3"):
        assert fact in html


def test_terms_say_how_many_points_are_missing(house: House) -> None:
    assert "50 too few" in terms_html(texts("en"), house, OFFER, available=100)


def test_a_code_that_lapses_at_midnight_is_good_until_the_day_before(house: House) -> None:
    assert last_day(house, MIDNIGHT) == "2026-11-24"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_code_message_fits_under_its_picture(house: House, language: str) -> None:
    longest = {"*": "长" * 64}
    code = Redeemed(1, 1, "ABCD2345", longest, "corner-shop", longest, 10**9, 10**9, MIDNIGHT)
    message = code_message(texts(language), house, code, balance=10**9, picture=b"PNG")
    assert "<code>ABCD2345</code>" in message.text
    assert visible_length(message.text) <= CAPTION_LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_monthly_news_fits_under_its_picture(language: str) -> None:
    lines = tuple(Line(place, {"*": "长" * 64}, "ABCD", 10**9, mine=False) for place in range(1, 6))
    kinds = (GroupKind.RESIDENT, GroupKind.TEAM, GroupKind.BUILDING)
    boards = MonthBoards("2026-10", tuple(KindBoard(kind, lines, None) for kind in kinds))
    assert visible_length(news_html(texts(language), boards)) <= CAPTION_LIMIT


def test_names_are_escaped_and_ones_own_is_bold() -> None:
    mine = Line(2, {"*": "<Bo> & Co"}, "ABCD", 20, mine=True)
    boards = MonthBoards("2026-10", (KindBoard(GroupKind.RESIDENT, (mine,), mine),))
    html = boards_html(texts("en"), boards)
    assert "<b>&lt;Bo&gt; &amp; Co</b>" in html
