"""The last six months of somebody's points as a picture, behind a button of /points."""

import asyncio
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from bot.chat.board_months import first_day
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.delivery import Message
from points import MonthOfPoints, last_months, standing

if TYPE_CHECKING:
    from bot.pictures import Chart


async def show_chart(turn: Turn) -> None:
    """Draw the speaker's last months; drawing keeps neither the loop nor the database waiting."""
    from bot.pictures import draw_chart  # noqa: PLC0415 - typst is loaded where somebody looks at it

    months = await turn.look(last_months, turn.me, turn.now, turn.house.zone)
    mine = await turn.look(standing, turn.me, turn.now, turn.house.zone)
    picture = await asyncio.to_thread(draw_chart, chart_of(turn.t, months, mine.available))
    caption = turn.t.rich("points.chart_caption", available=mine.available)
    await turn.say(Message(str(caption), photo=picture, file_name="points.png"))


def chart_of(t: Texts, months: tuple[MonthOfPoints, ...], available: int) -> "Chart":
    """Give what is drawn, in the reader's language."""
    from bot.pictures import Chart, Column  # noqa: PLC0415 - as above

    return Chart(
        title=t("points.chart_title"),
        available=f"{available:,}",
        available_words=t("points.chart_available"),
        earned_words=t("points.chart_earned"),
        spent_words=t("points.chart_spent"),
        columns=tuple(Column(_short(t, one.month), one.earned, one.spent) for one in months),
    )


def _short(t: Texts, month: str) -> str:
    return str(format_skeleton("MMM", first_day(month), locale=t.language))
