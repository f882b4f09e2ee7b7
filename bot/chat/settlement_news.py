"""The settlement of a month that is over: on the 1st at eight, to each shop and its coordinators, once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.board_months import first_day
from bot.chat.house import House
from bot.chat.merchants import merchant_area, staff
from bot.chat.overseeing import overseers
from bot.chat.settlement_words import csv_message, sheet_message
from bot.chat.telling import Words, tell
from bot.chat.texts import LANGUAGES, texts
from bot.community import PersonAddress
from bot.delivery import Lane, Message
from bot.schedule import put
from points import month_of, months_later
from points.shops import MonthSettled, SettlementView, settle_every_shop, settlement

SETTLEMENT_DUE = "settlement.month"
SHEETS_DUE = "settlement.sheets"
Sending = Callable[[Session, Mapping[str, Any], datetime, House], None]
AT = time(8)  # hours after midnight, so that no handover of the month can still be undone


def plan_settlement(session: Session, house: House, now: datetime) -> None:
    """Note at a start when this month is settled, and the last one if that is still to come."""
    month = month_of(now, house.zone)
    before = months_later(month, -1)
    if _due_at(before, house) > now:
        _plan(session, before, house)
    _plan(session, month, house)


def settle_month(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> object:
    """Settle a month for every shop, and plan the next."""
    month = str(facts["month"])
    _plan(session, months_later(month, 1), house)
    return settle_every_shop(session, month=month, now=now, zone=house.zone)


@announces(MonthSettled)
def settled(session: Session, event: MonthSettled, _: House, now: datetime) -> None:
    """Note that the sheets are to be drawn, each shop's by itself."""
    key = f"settlement:{event.merchant}:{event.month}"
    facts = {"merchant": event.merchant, "month": event.month}
    put(session, key=key, kind=SHEETS_DUE, at=now, facts=facts)


def draw_sheets(
    session: Session, facts: Mapping[str, Any], now: datetime, house: House
) -> Callable[[], Sending]:
    """Read a settled month; drawing its sheets, for a thread, gives the rule that sends them."""
    view = _settled(session, facts, house)
    return lambda: partial(
        send_sheets,
        drawn={
            language: sheet_message(texts(language), house, view, now)
            for language in sorted({*LANGUAGES, *house.languages})
        },
    )


def send_sheets(
    session: Session,
    facts: Mapping[str, Any],
    now: datetime,
    house: House,
    drawn: Mapping[str, Message] | None = None,
) -> None:
    """Send a shop's month to who stands for it and to its coordinators; what is settled stays as it is."""
    view, sheets = _settled(session, facts, house), drawn or {}
    parts: dict[str, Words] = {
        "sheet": lambda t: sheets.get(t.language) or sheet_message(t, house, view, now),
        "csv": lambda t: csv_message(t, house, view),
    }
    readers = _readers(session, view.merchant)
    for part, words in parts.items():
        key = f"settlement:{view.merchant}:{view.month}:{part}"
        tell(session, readers, key=key, words=words, now=now, lane=Lane.ROUTINE)


def _settled(session: Session, facts: Mapping[str, Any], house: House) -> SettlementView:
    merchant, month = str(facts["merchant"]), str(facts["month"])
    return settlement(session, merchant=merchant, month=month, zone=house.zone)


def _readers(session: Session, merchant: str) -> tuple[PersonAddress, ...]:
    area_id = merchant_area(session, merchant).area_id
    readers = (*staff(session, merchant), *overseers(session, area_id))
    return tuple({one.resident_id: one for one in readers}.values())


def _due_at(month: str, house: House) -> datetime:
    return datetime.combine(first_day(months_later(month, 1)), AT, tzinfo=house.zone).astimezone(UTC)


def _plan(session: Session, month: str, house: House) -> None:
    key = f"{SETTLEMENT_DUE}:{month}"
    put(session, key=key, kind=SETTLEMENT_DUE, at=_due_at(month, house), facts={"month": month})
