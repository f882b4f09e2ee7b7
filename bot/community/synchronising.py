"""Brings areas and teams in line with the neighbourhood's file by code; what left it retires, never goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from bot.community.errors import BadTree
from bot.community.models import Area, Team, TeamKind


@dataclass(frozen=True)
class AreaEntry:
    """An area as the file has it; the one without a parent is the community itself."""

    code: str
    parent: str | None
    names: Mapping[str, str]
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class TeamEntry:
    code: str
    kind: TeamKind
    emoji: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Changes:
    """What a start changed, as codes."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()


@dataclass(frozen=True)
class Synchronised:
    areas: Changes
    teams: Changes


def synchronise(
    session: Session, *, areas: Sequence[AreaEntry], teams: Sequence[TeamEntry], now: datetime
) -> Synchronised:
    """Make the tables say what the file says. The second run with the same file changes nothing.

    Raises:
        BadTree: two roots or none, an unknown parent, a code twice, or a circle.
    """
    return Synchronised(areas=_areas(session, areas, now), teams=_teams(session, teams, now))


def _areas(session: Session, entries: Sequence[AreaEntry], now: datetime) -> Changes:
    ordered = parents_first(entries)
    rows = {row.code: row for row in session.exec(select(Area))}
    before = {code: _facts(row) for code, row in rows.items()}
    places = {entry.code: place for place, entry in enumerate(entries)}
    for entry in ordered:
        row = rows.get(entry.code) or Area(code=entry.code, path="", depth=0, position=0, names={})
        parent = rows[entry.parent] if entry.parent is not None else None
        _fill(row, entry, parent, places[entry.code])
        rows[entry.code] = row
        session.add(row)
        session.flush()  # the children need its number
    retired = _retire((row for code, row in rows.items() if code not in places), now)
    _move_below(rows.values())
    session.flush()
    return _changes(before, {code: _facts(row) for code, row in rows.items()}, retired)


def parents_first(entries: Sequence[AreaEntry]) -> list[AreaEntry]:
    """Order the areas so that each comes after its parent.

    Raises:
        BadTree: they are not one tree.
    """
    by_code = {entry.code: entry for entry in entries}
    roots = [entry for entry in entries if entry.parent is None]
    if len(by_code) < len(entries) or len(roots) != 1:
        raise BadTree(roots[-1].code if len(roots) > 1 else "")
    children: dict[str, list[AreaEntry]] = {}
    for entry in entries:
        if entry.parent is not None:
            children.setdefault(entry.parent, []).append(entry)
    ordered = list(roots)
    for parent in ordered:  # grows while it is walked
        ordered.extend(children.get(parent.code, ()))
    if len(ordered) < len(entries):
        lost = by_code.keys() - {entry.code for entry in ordered}
        raise BadTree(min(lost))
    return ordered


def _fill(row: Area, entry: AreaEntry, parent: Area | None, position: int) -> None:
    row.parent_id = parent.id if parent else None
    row.position = position
    row.lat, row.lon = entry.at or (None, None)
    row.retired_at = None
    _place_below(row, parent)
    if row.names != dict(entry.names):
        row.names = dict(entry.names)


def _place_below(row: Area, parent: Area | None) -> None:
    row.path = f"{parent.path if parent else ''}{row.code}/"
    row.depth = parent.depth + 1 if parent else 0


def _move_below(rows: Iterable[Area]) -> None:
    """Retired areas keep their place: when what they are in moved, they move with it."""
    children: dict[int | None, list[Area]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    waiting = list(children.get(None, ()))
    while waiting:
        parent = waiting.pop()
        for row in children.get(parent.id, ()):
            _place_below(row, parent)
            waiting.append(row)


def _teams(session: Session, entries: Sequence[TeamEntry], now: datetime) -> Changes:
    rows = {row.code: row for row in session.exec(select(Team))}
    before = {code: _facts(row) for code, row in rows.items()}
    for place, entry in enumerate(entries):
        row = rows.get(entry.code) or Team(code=entry.code, kind=entry.kind, emoji="", names={}, position=0)
        row.kind, row.emoji, row.position, row.retired_at = entry.kind, entry.emoji, place, None
        row.names = dict(entry.names)
        rows[entry.code] = row
        session.add(row)
    codes = {entry.code for entry in entries}
    retired = _retire((row for code, row in rows.items() if code not in codes), now)
    session.flush()
    return _changes(before, {code: _facts(row) for code, row in rows.items()}, retired)


def _retire(rows: Iterable[Area | Team], now: datetime) -> tuple[str, ...]:
    leaving = [row for row in rows if row.retired_at is None]
    for row in leaving:
        row.retired_at = now
    return tuple(sorted(row.code for row in leaving))


def _facts(row: Area | Team) -> dict[str, object]:
    return row.model_dump(exclude={"id", "position"})  # the order is no news


def _changes(before: Mapping[str, object], after: Mapping[str, object], retired: tuple[str, ...]) -> Changes:
    added = tuple(sorted(after.keys() - before.keys()))
    changed = (code for code, facts in before.items() if after[code] != facts and code not in retired)
    return Changes(added=added, changed=tuple(sorted(changed)), retired=retired)
