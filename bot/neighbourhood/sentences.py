"""What pydantic found wrong, as a sentence that says what would be right."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.neighbourhood.base import Limit, Table
from bot.neighbourhood.earning import AgeBand, AreaPercent, Cap, Multiplier, Streak, Window
from bot.neighbourhood.kinds import shown
from bot.neighbourhood.model import Neighbourhood

_EXAMPLES = {
    "account": '"resident" or "household"',
    "age": "{ages = [14, 25], percent = 150}",
    "ages": "[14, 25]",
    "area": '"g1"',
    "areas": '["g1"]',
    "budget_fen": "300000",
    "code": '"…"',
    "count": "1",
    "days": '["sat", "sun"]',
    "by": '"household"',
    "cap": '{points = 80, per = "day"}',
    "emoji": '"🧭"',
    "kind": '"core" or "wing"',
    "level": '"red"',
    "limit": '{count = 1, per = "month", by = "household"}',
    "merchant": '"corner-shop"',
    "name": '{zh = "…", en = "…"}',
    "multiplier": "{first_time_percent = 150}",
    "needed": "10",
    "operator": '{zh = "…", en = "…"}',
    "per": '"month"',
    "percent": "150",
    "phone": '"025-5550 0100"',
    "points": "20",
    "price": "150",
    "streak": "{weeks = 4, percent = 120}",
    "teams": '["core"]',
    "timezone": '"Asia/Shanghai"',
    "weeks": "4",
    "window": '{days = ["sat"], from = "09:00", to = "12:00"}',
    "windows": '{days = ["sat", "sun"], from = "08:00", to = "20:00"}',
}
# The tables within an entry, by their key.
_INNER: Mapping[str, type[Table]] = {
    "age": AgeBand,
    "area": AreaPercent,
    "cap": Cap,
    "limit": Limit,
    "multiplier": Multiplier,
    "streak": Streak,
    "window": Window,
    "windows": Window,
}
_ONCE = ("community", "callouts", "points")


def header(table: str) -> str:
    """Write the table's name as it stands in the file."""
    return f"[{table}]" if table in _ONCE else f"[[{table}]]"


def sentence(error: ErrorDetails) -> str:
    """Say what is wrong and what would be right."""
    return _SENTENCES.get(error["type"], _plainly)(error)


def _plainly(error: ErrorDetails) -> str:
    return f"{shown(error['input'])}: {error['msg']}"


def _whole(error: ErrorDetails) -> str:
    return str(error["ctx"]["sentence"])


def _key(loc: tuple[int | str, ...]) -> str:
    """Give the last key of a path, past its places in lists."""
    return next(str(part) for part in reversed(loc) if isinstance(part, str))


def _missing(error: ErrorDetails) -> str:
    key = str(error["loc"][-1])
    if len(error["loc"]) == 1:
        return f"there is no {header(key)}; `linli init` writes a sample to copy from"
    return f"is missing; write {key} = {_EXAMPLES.get(key, '…')}"


def _unknown(error: ErrorDetails) -> str:
    key, known = str(error["loc"][-1]), _known_keys(error["loc"][:-1])
    close = get_close_matches(key, known, n=1)
    advice = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
    return f"is not known; {advice}"


def _known_keys(loc: tuple[int | str, ...]) -> list[str]:
    inner = loc[2:]  # beyond the table and the number of its entry
    model: type[BaseModel] = _INNER.get(_key(inner), Neighbourhood) if inner else Neighbourhood
    if model is Neighbourhood and loc:
        model = _row_model(str(loc[0]))
    return [field.alias or name for name, field in model.model_fields.items()]


def _row_model(table: str) -> type[BaseModel]:
    for name, field in Neighbourhood.model_fields.items():
        if table == (field.alias or name):
            inner = getattr(field.annotation, "__args__", (field.annotation,))[0]
            return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else Neighbourhood
    return Neighbourhood


def _choice(error: ErrorDetails) -> str:
    return f"{shown(error['input'])} is not possible; write {error['ctx']['expected']}".replace("'", '"')


def _code(error: ErrorDetails) -> str:
    return f"{shown(error['input'])} is not a code; write 1 to 32 of a-z, 0-9 and -"


def _text(error: ErrorDetails) -> str:
    return f'{shown(error["input"])} is not a text; put it in quotes: "…"'


def _whole_number(error: ErrorDetails) -> str:
    return f"{shown(error['input'])} is not a whole number; write digits without quotes, for example 10"


def _number(error: ErrorDetails) -> str:
    return f"{shown(error['input'])} is not a number; write digits without quotes, for example 2"


def _bound(error: ErrorDetails) -> str:
    (kind, bound), *_ = error["ctx"].items()
    advice = {"ge": f"{bound} or more", "gt": f"more than {bound}", "le": f"{bound} or less"}
    size = "large" if kind == "le" else "small"
    return f"{shown(error['input'])} is too {size}; write {advice.get(kind, str(bound))}"


def _empty(error: ErrorDetails) -> str:
    if len(error["loc"]) == 1:
        return "is empty; write at least one"
    return f"{shown(error['input'])} is empty; write something between the brackets or quotes"


def _long(error: ErrorDetails) -> str:
    return f"has {len(error['input'])} characters; write at most {error['ctx']['max_length']}"


def _list(error: ErrorDetails) -> str:
    if len(error["loc"]) == 1:
        name = header(str(error["loc"][0]))
        return f"is not a list of tables; write {name} above each entry, with two brackets"
    return f"{shown(error['input'])} is not a list; write [{shown(error['input'])}]"


def _table(error: ErrorDetails) -> str:
    key = _key(error["loc"])
    if len(error["loc"]) == 1:
        return f"is not one table; write [{key}] above its keys, once, with single brackets"
    return f"{shown(error['input'])} is not a table; write {_EXAMPLES.get(key, '{…}')}"


_SENTENCES: Mapping[str, Callable[[ErrorDetails], str]] = {
    "sentence": _whole,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "enum": _choice,
    "literal_error": _choice,
    "string_pattern_mismatch": _code,
    "string_type": _text,
    "int_type": _whole_number,
    "float_type": _number,
    "finite_number": _number,
    "greater_than_equal": _bound,
    "greater_than": _bound,
    "less_than_equal": _bound,
    "too_short": _empty,
    "string_too_short": _empty,
    "string_too_long": _long,
    "tuple_type": _list,
    "model_type": _table,
}
