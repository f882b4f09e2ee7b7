"""One call by apprise: a mail, an SMS gateway, WeCom, DingTalk; how it ended, told from what it logs."""

import logging
import re
import threading

from bot.delivery.models import State
from bot.delivery.outcomes import BACK_OFF
from bot.delivery.results import Outcome
from bot.ways import LOG as _LOG
from bot.ways import way_of

_STATUS = re.compile(r"error=(\d{3})")
_BROKE = "Socket Exception"
_NEVER_LEFT = ("Failed to establish a new connection", "NameResolutionError", "ConnectTimeout", "NewConnect")
NO_CONNECTION = "no connection"
NO_ANSWER = "no answer"
NOT_UNDERSTOOD = "an address that nothing here can call"


def call(url: str, text: str, attempts: int) -> Outcome:
    """Say a text by one apprise address; blocks, and names the address nowhere.

    Apprise says only yes or no. Why it said no stands in its log, of which nothing goes further: it names
    hosts and quotes answers.
    """
    with _Heard() as heard:
        # One plugin itself and not `Apprise.notify`, which calls in another thread and stops to wait.
        way = way_of(url)
        if way is None:
            return Outcome(State.FAILED, reason=NOT_UNDERSTOOD, line=None)
        title, _, body = text.partition("\n")
        arrived = way.notify(title=title, body=body or title)
    return Outcome(State.SENT, line=None) if arrived else _understand(heard.said(), attempts)


def _understand(said: str, attempts: int) -> Outcome:
    """Tell what never left and what was refused, which is tried again, from what may have been heard."""
    if any(words in said for words in _NEVER_LEFT):
        return _again(NO_CONNECTION, attempts)
    if _BROKE in said:
        return Outcome(State.UNKNOWN, reason=NO_ANSWER, line=None)
    status = _STATUS.search(said)
    if status is not None and status[1].startswith("5"):
        return _again(f"HTTP {status[1]}", attempts)
    return Outcome(State.FAILED, reason=f"HTTP {status[1]}" if status else "refused", line=None)


def _again(reason: str, attempts: int) -> Outcome:
    if attempts >= len(BACK_OFF):
        return Outcome(State.FAILED, reason=reason, line=None)
    return Outcome(State.QUEUED, reason=reason, again_after=BACK_OFF[attempts], line=None)


class _Heard(logging.Handler):
    """Keeps what apprise logs in this thread, away from every other log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self._said: list[str] = []

    def __enter__(self) -> "_Heard":
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it logs whole addresses
        _LOG.setLevel(logging.DEBUG)
        _LOG.propagate = False
        _LOG.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        _LOG.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._said.append(record.getMessage())

    def said(self) -> str:
        return "\n".join(self._said)
