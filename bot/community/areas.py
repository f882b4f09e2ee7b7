"""The area tree: finding areas, going down it, and everyone below one in an index range."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.community.errors import AreaRetired, UnknownArea
from bot.community.models import Area

_AFTER_SLASH = "0"  # the byte after "/": a range up to it holds exactly what begins with the path


# Made once, for a thousand answers in a second each read an area.
_child = aliased(Area)
_has_children = exists().where(col(_child.parent_id) == col(Area.id), col(_child.retired_at).is_(None))
_AREAS: Select[Area, bool] = select(Area, ~_has_children).order_by(col(Area.position), col(Area.id))
_BY_ID = _AREAS.where(col(Area.id) == bindparam("area"))


@dataclass(frozen=True)
class AreaView:
    area_id: int
    code: str
    parent_id: int | None
    path: str
    depth: int
    names: Mapping[str, str]
    lat: float | None
    lon: float | None
    retired: bool
    leaf: bool


def path_range(path: str) -> tuple[str, str]:
    """Give the bounds `low <= p < high` of every path at or below this one."""
    return path, path[:-1] + _AFTER_SLASH


def below(path: str) -> ColumnElement[bool]:
    """Say in SQL: this area and everything below it."""
    low, high = path_range(path)
    return and_(col(Area.path) >= low, col(Area.path) < high)


def codes_above(path: str) -> list[str]:
    """Give the codes from the root down to the area of this path."""
    return path.rstrip("/").split("/")


def root_area(session: Session) -> AreaView:
    """Give the community itself.

    Raises:
        UnknownArea: the neighbourhood was never synchronised.
    """
    found = _views(session, _AREAS.where(col(Area.parent_id).is_(None), col(Area.retired_at).is_(None)))
    if not found:
        raise UnknownArea("")
    return found[0]


def area(session: Session, area_id: int) -> AreaView:
    """Give an area, retired or not.

    Raises:
        UnknownArea: there is none with this number.
    """
    return _only(tuple(_view(*row) for row in session.execute(_BY_ID, {"area": area_id})), area_id)


def area_by_code(session: Session, code: str) -> AreaView:
    """Give the area of this code, retired or not.

    Raises:
        UnknownArea: there is none with this code.
    """
    return _only(_views(session, _AREAS.where(col(Area.code) == code)), code)


def open_area(session: Session, area_id: int | None) -> AreaView:
    """Give the area a person may choose; None is the community itself.

    Raises:
        UnknownArea: there is none with this number.
        AreaRetired: it is no longer in use.
    """
    found = root_area(session) if area_id is None else area(session, area_id)
    if found.retired:
        raise AreaRetired(found.area_id, found.names)
    return found


def areas_below(session: Session, area_id: int | None = None) -> tuple[AreaView, ...]:
    """Give the active areas one step below this one (None: below the community), in the file's order."""
    parent = root_area(session).area_id if area_id is None else area_id
    return _views(session, _AREAS.where(col(Area.parent_id) == parent, col(Area.retired_at).is_(None)))


def leaves(session: Session) -> tuple[AreaView, ...]:
    """Give every active area that people can live in, in the file's order: for posters and searching."""
    everything = _views(session, _AREAS.where(col(Area.retired_at).is_(None)))
    return tuple(one for one in everything if one.leaf)


def areas_within(session: Session, area_id: int) -> tuple[AreaView, ...]:
    """Give an area and every active one below it, in the order of their paths."""
    mine = area(session, area_id)
    found = _views(session, _AREAS.where(below(mine.path), col(Area.retired_at).is_(None)))
    return tuple(sorted(found, key=lambda one: one.path))


def trail(session: Session, path: str) -> tuple[AreaView, ...]:
    """Give the areas from the root down to the area of this path."""
    found = _views(session, _AREAS.where(col(Area.code).in_(codes_above(path))))
    return tuple(sorted(found, key=lambda one: one.depth))


def _views(session: Session, statement: Select[Area, bool]) -> tuple[AreaView, ...]:
    return tuple(_view(row, leaf) for row, leaf in session.execute(statement))


def _view(row: Area, leaf: bool) -> AreaView:
    return AreaView(
        area_id=row.id or 0,
        code=row.code,
        parent_id=row.parent_id,
        path=row.path,
        depth=row.depth,
        names=dict(row.names),
        lat=row.lat,
        lon=row.lon,
        retired=row.retired_at is not None,
        leaf=bool(leaf),
    )


def _only(found: Iterable[AreaView], asked: int | str) -> AreaView:
    for view in found:
        return view
    raise UnknownArea(asked)
