"""A month's boards with the names they may show: residents, teams and buildings, and one's own places."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.chat.board_names import Names, names_of
from bot.community import (
    Place,
    area,
    areas_within,
    group_keys,
    person_by_id,
    residents_in,
    root_area,
    teams_of,
    unnamed_groups,
)
from points import AROUND, Board, GroupKind, Rank, Rest, period_board

KINDS = (GroupKind.RESIDENT, GroupKind.TEAM, GroupKind.BUILDING)
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
    """One board; `own` is where the reader stands, `near` who is around, also when that is not at the top."""

    kind: GroupKind
    board: Board
    lines: tuple[Line, ...]
    own: Line | None
    near: tuple[Line, ...] = ()

    def named(self, most: int) -> tuple[Line, ...]:
        """Give the lines to be shown where about so many fit."""
        return self.lines[: len(self.board.first(most))]

    def rest(self, most: int, steps: int = AROUND) -> Rest:
        """Say how many there are beyond those lines and the ones around the reader."""
        first = self.board.first(most)
        rest = self.board.rest(first)
        for rank in self.board.around(first, steps):
            rest = rest.without(rank)
        return rest

    def around(self, most: int, steps: int = AROUND) -> tuple[Line, ...]:
        """Give the reader and so many on either side, where those lines do not show the reader."""
        missing = self.board.around(self.board.first(most), steps)
        return tuple(line for rank, line in zip(self.board.near, self.near, strict=False) if rank in missing)


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
    """Give the boards of a month, quarter or year for a private chat, with the reader's own places."""
    own = _own_keys(session, reader)
    return MonthBoards(month, tuple(_board(session, month, kind, own[kind]) for kind in KINDS), top)


def group_boards(session: Session, *, month: str, top: int, area_id: int) -> MonthBoards:
    """Give the boards of a month as a group of this area may show them: those who live there now.

    Of an area with under five people, somebody of whom is not to be named in groups, none is shown: who
    earned would be known by counting off.
    """
    only = _within(session, area_id)
    boards = tuple(_board(session, month, kind, None, Place.GROUP, some) for kind, some in only.items())
    return MonthBoards(month, boards, top)


def _within(session: Session, area_id: int) -> dict[GroupKind, frozenset[str] | None]:
    """Say who is ranked in an area, kind by kind; teams belong to the whole community."""
    if area_id == root_area(session).area_id:
        return dict.fromkeys(KINDS)
    if points_at_somebody(session, area_id):
        return {}
    return {
        GroupKind.RESIDENT: frozenset(str(one.resident_id) for one in residents_in(session, area_id)),
        GroupKind.BUILDING: frozenset(one.code for one in areas_within(session, area_id)),
    }


def points_at_somebody(session: Session, area_id: int) -> bool:
    """Tell whether so few live in an area that its boards would point at who is not to be named."""
    return area(session, area_id).code in unnamed_groups(session, Place.GROUP).areas


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


def kind_board(
    session: Session, board: Board, own_key: str | None, place: Place = Place.PRIVATE
) -> KindBoard:
    """Give the names to a board, each looked up once."""
    ranks = dict.fromkeys((*board.rows, *board.near))
    names = names_of(session, board.group_kind, [rank.key for rank in ranks], place, own_key)
    codes = _codes(session, board.group_kind, list(ranks))

    def line(rank: Rank) -> Line:
        known, code = names.get(rank.key, {}), codes.get(rank.key, "")
        mine, sharing = rank.key == own_key, board.sharing[rank.place]
        return Line(rank.place, known, code, rank.earned, mine, sharing)

    own = None if board.own is None else line(board.own)
    return KindBoard(board.group_kind, board, tuple(map(line, board.rows)), own, tuple(map(line, board.near)))


def _board(
    session: Session,
    month: str,
    kind: GroupKind,
    own_key: str | None,
    place: Place = Place.PRIVATE,
    only: frozenset[str] | None = None,
) -> KindBoard:
    board = period_board(session, period=month, group_kind=kind, top=FETCHED, own_key=own_key, only=only)
    return kind_board(session, board, own_key, place)


def _codes(session: Session, kind: GroupKind, ranks: list[Rank]) -> dict[str, str]:
    """Give what a picture shows where a name holds nothing that can be drawn."""
    if kind is not GroupKind.RESIDENT:
        return {rank.key: rank.key for rank in ranks}
    people = {rank.key: person_by_id(session, int(rank.key)) for rank in ranks}
    return {key: person.short_code for key, person in people.items() if person is not None}
