"""The small types of community.toml: names in several languages, codes, counts, emoji, places."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.ways import MOST_WAYS, understood

OFFERED: Final = ("zh", "en")
LONGEST_NAME = 64
LONGEST_TEXT = 1000
LONGEST_SHOWN = 60
LONGEST_EMOJI = 10  # code points: a flag, a family or a sign with its variation selector
PICTURES: Final = (".jpg", ".jpeg", ".png")
A_WAY = '"mailtos://user:password@host"'
CODE_PATTERN = r"^[a-z0-9-]{1,32}$"


class TeamKind(StrEnum):
    CORE = "core"
    WING = "wing"


class Level(StrEnum):
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class Verifier(StrEnum):
    AUTOMATIC = "automatic"
    COORDINATOR = "coordinator"
    TEAM_LEAD = "team-lead"
    TWO_PEOPLE = "two-people"


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


class Share(StrEnum):
    """Whose count a limit is."""

    RESIDENT = "resident"
    HOUSEHOLD = "household"


def wrong(sentence: str) -> PydanticCustomError:
    """Make the error that carries a whole sentence: what is wrong; what would be right."""
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _languages(info: ValidationInfo) -> tuple[str, ...]:
    context = info.context or {}
    return tuple(context.get("languages", OFFERED))


def _in_every_language(value: Any, info: ValidationInfo, *, longest: int) -> dict[str, str]:
    languages = _languages(info)
    if isinstance(value, str):
        return dict.fromkeys(languages, _wording(value, longest=longest))
    if not isinstance(value, Mapping):
        raise wrong(f'{shown(value)} is not a name; write "…" or {{zh = "…", en = "…"}}')
    if foreign := [language for language in value if language not in OFFERED]:
        raise wrong(f'"{foreign[0]}" is not a language on offer; write {{zh = "…", en = "…"}}')
    if missing := [language for language in languages if language not in value]:
        raise wrong(f'has no "{missing[0]}"; add {missing[0]} = "…", or write one "…" for every language')
    return {language: _wording(value[language], longest=longest) for language in value}


def _wording(value: Any, *, longest: int) -> str:
    if not isinstance(value, str):
        raise wrong(f'{shown(value)} is not a text; put it in quotes: "…"')
    text = value.strip()
    if not any(letter.isalnum() for letter in text):
        raise wrong(f'{shown(value)} says nothing; write words between the quotes: "…"')
    if len(text) > longest:
        raise wrong(f"has {len(text)} characters; write at most {longest}")
    if longest == LONGEST_NAME and not text.isprintable():
        raise wrong(f"{shown(value)} holds a line break or a tab; write it on one line")
    return text


def _names(value: Any, info: ValidationInfo) -> dict[str, str]:
    return _in_every_language(value, info, longest=LONGEST_NAME)


def _texts(value: Any, info: ValidationInfo) -> dict[str, str]:
    texts = _in_every_language(value, info, longest=LONGEST_TEXT)
    for text in texts.values():
        rest = text.replace("{place}", "")
        if "{" in rest or "}" in rest:
            raise wrong(f"{shown(text)} holds curly brackets; only {{place}} may stand in them")
    return texts


def _emoji(value: Any) -> str:
    fits = isinstance(value, str) and 1 <= len(value.strip()) <= LONGEST_EMOJI
    if not fits or any(letter.isalpha() or letter.isspace() for letter in value.strip()) or value.isascii():
        raise wrong(f'{shown(value)} is not one emoji; write for example "🧭"')
    return str(value).strip()


def _spot(value: Any) -> tuple[float, float]:
    numbers = isinstance(value, list) and all(type(number) in {int, float} for number in value)
    if not numbers or len(value) != 2:
        raise wrong(f"{shown(value)} is not a place; write [latitude, longitude], such as [32.03, 118.74]")
    latitude, longitude = value
    if abs(latitude) > 90 >= abs(longitude):
        raise wrong(f"{shown(value)} has no such latitude; did you mean [{longitude}, {latitude}]?")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise wrong(
            f"{shown(value)} is not on the earth; latitude goes from -90 to 90, longitude from -180 to 180"
        )
    return float(latitude), float(longitude)


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, OSError, ValueError, TypeError, AttributeError):
        raise wrong(f'{shown(value)} is not a time zone; write for example "Asia/Shanghai"') from None


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if twice := [value for value in values if values.count(value) > 1]:
        raise wrong(f'names "{twice[0]}" twice; write each once')
    return values


def _ways(values: object) -> object:
    """Refuse what nobody could be told by, without repeating it: such addresses hold passwords."""
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise wrong(f"is not a list of addresses; write [{A_WAY}]")
    if len(set(values)) < len(values):
        raise wrong("names an address twice; write each once")
    if len(values) > MOST_WAYS:
        raise wrong(f"has {len(values)} addresses; write at most {MOST_WAYS}")
    for place, one in enumerate(values, 1):
        if not understood(one):
            raise wrong(f"has as number {place} no address that apprise understands; write one like {A_WAY}")
    return values


def lies_beside(written: str) -> bool:
    """Tell whether a text can name a picture beside the file, and nothing outside of that folder."""
    path = Path(written)
    inside = not path.is_absolute() and ".." not in path.parts
    return inside and written.isprintable() and path.suffix.lower() in PICTURES


def _picture(value: Any) -> Path:
    if not (isinstance(value, str) and lies_beside(value)):
        advice = f'name a {", ".join(PICTURES)} file beside this one, such as "rice.jpg"'
        raise wrong(f"{shown(value)} is not a picture here; {advice}")
    return Path(value)


def shown(value: Any) -> str:
    """Write a value the way it looks in the file, cut short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _written(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {shown(inner)}' for key, inner in value.items())}}}"
    return str(value)


_NAMES_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {language: {"type": "string"} for language in OFFERED},
            "additionalProperties": False,
        },
    ]
}

Code = Annotated[str, Field(pattern=CODE_PATTERN)]
Names = Annotated[Mapping[str, str], BeforeValidator(_names), WithJsonSchema(_NAMES_SCHEMA)]
Texts = Annotated[Mapping[str, str], BeforeValidator(_texts), WithJsonSchema(_NAMES_SCHEMA)]
Emoji = Annotated[str, BeforeValidator(_emoji), WithJsonSchema({"type": "string"})]
Line = Annotated[str, Field(min_length=1, max_length=64)]
FromZero = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
FromOne = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Codes = Annotated[tuple[Code, ...], Field(min_length=1), AfterValidator(_distinct)]
Languages = Annotated[tuple[Literal["zh", "en"], ...], Field(min_length=1), AfterValidator(_distinct)]
Ways = Annotated[tuple[str, ...], BeforeValidator(_ways)]
Spot = Annotated[
    tuple[float, float],
    BeforeValidator(_spot),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone), PlainSerializer(str), WithJsonSchema({"type": "string"})]
Age = Annotated[int, Field(strict=True, ge=1, le=120)]
Picture = Annotated[Path, BeforeValidator(_picture), WithJsonSchema({"type": "string"})]
