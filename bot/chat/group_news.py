"""What bound groups get when a month or quarter is over: their area's leaderboard, names masked; once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.kinds_of_news import lasts_until, sound_of
from bot.chat.listed_links import list_button, listed_within
from bot.chat.month_boards import MonthBoards, group_boards
from bot.chat.month_words import draw, news_html, picture_of
from bot.chat.telling import Words
from bot.chat.texts import Texts, texts
from bot.community import AreaView, area
from bot.delivery import Bound, Button, Lane, Message, Recipient, bindings, enqueue

if TYPE_CHECKING:
    from bot.pictures import LeaderboardPicture


def pictures_for_groups(
    session: Session, *, month: str, top: int, house: House
) -> Iterator["LeaderboardPicture"]:
    """Give what will be drawn for bound groups: each area in the languages of its groups."""
    for where, groups in _by_area(session):
        boards = group_boards(session, month=month, top=top, area_id=where.area_id)
        if not boards.empty:
            for language in sorted({one.language for one in groups}):
                yield _picture(texts(language), boards, where, house)


def announce_to_groups(
    session: Session,
    *,
    month: str,
    top: int,
    house: House,
    now: datetime,
    drawn: Mapping["LeaderboardPicture", bytes],
    root: str | None,
) -> None:
    """Promise each bound group its area's boards; an area without a point gets none."""
    for where, groups in _by_area(session):
        boards = group_boards(session, month=month, top=top, area_id=where.area_id)
        if not boards.empty:
            words = _News(boards, where, house, drawn, root, listed_within(session, where))
            tell_groups(session, groups, key=f"leaderboard:{month}:{where.code}", words=words, now=now)


def tell_groups(
    session: Session,
    groups: tuple[Bound, ...],
    *,
    key: str,
    words: Words,
    now: datetime,
    lane: Lane = Lane.BULK,
    loud: bool = False,
    about: str | None = None,
    until: datetime | None = None,
) -> None:
    """Promise a message to these groups, each in its language; the same key again changes nothing."""
    if groups:
        enqueue(
            session,
            key=key,
            lane=lane,
            renderings={
                language: words(texts(language)) for language in sorted({one.language for one in groups})
            },
            to=[Recipient(one.chat_id, one.language) for one in groups],
            now=now,
            loud=sound_of(key, loud=loud),
            about=about or key,
            expires_at=lasts_until(key, now, until),
        )


class _News:
    """One area's boards, worded in whatever language is asked for."""

    def __init__(
        self,
        boards: MonthBoards,
        where: AreaView,
        house: House,
        drawn: Mapping["LeaderboardPicture", bytes],
        root: str | None,
        listed: int,
    ) -> None:
        self._listed = listed
        self._boards, self._where, self._house, self._drawn, self._root = boards, where, house, drawn, root

    def __call__(self, t: Texts) -> Message:
        picture = _picture(t, self._boards, self._where, self._house)
        name = None if self._where.parent_id is None else t.name(self._where.names)
        html = news_html(t, self._boards, root=self._root, area=name)
        ways = [Button(t("boards.button_mine"), url=self._house.chat_link)]
        if self._listed:
            html += Markup("\n\n") + t.rich("public.count", count=self._listed)
            ways.append(list_button(t, self._house))
        return Message(
            str(html),
            one_a_row(*ways),
            photo=self._drawn[picture] if picture in self._drawn else draw(picture),
            file_name=f"leaderboard-{self._boards.month}.png",
        )


def _picture(t: Texts, boards: MonthBoards, where: AreaView, house: House) -> "LeaderboardPicture":
    community = t.name(house.neighbourhood.names)
    name = community if where.parent_id is None else f"{community} · {t.name(where.names)}"
    return picture_of(t, boards, name)


def _by_area(session: Session) -> list[tuple[AreaView, tuple[Bound, ...]]]:
    groups: dict[int, list[Bound]] = defaultdict(list)
    for one in bindings(session):
        groups[one.area_id].append(one)
    return [(area(session, area_id), tuple(some)) for area_id, some in groups.items()]
