"""What a log may say of what holds residents' names and texts: which kind it is, never what it says."""

import re
import traceback
from collections.abc import Iterator, Mapping
from logging import LogRecord
from typing import Any

HIDDEN = "…"
# Loggers whose arguments are ours to choose, or addresses only; every other library's may be anybody's words.
_TRUSTED = frozenset({"bot", "points", "drills", "linli", "httpx", "py"})
_CALL = re.compile(r"(Calling|Call to) Bot API endpoint")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”")


def discreet(record: LogRecord) -> None:
    """Take out of a library's record whatever may be somebody's words: its arguments and further lines."""
    if record.name.partition(".")[0] in _TRUSTED or not isinstance(record.msg, str):
        return
    record.msg = record.msg.partition("\n")[0]
    if isinstance(record.args, Mapping):
        record.args = {name: _only_numbers(value) for name, value in record.args.items()}
    elif record.args:
        named = 1 if _CALL.match(record.msg) else 0  # the method's name, which is no secret
        record.args = (*record.args[:named], *map(_only_numbers, record.args[named:]))
    try:
        record.getMessage()
    except (TypeError, ValueError, KeyError):
        record.args = ()


def told(error: BaseException) -> str:
    """Give an error and its causes with the places in the code; with its words only where they are safe."""
    return "\nwhich led to:\n".join(_one(each) for each in _chain(error))


def without_quotes(words: str) -> str:
    """Give a sentence of somebody else's program without what it quotes."""
    return _QUOTED.sub(f'"{HIDDEN}"', words)


def _only_numbers(value: Any) -> Any:
    return value if isinstance(value, int | float) else HIDDEN


def _chain(error: BaseException) -> list[BaseException]:
    """Give an error behind those that led to it, each once."""
    found: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in found:
        found.insert(0, each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return found


def _one(error: BaseException) -> str:
    places = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    words = " ".join(_safe_words(error))
    return f"Traceback (most recent call last):\n{places}{name}{f': {words}' if words else ''}"


def _safe_words(error: BaseException) -> Iterator[str]:
    """Give what an error says where that is about machines: files, lines, locks, what Telegram refuses."""
    if isinstance(error, OSError):
        yield error.strerror or ""
        yield str(error.filename or "")
        return
    home = type(error).__module__.partition(".")[0]
    if home in {"telegram", "aiohttp", "sqlite3"}:
        yield without_quotes(str(error))
    elif home in {"sqlalchemy", "psycopg"} and type(error).__name__ != "DataError":
        driver = getattr(error, "orig", None) or error
        yield without_quotes((str(driver).splitlines() or [""])[0])
