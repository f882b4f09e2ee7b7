"""The leaderboard of a month that is over: to everybody with a chat, on the 1st at nine, once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.chat.board_months import first_day
from bot.chat.group_news import announce_to_groups, pictures_for_groups
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.month_boards import MonthBoards, month_boards
from bot.chat.month_words import draw, news_html, picture_of
from bot.chat.season_news import announce_season, readers, season_ended
from bot.chat.telling import tell
from bot.chat.texts import Texts, texts
from bot.delivery import Button, Lane, Message
from bot.schedule import put
from points import Season, month_of, month_root, months_later

if TYPE_CHECKING:
    from bot.pictures import LeaderboardPicture

LEADERBOARD_DUE = "leaderboard.month"
AT = time(9)
Announcing = Callable[[Session, Mapping[str, Any], datetime, House], None]
SEALING_STEPS = 50  # a page of transfers each; after more the news goes without the seal
# A caption holds 1024 characters: the first five of each board stay well below.
TOP = 5


def plan_first(session: Session, house: House, now: datetime) -> None:
    """Note at a start when this month's boards are due, and the last month's if that is still to come."""
    month = month_of(now, house.zone)
    before = months_later(month, -1)
    if due_at(before, house.zone) > now:
        _plan(session, before, house.zone)
    _plan(session, month, house.zone)


def draw_month(
    session: Session, facts: Mapping[str, Any], _: datetime, house: House
) -> Callable[[], Announcing]:
    """Read what a month's pictures show; drawing them, for a thread, gives the rule that announces them."""
    month = str(facts["month"])
    boards = month_boards(session, month=month, top=TOP, reader=None)
    if boards.empty or _waits_for_seal(session, facts):
        return lambda: announce_month
    done = season_ended(session, month)
    pictures = {_picture(texts(language), boards, house) for language in house.languages}
    pictures.update(pictures_for_groups(session, month=month, top=TOP, house=house))
    return lambda: partial(announce_month, drawn={picture: draw(picture) for picture in pictures}, done=done)


def announce_month(
    session: Session,
    facts: Mapping[str, Any],
    now: datetime,
    house: House,
    drawn: Mapping["LeaderboardPicture", bytes] | None = None,
    done: Season | None = None,
) -> None:
    """Tell everybody the boards of a month, and plan the next; a month without a point passes in silence.

    Of the pictures drawn beforehand those are used that still show the figures. After a pause the month's
    seal comes due at the same time, and its few steps go first.
    """
    month, waited = str(facts["month"]), int(facts.get("waited", 0))
    _plan(session, months_later(month, 1), house.zone)
    if _waits_for_seal(session, facts):
        again = {"month": month, "waited": waited + 1}
        put(session, key=f"leaderboard:{month}:{waited}", kind=LEADERBOARD_DUE, at=now, facts=again)
        return
    announce_season(session, month=month, now=now, house=house, done=done)
    boards = month_boards(session, month=month, top=TOP, reader=None)
    if boards.empty:
        return
    root = month_root(session, month)
    tell(
        session,
        readers(session),
        key=f"leaderboard:{month}",
        words=lambda t: _news(t, boards, house, drawn or {}, root),
        now=now,
        lane=Lane.BULK,
        about=f"leaderboard:{month}",
    )
    announce_to_groups(session, month=month, top=TOP, house=house, now=now, drawn=drawn or {}, root=root)


def _waits_for_seal(session: Session, facts: Mapping[str, Any]) -> bool:
    return month_root(session, str(facts["month"])) is None and facts.get("waited", 0) < SEALING_STEPS


def due_at(month: str, zone: ZoneInfo) -> datetime:
    """Give nine o'clock of the first day after a month, as the neighbourhood's own clocks show it."""
    return datetime.combine(first_day(months_later(month, 1)), AT, tzinfo=zone).astimezone(UTC)


def _plan(session: Session, month: str, zone: ZoneInfo) -> None:
    put(
        session,
        key=f"leaderboard:{month}",
        kind=LEADERBOARD_DUE,
        at=due_at(month, zone),
        facts={"month": month},
    )


def _news(
    t: Texts,
    boards: MonthBoards,
    house: House,
    drawn: Mapping["LeaderboardPicture", bytes],
    root: str | None,
) -> Message:
    picture = _picture(t, boards, house)
    mine = Button(t("boards.button_mine"), f"bm:{boards.month}")
    enough = Button(t("boards.button_news_off"), "bn:0")
    return Message(
        str(news_html(t, boards, root=root)),
        one_a_row(mine, enough),
        photo=drawn[picture] if picture in drawn else draw(picture),
        file_name=f"leaderboard-{boards.month}.png",
    )


def _picture(t: Texts, boards: MonthBoards, house: House) -> "LeaderboardPicture":
    return picture_of(t, boards, t.name(house.neighbourhood.names))
