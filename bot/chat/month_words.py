"""How a month's boards are worded, and what goes into their picture."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.chat.board_months import month_name
from bot.chat.month_boards import KindBoard, Line, MonthBoards
from bot.chat.texts import Texts
from points import GroupKind, Rest, short_root

if TYPE_CHECKING:
    from bot.pictures import LeaderboardPicture, Row, Section

TITLES = {
    GroupKind.RESIDENT: "boards.residents",
    GroupKind.TEAM: "boards.teams",
    GroupKind.BUILDING: "boards.buildings",
}
OWN = {
    GroupKind.RESIDENT: "boards.own_me",
    GroupKind.TEAM: "boards.own_team",
    GroupKind.BUILDING: "boards.own_building",
}
# Who is only counted; Chinese counts people and groups by different words.
OF_PEOPLE = {"tied": "boards.tied_people", "below": "boards.below_people", "shared": "boards.shared_people"}
OF_GROUPS = {"tied": "boards.tied_groups", "below": "boards.below_groups", "shared": "boards.shared_groups"}
# Some twenty rows in all stay easy to read on a phone.
DRAWN = {GroupKind.RESIDENT: 10, GroupKind.TEAM: 5, GroupKind.BUILDING: 5}
BESIDE = 1  # on either side of the reader, where that is not among those
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
LONGEST_SHOWN = 20


def boards_html(t: Texts, boards: MonthBoards) -> Markup:
    """Word the boards for one reader, with that reader's own places."""
    blocks = [_board(t, board, boards.top) for board in boards.boards if board.lines]
    first = _heading(t, boards) + Markup("\n") + _own_place(t, boards)
    return Markup("\n\n").join((first, *blocks))


def news_html(t: Texts, boards: MonthBoards, *, root: str | None = None, area: str | None = None) -> Markup:
    """Word the boards of a month that is over, for everybody at once, with the seal it ended with."""
    blocks = [_board(t, board, boards.top) for board in boards.boards if board.lines]
    if root is not None:
        blocks.append(t.rich("boards.seal", root=short_root(root)))
    month = month_name(boards.month, t.language)
    first = t.rich("boards.news_area", area=area, month=month) if area else t.rich("boards.news", month=month)
    return Markup("\n\n").join((first, *blocks))


def picture_of(t: Texts, boards: MonthBoards, community: str) -> "LeaderboardPicture":
    """Give what is drawn: the first lines of the words, and the reader's own."""
    from bot.pictures import LeaderboardPicture  # noqa: PLC0415 - drawing is loaded where somebody looks at it

    return LeaderboardPicture(
        title=t("boards.picture_title"),
        subtitle=f"{community} · {month_name(boards.month, t.language)}",
        sections=tuple(_section(t, board, boards.top) for board in boards.boards if board.lines),
        footer=t("boards.picture_footer"),
    )


def draw(picture: "LeaderboardPicture") -> bytes:
    """Draw it, which takes a while."""
    from bot.pictures import draw_leaderboard  # noqa: PLC0415 - typst is loaded where somebody looks at it

    return draw_leaderboard(picture)


def _heading(t: Texts, boards: MonthBoards) -> Markup:
    return t.rich("boards.heading", month=month_name(boards.month, t.language))


def _own_place(t: Texts, boards: MonthBoards) -> Markup:
    lines = [_own_line(t, board.kind, board.own) for board in boards.boards if board.own is not None]
    if not any(board.kind is GroupKind.RESIDENT and board.own for board in boards.boards):
        lines.insert(0, t.rich("boards.own_none"))
    return Markup("\n").join(lines)


def _own_line(t: Texts, kind: GroupKind, own: Line) -> Markup:
    shared = shared_with(t, kind, own)
    return t.rich(OWN[kind], place=own.place, shared=shared, points=own.points, name=name_of(t, own))


def shared_with(t: Texts, kind: GroupKind, own: Line) -> str:
    """Say with how many others the reader's place is shared, if it is."""
    return t(_counting(kind)["shared"], n=own.sharing) if own.sharing > 1 else ""


def _counting(kind: GroupKind) -> Mapping[str, str]:
    return OF_PEOPLE if kind is GroupKind.RESIDENT else OF_GROUPS


def _board(t: Texts, board: KindBoard, top: int) -> Markup:
    title = Markup("<b>{}</b>").format(t(TITLES[board.kind]))
    return Markup("\n").join((title, *lines_of(t, board, top)))


def lines_of(t: Texts, board: KindBoard, top: int, key: str = "boards.line") -> list[Markup | str]:
    """Word the first lines of a board, then those around the reader; the rest is counted."""
    lines: list[Markup | str] = [_line(t, line, key) for line in board.named(top)]
    if around := board.around(top):
        lines += ["…", *(_line(t, line, key) for line in around)]
    return lines + counted(t, board.kind, board.rest(top))


def counted(t: Texts, kind: GroupKind, rest: Rest) -> list[str]:
    """Say how many more share the last place that is named, and how many come after."""
    tied = [t(_counting(kind)["tied"], n=rest.tied, place=rest.place)] if rest.tied else []
    below = [t(_counting(kind)["below"], n=rest.below)] if rest.below else []
    return tied + below


def _line(t: Texts, line: Line, key: str) -> Markup:
    place = MEDALS.get(line.place, f"{line.place}.")
    name: Markup | str = name_of(t, line)
    if line.mine:
        name = Markup("<b>{}</b>").format(name)
    return t.rich(key, place=place, name=name, points=line.points)


def name_of(t: Texts, line: Line) -> str:
    if not line.names:
        return t("boards.you_hidden") if line.mine else t("boards.somebody")
    name = t.name(line.names)
    return name if len(name) <= LONGEST_SHOWN else f"{name[: LONGEST_SHOWN - 1]}…"


def _section(t: Texts, board: KindBoard, top: int) -> "Section":

    return section(t, board, t(TITLES[board.kind]), min(top, DRAWN[board.kind]))


def section(t: Texts, board: KindBoard, title: str, most: int) -> "Section":
    """Give what is drawn of one board: the first, the reader and who is next to them, the rest counted."""
    from bot.pictures import Section  # noqa: PLC0415 - as above

    rows = (*board.named(most), *board.around(most, BESIDE))
    more = tuple(counted(t, board.kind, board.rest(most, BESIDE)))
    return Section(title=title, rows=tuple(_row(t, line) for line in rows), more=more)


def _row(t: Texts, line: Line) -> "Row":
    from bot.pictures import Row  # noqa: PLC0415 - as above

    return Row(place=line.place, name=name_of(t, line), points=line.points, code=line.code, mine=line.mine)
