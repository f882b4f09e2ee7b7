"""A statement as a CSV document that opens in any spreadsheet, in the reader's language."""

import csv
import io
from collections.abc import Mapping

from bot.chat.house import House
from bot.chat.texts import Texts
from bot.chat.wallet import NOBODY, what_for
from points import Line, Statement

# By this sign a spreadsheet reads the file as UTF-8; without it Chinese turns into gibberish.
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins so is computed, not shown (OWASP: CSV injection).
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def sheet(t: Texts, house: House, mine: Statement, names: Mapping[int, str] = NOBODY) -> bytes:
    """Write a statement as CSV: one row an entry, the oldest first."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(
        [
            t("statement.day"),
            t("statement.time"),
            t("statement.what"),
            t("statement.points"),
            t("statement.balance"),
            t("statement.number"),
        ]
    )
    rows.writerows(_row(t, house, line, names) for line in mine.lines)
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def _row(t: Texts, house: House, line: Line, names: Mapping[int, str]) -> list[str | int]:
    entry = line.entry
    day, hour = house.day(entry.at), house.hour(entry.at)
    what = _shown(what_for(t, house, entry, names))
    return [day, hour, what, entry.amount, line.balance, entry.transfer_id]


def _shown(text: str) -> str:
    return f"'{text}" if text.startswith(COMPUTED) else text
