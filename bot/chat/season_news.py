"""What the neighbourhood did together in a quarter: told to everybody, along with its last month."""

from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.board_months import month_name
from bot.chat.keyboards import one_a_row
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import residents_in, root_area
from bot.delivery import Button, Lane, Message
from points import Season, Span, months_in, period_with, season


def announce_season(session: Session, *, month: str, now: datetime) -> None:
    """Tell everybody of the quarter that ended with this month; one without a point passes in silence."""
    quarter = period_with(month, Span.QUARTER)
    if months_in(quarter)[-1] != month:
        return
    done = season(session, months_in(quarter))
    if not done.points:
        return
    tell(
        session,
        residents_in(session, root_area(session).area_id),
        key=f"season:{quarter}",
        words=lambda t: Message(str(season_html(t, quarter, done)), _buttons(t, quarter)),
        now=now,
        lane=Lane.BULK,
        about=f"season:{quarter}",
    )


def season_html(t: Texts, quarter: str, done: Season) -> Markup:
    """Word what was done together; time only where it was measured."""
    lines = [
        t.rich("season.heading", quarter=month_name(quarter, t.language)),
        t.rich("season.people", people=t.count("count.people", done.people)),
    ]
    if done.minutes >= 60:
        lines.append(t.rich("season.hours", hours=f"{done.minutes // 60:,}"))
    lines += [t.rich("season.points", points=f"{done.points:,}"), t.rich("season.thanks")]
    return Markup("\n").join(lines)


def _buttons(t: Texts, quarter: str) -> tuple[tuple[Button, ...], ...]:
    return one_a_row(Button(t("season.button_boards"), f"bm:{quarter}"))
