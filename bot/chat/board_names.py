"""The names that a board may show: of people who agree to it, of groups that point at nobody."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from bot.chat.texts import LANGUAGES, texts
from bot.community import (
    Place,
    UnknownArea,
    UnknownTeam,
    area,
    area_by_code,
    root_area,
    shown_names,
    team_by_code,
    unnamed_groups,
)
from points import GroupKind

Names = Mapping[str, str]
ANY = "*"
_SMALL: Names = {language: texts(language)("boards.small_group") for language in LANGUAGES}


def names_of(
    session: Session,
    kind: GroupKind,
    keys: Iterable[str],
    place: Place = Place.PRIVATE,
    own_key: str | None = None,
) -> dict[str, Names]:
    """Give the names of those who may be shown; a household has none, one's own group is no secret."""
    wanted = list(keys)
    if kind is GroupKind.HOUSEHOLD:
        return {}
    if kind is GroupKind.RESIDENT:
        shown = shown_names(session, map(int, wanted), place)
        return {str(resident_id): {ANY: name} for resident_id, name in shown.items()}
    unnamed = unnamed_groups(session, place)
    hidden = (unnamed.teams if kind is GroupKind.TEAM else unnamed.areas) - {own_key}
    return {key: _SMALL if key in hidden else _group_names(session, kind, key) for key in wanted}


def place_names(session: Session, area_ids: Iterable[int], place: Place) -> dict[int, Names]:
    """Name areas by number; one so small that it would point at somebody is only the whole community."""
    unnamed, whole = unnamed_groups(session, place).areas, root_area(session).names
    found = {area_id: area(session, area_id) for area_id in area_ids}
    return {area_id: whole if one.code in unnamed else one.names for area_id, one in found.items()}


def place_of_deed(session: Session, area_id: int, place: Place, *, named: bool) -> Names:
    """Name where a listed deed belongs; of who hides only the whole community.

    However many live in a building, its others may be named elsewhere, and then one is left.
    """
    return place_names(session, [area_id], place)[area_id] if named else root_area(session).names


def _group_names(session: Session, kind: GroupKind, code: str) -> Names:
    return _team_names(session, code) if kind is GroupKind.TEAM else _area_names(session, code)


def _team_names(session: Session, code: str) -> Names:
    try:
        return team_by_code(session, code).names
    except UnknownTeam:
        return {ANY: code}


def _area_names(session: Session, code: str) -> Names:
    try:
        return area_by_code(session, code).names
    except UnknownArea:
        return {ANY: code}
