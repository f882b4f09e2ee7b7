"""📄 of a shop: this month so far and the last one, as figures and as files."""

import asyncio
import re

from markupsafe import Markup

from bot.chat.board_months import month_name
from bot.chat.keyboards import one_a_row
from bot.chat.settlement_words import csv_message, settlement_html, sheet_message
from bot.chat.shop import back_to_shop, shop_tapped
from bot.chat.turn import Forged, Turn
from bot.delivery import Button, Message
from points import month_of, months_later
from points.shops import settlement

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


async def show(turn: Turn) -> None:
    """Show this month so far and the last one, with their files to choose."""
    shop = await shop_tapped(turn)
    now = month_of(turn.now, turn.house.zone)
    months = (now, months_later(now, -1))
    views = [
        await turn.look(settlement, merchant=shop.code, month=month, zone=turn.house.zone) for month in months
    ]
    heading = turn.t.rich("settlement.heading", shop=turn.t.name(shop.names))
    html = Markup("\n\n").join((heading, *(settlement_html(turn.t, view) for view in views)))
    buttons = [
        Button(
            turn.t("settlement.button_files", month=month_name(month, turn.t.language)),
            f"sf:{shop.code}:{month}",
        )
        for month in months
    ]
    rows = one_a_row(*buttons, back_to_shop(turn, shop.code))
    await turn.ask(Message(str(html), rows), "shop.settlement")


async def send_files(turn: Turn) -> None:
    """Send a month as a sheet to print and as a file for spreadsheets."""
    shop, month = await shop_tapped(turn), turn.said.word(1)
    if MONTH.fullmatch(month) is None or month > month_of(turn.now, turn.house.zone):
        raise Forged
    view = await turn.look(settlement, merchant=shop.code, month=month, zone=turn.house.zone)
    await turn.toast()
    await turn.say(await asyncio.to_thread(sheet_message, turn.t, turn.house, view, turn.now))
    await turn.say(csv_message(turn.t, turn.house, view))
