"""Addresses as people write them in settings: hosts, servers, databases; passwords in them stay hidden."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pydantic_core import PydanticCustomError

TELEGRAM = "https://api.telegram.org"
_DATABASES = ("sqlite", "postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True)
class Address:
    """Where something listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def wrong(advice: str) -> PydanticCustomError:
    """Make the error that says what would be right."""
    return PydanticCustomError("advice", "{advice}", {"advice": advice})


def address(value: Any) -> Any:
    """Read a host and a port."""
    if not isinstance(value, str):
        return value
    try:
        parts = urlsplit(f"//{value}")
        if parts.hostname and parts.port and parts.netloc == value and "@" not in value:
            return Address(parts.hostname, parts.port)
    except ValueError:
        pass
    raise wrong("write a host and a port from 1 to 65535, such as 127.0.0.1:8080")


def _url(value: str, *, schemes: tuple[str, ...], example: str) -> str:
    try:
        parts = urlsplit(value)
        well = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well = False
    if not well or re.search(r"\s", value):
        raise wrong(f"write an address such as {example}")
    return value.rstrip("/")


def root(value: str) -> str:
    """Check the root of a Bot API server."""
    url = _url(value, schemes=("http", "https"), example=TELEGRAM)
    if urlsplit(url).query or urlsplit(url).fragment:
        raise wrong(f"write the root of the server alone, such as {TELEGRAM}")
    return url


def proxy(value: str) -> str:
    """Check a proxy."""
    return _url(value, schemes=("http", "https", "socks5", "socks5h"), example="socks5://127.0.0.1:1080")


def webhook(value: str) -> str:
    """Check the public address of the webhook."""
    return _url(value, schemes=("http", "https"), example="https://bot.example.org/telegram")


def heartbeat(value: str) -> str:
    """Check what is fetched each minute."""
    return _url(value, schemes=("http", "https"), example="https://hc-ping.com/your-check")


def database(value: str) -> str:
    """Check which database is meant, as far as its address tells."""
    scheme, separator, rest = value.partition("://")
    well = bool(separator) and scheme in _DATABASES and rest not in {"", "/", "/:memory:"}
    if not well or (scheme == "sqlite" and not rest.startswith("/")):
        raise wrong("write sqlite:///linli.db or postgresql://user:password@host/name")
    return value


def without_password(url: str) -> str:
    """Give an address as it may be shown."""
    hidden = password(url)
    if not hidden:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{hidden}@", ":•••@", 1)))


def password(url: str) -> str:
    """Give the password in an address, or nothing."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
