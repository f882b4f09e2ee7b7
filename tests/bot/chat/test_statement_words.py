"""A statement's spreadsheet computes nothing, whatever the neighbourhood calls its activities."""

import csv
import io
from datetime import UTC, datetime

import pytest

from bot.chat.house import House
from bot.chat.statement_words import sheet
from bot.chat.texts import LANGUAGES, texts
from bot.neighbourhood import SAMPLE, load
from points import Entry, Line, Statement, TransferKind

AT = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # in Shanghai the first of November


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["=1+1", "+86 25", "-cmd", "@SUM(A1)", '\t=HYPERLINK("x")', "＝1"])
def test_no_cell_is_computed(language: str, name: str) -> None:
    house = House(load(SAMPLE), bot_id=1, bot_username="linli_bot")
    entry = Entry(7, AT, TransferKind.AWARD, -30, {"*": name}, minutes=None)
    written = sheet(texts(language), house, Statement((Line(entry, 12),)))
    _, row = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert row == ["2026-11-01", "00:30", f"'{name}", "-30", "12", "7"]
