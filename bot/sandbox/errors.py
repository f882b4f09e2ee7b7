"""The Bot API's way of saying no: a code, a description and sometimes parameters."""

from pathlib import Path
from typing import Any


class ApiError(Exception):
    """An answer with ok=false, as in https://core.telegram.org/bots/api#making-requests."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class BadRequest(ApiError):
    def __init__(self, reason: str) -> None:
        super().__init__(400, f"Bad Request: {reason}")


class Forbidden(ApiError):
    def __init__(self, reason: str) -> None:
        super().__init__(403, f"Forbidden: {reason}")


class TooManyRequests(ApiError):
    def __init__(self, seconds: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class ActRefused(Exception):
    """A person tried on the phone what a phone does not allow; the text says what."""


class NoSuchThing(Exception):
    """The control API was asked for something that is not there; the text says what."""


class PortInUse(Exception):
    """Another program already listens on this port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is in use by another program")
        self.port = port


class FolderInUse(Exception):
    """Another demo already runs on this folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another demo is running on {folder}: stop it first, or keep this one elsewhere")
        self.folder = folder


class NotLoopback(Exception):
    """The rehearsal room was told to listen where others could reach it."""

    def __init__(self, host: str) -> None:
        super().__init__(f"the rehearsal room listens on this computer only, not on {host}")
        self.host = host
