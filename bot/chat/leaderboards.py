"""/leaderboard: a month's boards as text and as a picture, with the reader's own place."""

import asyncio
import re

from bot.chat.board_months import FIRST_YEAR, UnreadableMonthError, month_name, read_month
from bot.chat.house import House
from bot.chat.keyboards import two_a_row
from bot.chat.month_boards import MonthBoards, month_boards
from bot.chat.month_words import boards_html, picture_of
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.delivery import Button, Message
from points import month_of, months_later

TOP = 10
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


async def leaderboard(turn: Turn) -> None:
    """Show the boards of this month, or of the month that was typed."""
    await _show(turn, read_month(turn.said.text, turn.house.local(turn.now).date()))


async def turn_to(turn: Turn) -> None:
    """Show the boards of another month."""
    month = turn.said.word(0)
    if not _MONTH.fullmatch(month) or int(month[:4]) < FIRST_YEAR or month > _this_month(turn):
        raise Forged
    await _show(turn, month)


async def _show(turn: Turn, month: str) -> None:
    boards = await turn.look(month_boards, month=month, top=TOP, reader=turn.me)
    await turn.ask(Message(str(_html(turn, boards)), two_a_row(*_neighbours(turn, month))), "leaderboard")
    if not boards.empty:
        await turn.say(await _drawn(turn, boards))


def _html(turn: Turn, boards: MonthBoards) -> str:
    if boards.empty:
        return str(turn.t.rich("boards.empty", month=month_name(boards.month, turn.t.language)))
    return str(boards_html(turn.t, boards))


async def _drawn(turn: Turn, boards: MonthBoards) -> Message:
    from bot.pictures import draw_leaderboard  # noqa: PLC0415 - typst is loaded where somebody looks at it

    drawing = picture_of(turn.t, boards, turn.t.name(turn.house.neighbourhood.names))
    picture = await asyncio.to_thread(draw_leaderboard, drawing)
    caption = turn.t.rich("boards.caption", month=month_name(boards.month, turn.t.language))
    return Message(str(caption), photo=picture, file_name=f"leaderboard-{boards.month}.png")


def _neighbours(turn: Turn, month: str) -> list[Button]:
    before, after = months_later(month, -1), months_later(month, 1)
    buttons = [Button(turn.t("boards.button_before", month=before), f"bm:{before}")]
    if after <= _this_month(turn):
        buttons.append(Button(turn.t("boards.button_after", month=after), f"bm:{after}"))
    return buttons


def _this_month(turn: Turn) -> str:
    return month_of(turn.now, turn.house.zone)


@refuses(UnreadableMonthError)
def _unreadable(_: UnreadableMonthError, t: Texts, __: House) -> str:
    return t("boards.bad_month")
