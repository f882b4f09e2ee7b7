"""One board in full: the first of a period, and the reader with those around, as far as they may be shown."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlmodel import Session

from bot.chat.month_boards import KindBoard, kind_board
from bot.community import group_keys, teams_of
from points import Among, GroupKind, period_board


class BoardKind(StrEnum):
    """What can be ranked; the value is what a button carries."""

    RESIDENTS = "r"
    HOUSEHOLDS = "h"
    TEAMS = "t"
    BUILDINGS = "b"
    GRIDS = "g"
    NEWCOMERS = "n"
    IMPROVED = "i"


GROUPS = {
    BoardKind.HOUSEHOLDS: GroupKind.HOUSEHOLD,
    BoardKind.TEAMS: GroupKind.TEAM,
    BoardKind.BUILDINGS: GroupKind.BUILDING,
    BoardKind.GRIDS: GroupKind.GRID,
}
AMONG = {BoardKind.NEWCOMERS: Among.NEWCOMERS, BoardKind.IMPROVED: Among.IMPROVED}


@dataclass(frozen=True)
class FullBoard:
    """One board of a period, of which about `top` lines are shown; of households only the reader's place."""

    period: str
    kind: BoardKind
    board: KindBoard
    top: int

    @property
    def total(self) -> int:
        """How many are on it."""
        return self.board.board.total


def full_board(session: Session, *, period: str, kind: BoardKind, top: int, reader: int) -> FullBoard:
    """Give one board of a period for a reader."""
    group_kind = GROUPS.get(kind, GroupKind.RESIDENT)
    own_key = _own_key(session, group_kind, reader)
    among = AMONG.get(kind, Among.EVERYBODY)
    board = period_board(
        session, period=period, group_kind=group_kind, top=top + 1, own_key=own_key, among=among
    )
    if group_kind is GroupKind.HOUSEHOLD:
        board = replace(board, rows=(), near=())
    return FullBoard(period, kind, kind_board(session, board, own_key), top)


def _own_key(session: Session, kind: GroupKind, reader: int) -> str | None:
    if kind is GroupKind.RESIDENT:
        return str(reader)
    if kind is GroupKind.TEAM:
        return next((one.code for one in teams_of(session, reader)), None)
    home = group_keys(session, [reader])[reader]
    keys = {
        GroupKind.HOUSEHOLD: home.household,
        GroupKind.BUILDING: home.building,
        GroupKind.GRID: home.grid,
    }
    return keys[kind]
