"""What the neighbourhood did together in a quarter: told to everybody, along with its last month."""

from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.board_months import month_name
from bot.chat.group_news import tell_groups
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import PersonAddress, residents_in, root_area, who_wants_board_news
from bot.delivery import Button, Lane, Message, bindings
from points import Season, Span, months_in, period_with, season


def readers(session: Session) -> tuple[PersonAddress, ...]:
    """Give everybody who gets leaderboards and summaries by themselves."""
    everybody = residents_in(session, root_area(session).area_id)
    wanting = who_wants_board_news(session, [one.resident_id for one in everybody])
    return tuple(one for one in everybody if one.resident_id in wanting)


def season_ended(session: Session, month: str) -> Season | None:
    """Add up the quarter that ends with this month, which reads all its transfers; None: none ends."""
    months = months_in(period_with(month, Span.QUARTER))
    return season(session, months) if months[-1] == month else None


def announce_season(
    session: Session, *, month: str, now: datetime, house: House, done: Season | None = None
) -> None:
    """Tell everybody and every bound group of the quarter that ended; one without a point passes in silence.

    `done` is what was added up beforehand.
    """
    done = done or season_ended(session, month)
    if done is None or not done.points:
        return
    quarter = period_with(month, Span.QUARTER)
    tell(
        session,
        readers(session),
        key=f"season:{quarter}",
        words=lambda t: Message(
            str(season_html(t, quarter, done)), one_a_row(Button(t("season.button_boards"), f"bm:{quarter}"))
        ),
        now=now,
        lane=Lane.BULK,
        about=f"season:{quarter}",
    )
    tell_groups(
        session,
        bindings(session),
        key=f"season:{quarter}:groups",
        words=lambda t: Message(
            str(season_html(t, quarter, done)),
            one_a_row(Button(t("season.button_boards"), url=house.chat_link)),
        ),
        now=now,
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
