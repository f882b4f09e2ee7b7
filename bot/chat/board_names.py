"""The names that a board may show: of people who agree to it, of groups that point at nobody."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from bot.chat.texts import LANGUAGES, texts
from bot.community import (
    Place,
    UnknownArea,
    UnknownTeam,
    Unnamed,
    area_by_code,
    shown_names,
    team_by_code,
    unnamed_groups,
)
from points import GroupKind

Names = Mapping[str, str]
ANY = "*"
SMALL_GROUP = "boards.small_group"


def names_of(
    session: Session, kind: GroupKind, keys: Iterable[str], place: Place = Place.PRIVATE
) -> dict[str, Names]:
    """Give the names of those who may be shown; a household has none."""
    wanted = list(keys)
    if kind is GroupKind.HOUSEHOLD:
        return {}
    if kind is GroupKind.RESIDENT:
        shown = shown_names(session, map(int, wanted), place)
        return {str(resident_id): {ANY: name} for resident_id, name in shown.items()}
    unnamed = unnamed_groups(session, place)
    return {key: _group_names(session, kind, key, unnamed) for key in wanted}


def _group_names(session: Session, kind: GroupKind, code: str, unnamed: Unnamed) -> Names:
    if code in (unnamed.teams if kind is GroupKind.TEAM else unnamed.areas):
        return {language: texts(language)(SMALL_GROUP) for language in LANGUAGES}
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
