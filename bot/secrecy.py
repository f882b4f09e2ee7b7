"""Logging in which no secret ever shows: not in messages, errors or the addresses of requests."""

import logging
import re
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

import structlog

from bot.discretion import discreet, told, without_quotes

HIDDEN = "•••"
# A token in an address of the Bot API, also of a bot that is not ours (`%3A` is the colon in some addresses).
_IN_ADDRESS = re.compile(r"bot\d+(?::|%3A)[A-Za-z0-9_-]+", re.IGNORECASE)
_SHORTEST = 4  # shorter secrets would blot out ordinary words
_NOISY = ("httpx", "httpcore", "apscheduler", "uvicorn.access")

_kept: set[str] = set()


def keep_secret(secrets: Iterable[str]) -> None:
    """From now on, hide these wherever this process logs or complains."""
    _kept.update(secret for secret in secrets if len(secret) >= _SHORTEST)


def clean(text: str) -> str:
    """Give the text without anything that must not be read."""
    for secret in sorted(_kept, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _IN_ADDRESS.sub(f"bot{HIDDEN}", text)


class CleanFilter(logging.Filter):
    """Takes secrets out of a record before any formatter sees it: message, arguments, error and stack."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record and let it pass."""
        discreet(record)
        if isinstance(record.msg, dict):  # structlog's, still to be put into words by the formatter
            record.msg = _clean_within(record.msg)
        elif clean(message := record.getMessage()) != message:
            record.msg, record.args = clean(message), None
        if record.exc_info and record.exc_info[1]:
            record.exc_text = clean(told(record.exc_info[1]))
        if record.stack_info:
            record.stack_info = clean(record.stack_info)
        return True


def log_to(stream: TextIO, *, level: str, secrets: Iterable[str] = ()) -> None:
    """Send all logging of this process to the stream: JSON lines, or in colour when a terminal watches.

    `level` is debug, info, warning or error. Libraries that log each request are heard at debug only.
    """
    keep_secret(secrets)
    handler = logging.StreamHandler(stream)
    handler.addFilter(CleanFilter())
    handler.setFormatter(_formatter(at_terminal=stream.isatty()))
    root = logging.getLogger()
    for former in list(root.handlers):
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    _guard_what_ends_uncaught()


def _formatter(*, at_terminal: bool) -> logging.Formatter:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    # Tracebacks of our own: others print local variables or an error's words, which hold names and tokens.
    last = (
        [structlog.dev.ConsoleRenderer(exception_formatter=_print)]
        if at_terminal
        else [
            structlog.processors.ExceptionRenderer(_render),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return _CleanFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *last])
    )


class _CleanFormatter(logging.Formatter):
    """The last look before a line is written, whatever put it together."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return clean(self._inner.format(record))


def _guard_what_ends_uncaught() -> None:
    """Log what nothing caught, in any thread, instead of letting Python print it as it is."""
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_beside
    sys.unraisablehook = _uncaught_beside
    logging.captureWarnings(capture=True)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("linli").error("uncaught", exc_info=(kind, error, trace))


def _uncaught_beside(ended: "threading.ExceptHookArgs | sys.UnraisableHookArgs") -> None:
    error = ended.exc_value or RuntimeError(ended.exc_type.__name__)
    _uncaught(ended.exc_type, error, ended.exc_traceback)


def _discreet_value(key: Any, value: Any) -> Any:
    """Take out of what somebody else's program says whatever it quotes."""
    return without_quotes(value) if key == "trouble" and isinstance(value, str) else value


def _clean_within(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _clean_within(_discreet_value(key, inner)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_within(inner) for inner in value]
    return value


def _render(exc_info: Any) -> str:
    return clean(told(exc_info[1]))


def _print(stream: TextIO, exc_info: Any) -> None:
    stream.write(_render(exc_info))
