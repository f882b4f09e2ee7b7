"""Finding a neighbour by what one must know of them already; who hides is found by short code alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from bot.community import Found, Place, find_residents, name_key, shown_names
from bot.giving.errors import NobodyFound, OnlyYourself

ECHO = 40
_NOWHERE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Neighbour:
    """Somebody as a neighbour may see them: who hides is a short code without a place.

    So is who is shown by another name, unless it was their own that was typed.
    """

    resident_id: int
    name: str
    area_names: Mapping[str, str]
    short_code: str = ""


def neighbours_called(session: Session, typed: str, asker_id: int) -> tuple[Neighbour, ...]:
    """Give everybody else of this short code, whole name or @username; parts of a name find nobody.

    Raises:
        NobodyFound: there is nobody who can be found so.
        OnlyYourself: there is, but it is who asks.
    """
    found = find_residents(session, typed)
    shown = shown_names(session, [one.resident_id for one in found], Place.PRIVATE)
    others = tuple(
        _seen(one, shown.get(one.resident_id), typed)
        for one in found
        if one.resident_id != asker_id and (one.resident_id in shown or _by_code(one, typed))
    )
    if others:
        return others
    if any(one.resident_id == asker_id for one in found):
        raise OnlyYourself
    raise NobodyFound(typed[:ECHO])


def _seen(one: Found, shown: str | None, typed: str) -> Neighbour:
    known = shown is not None and name_key(one.name) in (name_key(shown), name_key(typed))
    if known:
        return Neighbour(one.resident_id, one.name, one.area_names, one.short_code)
    return Neighbour(one.resident_id, one.short_code, _NOWHERE)


def _by_code(one: Found, typed: str) -> bool:
    """Tell whether it was the short code that was typed, for nothing else is left to have found them."""
    return not typed.startswith("@") and name_key(one.name) != name_key(typed)
