"""Whether an answer came from the Bot API or from something in between: only the first one is believed.

python-telegram-bot judges by the status alone, so that a proxy's page of 403 would read as "this person has
blocked the bot", one of 401 as "the token is wrong". It also puts the body of an answer it cannot read into
its log and into its error, and with it what people wrote.
"""

import json
from http import HTTPStatus
from typing import Any

from telegram.error import NetworkError

JSON = dict[str, Any]


class InDoubt(NetworkError):
    """The line broke or was silent for too long: Telegram may have done what the call asked."""


class NeverLeft(NetworkError):
    """No connection came about, so Telegram has certainly not heard the call."""


class Intercepted(NeverLeft):
    """Something in between refused the call, and says nothing about the person or the token."""


def believed(status: int, body: bytes) -> None:
    """Let an answer pass that is good or that the Bot API itself gave as an error.

    Raises:
        InDoubt: something in between lost patience with Telegram, which may go on all the same.
        Intercepted: something in between refused the call.
        NetworkError: of another kind, a server in trouble.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or _is_an_error(body):
        return
    words = f"no answer of the Bot API, but status {status}"
    if status == HTTPStatus.GATEWAY_TIMEOUT:
        raise InDoubt(words)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Intercepted(words)
    raise NetworkError(words)


def understood(body: bytes) -> JSON:
    """Read an answer that came whole.

    Raises:
        InDoubt: it did not, or the Bot API would never say such a thing.
    """
    found = _read(body)
    if found is None or "ok" not in found:
        raise InDoubt("an answer that cannot be read")
    return found


def _is_an_error(body: bytes) -> bool:
    found = _read(body)
    return found is not None and found.get("ok") is False and isinstance(found.get("error_code"), int)


def _read(body: bytes) -> JSON | None:
    try:
        found = json.loads(body.decode(errors="replace"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
