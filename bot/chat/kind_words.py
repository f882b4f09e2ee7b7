"""How one board in full is worded: the reader's own place first, then the first ones, then those around."""

from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.chat.board_months import month_name
from bot.chat.kind_boards import BoardKind, FullBoard
from bot.chat.month_words import lines_of, section, shared_with
from bot.chat.texts import Texts

if TYPE_CHECKING:
    from bot.pictures import LeaderboardPicture

KIND_NAMES = {
    BoardKind.RESIDENTS: "boards.button_residents",
    BoardKind.HOUSEHOLDS: "boards.button_households",
    BoardKind.TEAMS: "boards.button_teams",
    BoardKind.BUILDINGS: "boards.button_buildings",
    BoardKind.GRIDS: "boards.button_grids",
    BoardKind.NEWCOMERS: "boards.button_newcomers",
    BoardKind.IMPROVED: "boards.button_improved",
}
OWN = {
    BoardKind.HOUSEHOLDS: "boards.own_household",
    BoardKind.TEAMS: "boards.own_team_of",
    BoardKind.BUILDINGS: "boards.own_building_of",
    BoardKind.GRIDS: "boards.own_grid_of",
    BoardKind.IMPROVED: "boards.own_more",
}
ABOUT = {
    BoardKind.HOUSEHOLDS: "boards.about_households",
    BoardKind.NEWCOMERS: "boards.about_newcomers",
    BoardKind.IMPROVED: "boards.about_improved",
}


def full_board_html(t: Texts, full: FullBoard) -> Markup:
    """Word one board for one reader."""
    blocks = [Markup("\n").join((Markup("<b>{}</b>").format(heading(t, full)), _own(t, full)))]
    if full.kind in ABOUT:
        blocks.append(t.rich(ABOUT[full.kind]))
    if full.board.lines:
        key = "boards.line_more" if full.kind is BoardKind.IMPROVED else "boards.line"
        blocks.append(Markup("\n").join(lines_of(t, full.board, full.top, key)))
    return Markup("\n\n").join(blocks)


def heading(t: Texts, full: FullBoard) -> str:
    """Name the board and its time."""
    return t("boards.full_heading", kind=t(KIND_NAMES[full.kind]), period=month_name(full.period, t.language))


def full_picture(t: Texts, full: FullBoard, community: str) -> "LeaderboardPicture":
    """Give what is drawn of one board: the first, the reader, and who is next to them."""
    from bot.pictures import LeaderboardPicture  # noqa: PLC0415 - drawing is loaded where somebody looks at it

    board = section(t, full.board, t(KIND_NAMES[full.kind]), full.top)
    return LeaderboardPicture(
        title=t("boards.picture_title"),
        subtitle=f"{community} · {month_name(full.period, t.language)}",
        sections=(replace(board, sign="+" if full.kind is BoardKind.IMPROVED else ""),),
        footer=t("boards.picture_footer"),
    )


def _own(t: Texts, full: FullBoard) -> Markup:
    own = full.board.own
    if not full.total:
        return t.rich("boards.nobody")
    if own is None:
        return t.rich("boards.not_listed", total=full.total)
    key = OWN.get(full.kind, "boards.own_of")
    shared = shared_with(t, full.board.kind, own)
    return t.rich(key, place=own.place, shared=shared, total=full.total, points=own.points)
