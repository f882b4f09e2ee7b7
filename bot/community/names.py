"""People's names: what may be one, how it is found again, and how much of it a board shows."""

import re
import unicodedata
from enum import StrEnum

from bot.community.errors import BadName, NameFault
from bot.community.models import ShownIn

LONGEST_NAME = 64
LONGEST_LINE = 40

# A character with the emoji selector or in a keycap is a picture, whatever letter or digit it is made of.
_PICTURE = re.compile(".\ufe0f?\u20e3|.\ufe0f")
# Fillers that Unicode calls letters although they show nothing.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# The two joiners shape Persian, Indic and emoji text; every other invisible mark can only mislead.
_JOINERS = frozenset("\u200c\u200d")


class Place(StrEnum):
    PRIVATE = "private"
    GROUP = "group"


def checked_name(typed: str) -> str:
    """Give the name as it is stored: one line, no control or direction marks, 1 to 64 characters.

    Raises:
        BadName: nothing is left, it is too long, or it holds no letter or digit of any script.
    """
    return _checked(typed, LONGEST_NAME)


def checked_line(typed: str) -> str:
    """Give a door or a skill as it is stored, by the rules of a name but at most 40 characters.

    Raises:
        BadName: as for a name.
    """
    return _checked(typed, LONGEST_LINE)


def _checked(typed: str, longest: int) -> str:
    name = _one_line(typed)
    if not name:
        raise BadName(NameFault.EMPTY, longest)
    if len(name) > longest:
        raise BadName(NameFault.TOO_LONG, longest)
    if not any(character.isalnum() for character in _PICTURE.sub("", name)):
        raise BadName(NameFault.NO_LETTERS, longest)
    return name


def _one_line(typed: str) -> str:
    return " ".join("".join(filter(_is_shown, typed)).split())


def _is_shown(character: str) -> bool:
    if character.isspace() or character in _JOINERS:
        return True
    return character not in _INVISIBLE and unicodedata.category(character) not in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
    }


def name_key(name: str) -> str:
    """Give what two spellings of one name share: width, case and spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def masked(name: str) -> str:
    """Hide the middle of a name: 王小英 → 王*英, 王英 → 王*, Anna → A*a."""
    letters = _letters(name)
    if len(letters) < 2:
        return "*"
    return f"{letters[0]}*{letters[-1]}" if len(letters) > 2 else f"{letters[0]}*"


def shown_name(name: str, preference: ShownIn, place: Place) -> str | None:
    """Give the name as a board may show it there, None when the person is not to be shown."""
    if preference is ShownIn.HIDDEN:
        return None
    if preference is ShownIn.NAME or place is Place.PRIVATE:
        return name
    return masked(name)


def _letters(name: str) -> list[str]:
    """Cut a name into what a reader sees as one sign: accents and joined emoji stay with their letter."""
    letters: list[str] = []
    for character in name:
        joined = bool(letters) and letters[-1].endswith("\u200d")
        if letters and (joined or character in _JOINERS or unicodedata.category(character)[0] == "M"):
            letters[-1] += character
        else:
            letters.append(character)
    return letters
