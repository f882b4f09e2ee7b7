"""/leaderboard: boards of a month, quarter or year as text and picture, with the reader's own place."""

import asyncio

from markupsafe import escape

from bot.chat.board_months import FIRST_YEAR, UnreadableMonthError, month_name, read_month
from bot.chat.house import House
from bot.chat.keyboards import two_a_row
from bot.chat.kind_boards import BoardKind, FullBoard, full_board
from bot.chat.kind_words import KIND_NAMES, full_board_html, full_picture, heading
from bot.chat.month_boards import MonthBoards, month_boards
from bot.chat.month_words import boards_html, picture_of
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.delivery import Button, Message
from points import (
    Span,
    first_month,
    is_period,
    month_of,
    months_in,
    period_later,
    period_with,
    span_of,
)
from points.deeds import listed_deeds

TOP = 10
SPANS = {
    Span.MONTH: "boards.button_month",
    Span.QUARTER: "boards.button_quarter",
    Span.YEAR: "boards.button_year",
}


async def leaderboard(turn: Turn) -> None:
    """Show the boards of this month, or of the month, quarter or year that was typed."""
    typed = turn.said.text.strip().upper()
    if is_period(typed) and _is_past(turn, typed):
        await _show(turn, typed)
    else:
        await _show(turn, read_month(turn.said.text, turn.house.local(turn.now).date()))


async def turn_to(turn: Turn) -> None:
    """Show the boards of another month, quarter or year."""
    await _show(turn, _period(turn))


async def show_kinds(turn: Turn) -> None:
    """Offer every board there is of a period."""
    period = _period(turn)
    buttons = [Button(turn.t(key), f"bk:{period}:{kind.value}") for kind, key in KIND_NAMES.items()]
    text = turn.t.rich("boards.which", period=month_name(period, turn.t.language))
    back = Button(turn.t("button.back"), f"bm:{period}")
    await turn.ask(Message(str(text), two_a_row(*buttons, back)), "leaderboard")


async def show_kind(turn: Turn) -> None:
    """Show one board in full, with the reader and those around."""
    full = await _full(turn)
    others = Button(turn.t("boards.button_more"), f"bo:{full.period}")
    picture = Button(turn.t("boards.button_picture"), f"bp:{full.period}:{full.kind.value}")
    ways = _ways(turn, full.period, f"bk:{{}}:{full.kind.value}")
    buttons = two_a_row(*ways, *([picture] if full.board.lines else []), others)
    await turn.ask(Message(str(full_board_html(turn.t, full)), buttons), "leaderboard")


async def show_picture(turn: Turn) -> None:
    """Send one board as a picture."""
    from bot.pictures import draw_leaderboard  # noqa: PLC0415 - typst is loaded where somebody looks at it

    full = await _full(turn)
    if not full.board.lines:
        await turn.toast(turn.t("boards.nobody"), alert=True)
        return
    drawing = full_picture(turn.t, full, turn.t.name(turn.house.neighbourhood.names))
    picture = await asyncio.to_thread(draw_leaderboard, drawing)
    name = f"leaderboard-{full.period}-{full.kind.name.lower()}.png"
    await turn.say(Message(str(escape(heading(turn.t, full))), photo=picture, file_name=name))


async def _full(turn: Turn) -> FullBoard:
    period, chosen = _period(turn), turn.said.word(1)
    if chosen not in set(BoardKind):
        raise Forged
    return await turn.look(full_board, period=period, kind=BoardKind(chosen), top=TOP, reader=turn.me)


def _period(turn: Turn) -> str:
    period = turn.said.word(0)
    if not is_period(period) or not _is_past(turn, period):
        raise Forged
    return period


def _is_past(turn: Turn, period: str) -> bool:
    """Whether a period has begun, and not before there was anything to count."""
    return int(period[:4]) >= FIRST_YEAR and first_month(period) <= _this_month(turn)


async def _show(turn: Turn, month: str) -> None:
    boards = await turn.look(month_boards, month=month, top=TOP, reader=turn.me)
    others = Button(turn.t("boards.button_more"), f"bo:{month}")
    shown = [Button(turn.t("deed.button_list"), "dv")] if await turn.look(listed_deeds) else []
    ways = two_a_row(*_ways(turn, month, "bm:{}"), others, *shown)
    await turn.ask(Message(str(_html(turn, boards)), ways), "leaderboard")
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


def _ways(turn: Turn, period: str, data: str) -> list[Button]:
    """Give the ways to the periods before and after, and to the longer or shorter ones around."""
    before, after = period_later(period, -1), period_later(period, 1)
    buttons = [Button(turn.t("boards.button_before", month=before), data.format(before))]
    if _is_past(turn, after):
        buttons.append(Button(turn.t("boards.button_after", month=after), data.format(after)))
    latest = min(months_in(period)[-1], _this_month(turn))
    buttons += [
        Button(turn.t(key), data.format(period_with(latest, span)))
        for span, key in SPANS.items()
        if span is not span_of(period)
    ]
    return buttons


def _this_month(turn: Turn) -> str:
    return month_of(turn.now, turn.house.zone)


@refuses(UnreadableMonthError)
def _unreadable(_: UnreadableMonthError, t: Texts, __: House) -> str:
    return t("boards.bad_month")
