"""The month's leaderboard as a picture for a phone: residents, teams, buildings."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.pictures.lettering import drawable, drawable_name
from bot.pictures.typesetting import typeset


@dataclass(frozen=True)
class Row:
    """One place on a board; `code` is drawn when nothing of the name can be."""

    place: int
    name: str
    points: int
    code: str
    mine: bool = False


@dataclass(frozen=True)
class Section:
    """One board in order of its places; `more` says who is not drawn, `empty` that nobody earned anything.

    `sign` stands before the points.
    """

    title: str
    rows: tuple[Row, ...] = ()
    empty: str = ""
    more: tuple[str, ...] = ()
    sign: str = ""


@dataclass(frozen=True)
class LeaderboardPicture:
    """All that is drawn, in the reader's language."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: str


def draw_leaderboard(picture: LeaderboardPicture) -> bytes:
    """Draw the boards as a PNG, 1080 pixels wide and as high as the rows need.

    Telegram shrinks what is higher than about twice its width: some twenty rows in all stay easy to read.
    Skipped places between two rows are shown as dots.
    """
    return typeset(
        "leaderboard.typ",
        {
            "title": drawable(picture.title),
            "subtitle": drawable(picture.subtitle),
            "sections": [_section(section) for section in picture.sections],
            "footer": drawable(picture.footer),
        },
        "png",
    )


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": drawable(section.title),
        "rows": list(_rows(section.rows, section.sign)),
        "empty": drawable(section.empty),
        "more": [drawable(line) for line in section.more],
    }


def _rows(rows: tuple[Row, ...], sign: str) -> Iterator[dict[str, Any]]:
    jumps = [False, *(below.place > above.place + 1 for above, below in pairwise(rows))]
    for row, jump in zip(rows, jumps, strict=False):
        yield {
            "place": row.place,
            "name": drawable_name(row.name, row.code),
            "points": f"{sign}{row.points:,}",
            "mine": row.mine,
            "jump": jump,
        }
