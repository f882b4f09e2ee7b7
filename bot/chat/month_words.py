"""How a month's boards are worded, and what goes into their picture."""

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.chat.board_months import month_name
from bot.chat.month_boards import KindBoard, Line, MonthBoards
from bot.chat.texts import Texts
from points import GroupKind

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
# Some twenty rows in all stay easy to read on a phone.
DRAWN = {GroupKind.RESIDENT: 10, GroupKind.TEAM: 5, GroupKind.BUILDING: 5}
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
LONGEST_SHOWN = 20


def boards_html(t: Texts, boards: MonthBoards) -> Markup:
    """Word the boards for one reader, with that reader's own places."""
    blocks = [_board(t, board) for board in boards.boards if board.lines]
    first = _heading(t, boards) + Markup("\n") + _own_place(t, boards)
    return Markup("\n\n").join((first, *blocks))


def news_html(t: Texts, boards: MonthBoards) -> Markup:
    """Word the boards of a month that is over, for everybody at once."""
    blocks = [_board(t, board) for board in boards.boards if board.lines]
    return Markup("\n\n").join((t.rich("boards.news", month=month_name(boards.month, t.language)), *blocks))


def picture_of(t: Texts, boards: MonthBoards, community: str) -> "LeaderboardPicture":
    """Give what is drawn: the first lines of the words, and the reader's own."""
    from bot.pictures import LeaderboardPicture  # noqa: PLC0415 - drawing is loaded where somebody looks at it

    return LeaderboardPicture(
        title=t("boards.picture_title"),
        subtitle=f"{community} · {month_name(boards.month, t.language)}",
        sections=tuple(_section(t, board) for board in boards.boards if board.lines),
        footer=t("boards.picture_footer"),
    )


def _heading(t: Texts, boards: MonthBoards) -> Markup:
    return t.rich("boards.heading", month=month_name(boards.month, t.language))


def _own_place(t: Texts, boards: MonthBoards) -> Markup:
    lines = [
        t.rich(OWN[board.kind], place=board.own.place, points=board.own.points, name=_name(t, board.own))
        for board in boards.boards
        if board.own is not None
    ]
    if not any(board.kind is GroupKind.RESIDENT and board.own for board in boards.boards):
        lines.insert(0, t.rich("boards.own_none"))
    return Markup("\n").join(lines)


def _board(t: Texts, board: KindBoard) -> Markup:
    title = Markup("<b>{}</b>").format(t(TITLES[board.kind]))
    return Markup("\n").join((title, *(_line(t, line) for line in board.lines)))


def _line(t: Texts, line: Line) -> Markup:
    place = MEDALS.get(line.place, f"{line.place}.")
    name: Markup | str = _name(t, line)
    if line.mine:
        name = Markup("<b>{}</b>").format(name)
    return t.rich("boards.line", place=place, name=name, points=line.points)


def _name(t: Texts, line: Line) -> str:
    if not line.names:
        return t("boards.you_hidden") if line.mine else t("boards.somebody")
    name = t.name(line.names)
    return name if len(name) <= LONGEST_SHOWN else f"{name[: LONGEST_SHOWN - 1]}…"


def _section(t: Texts, board: KindBoard) -> "Section":
    from bot.pictures import Section  # noqa: PLC0415 - as above

    lines = board.lines[: DRAWN[board.kind]]
    if board.own is not None and not any(line.mine for line in lines):
        lines = (*lines, board.own)
    return Section(title=t(TITLES[board.kind]), rows=tuple(_row(t, line) for line in lines))


def _row(t: Texts, line: Line) -> "Row":
    from bot.pictures import Row  # noqa: PLC0415 - as above

    return Row(place=line.place, name=_name(t, line), points=line.points, code=line.code, mine=line.mine)
