"""A month's boards with the names they may show: residents, teams and buildings, and one's own places."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from bot.community import (
    Place,
    UnknownArea,
    UnknownTeam,
    area_by_code,
    group_keys,
    person_by_id,
    shown_names,
    team_by_code,
    teams_of,
)
from points import Board, GroupKind, Rank, Rest, month_board

Names = Mapping[str, str]

KINDS = (GroupKind.RESIDENT, GroupKind.TEAM, GroupKind.BUILDING)
ANY = "*"
# Whoever is named anywhere, and the one after them, whom naming costs no more than counting.
FETCHED = 11


@dataclass(frozen=True)
class Line:
    """One place on a board and how many are on it; no names where the person is not to be shown."""

    place: int
    names: Names
    code: str
    points: int
    mine: bool
    sharing: int = 1


@dataclass(frozen=True)
class KindBoard:
    """One board; `own` is where the reader stands, also when that is not among the first."""

    kind: GroupKind
    board: Board
    lines: tuple[Line, ...]
    own: Line | None

    def named(self, most: int) -> tuple[Line, ...]:
        """Give the lines to be shown where about so many fit."""
        return self.lines[: len(self.board.first(most))]

    def rest(self, most: int) -> Rest:
        """Say how many there are beyond those lines."""
        return self.board.rest(self.board.first(most))


@dataclass(frozen=True)
class MonthBoards:
    """The boards of a month, of which about `top` lines each are shown."""

    month: str
    boards: tuple[KindBoard, ...]
    top: int

    @property
    def empty(self) -> bool:
        """Whether nobody earned anything."""
        return not any(board.lines for board in self.boards)


def month_boards(session: Session, *, month: str, top: int, reader: int | None) -> MonthBoards:
    """Give the boards of a month as a private chat may show them, with the reader's own places."""
    own = _own_keys(session, reader)
    return MonthBoards(month, tuple(_board(session, month, kind, own[kind]) for kind in KINDS), top)


def _own_keys(session: Session, reader: int | None) -> dict[GroupKind, str | None]:
    if reader is None:
        return dict.fromkeys(KINDS)
    home = group_keys(session, [reader]).get(reader)
    team = next((one.code for one in teams_of(session, reader)), None)
    return {
        GroupKind.RESIDENT: str(reader),
        GroupKind.TEAM: team,
        GroupKind.BUILDING: home.building if home else None,
    }


def _board(session: Session, month: str, kind: GroupKind, own_key: str | None) -> KindBoard:
    board = month_board(session, month=month, group_kind=kind, top=FETCHED, own_key=own_key)
    ranks = [*board.rows, *([board.own] if board.own else [])]
    names = _names(session, kind, [rank.key for rank in ranks])
    codes = _codes(session, kind, ranks)

    def line(rank: Rank) -> Line:
        known, code = names.get(rank.key, {}), codes.get(rank.key, "")
        mine, sharing = rank.key == own_key, board.sharing[rank.place]
        return Line(rank.place, known, code, rank.earned, mine, sharing)

    own = None if board.own is None else line(board.own)
    return KindBoard(kind, board, tuple(map(line, board.rows)), own)


def _names(session: Session, kind: GroupKind, keys: list[str]) -> dict[str, Names]:
    if kind is GroupKind.RESIDENT:
        shown = shown_names(session, map(int, keys), Place.PRIVATE)
        return {str(resident_id): {ANY: name} for resident_id, name in shown.items()}
    if kind is GroupKind.TEAM:
        return {key: _team_names(session, key) for key in keys}
    return {key: _area_names(session, key) for key in keys}


def _team_names(session: Session, code: str) -> Names:
    try:
        team = team_by_code(session, code)
    except UnknownTeam:
        return {ANY: code}
    return team.names


def _area_names(session: Session, code: str) -> Names:
    try:
        return area_by_code(session, code).names
    except UnknownArea:
        return {ANY: code}


def _codes(session: Session, kind: GroupKind, ranks: list[Rank]) -> dict[str, str]:
    """Give what a picture shows where a name holds nothing that can be drawn."""
    if kind is not GroupKind.RESIDENT:
        return {rank.key: rank.key for rank in ranks}
    people = {rank.key: person_by_id(session, int(rank.key)) for rank in ranks}
    return {key: person.short_code for key, person in people.items() if person is not None}
