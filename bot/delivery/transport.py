"""The HTTP client that carries every call to Telegram: aiohttp behind python-telegram-bot's own seam.

The library's own client, httpx, takes about three times the processor's time for a call, and more the more
calls are under way (encode/httpx discussion 3215); docs/benchmarks.md has the figures.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.request import BaseRequest, RequestData

from bot.delivery.answers import JSON, InDoubt, Intercepted, NeverLeft, believed, understood
from bot.delivery.pace import has_turn

__all__ = ["BoundedRequest", "InDoubt", "Intercepted", "NeverLeft"]

IN_FLIGHT = 32
PATIENCE = 20.0
MEDIA_PATIENCE = 60.0
SLOWEST = 32 * 1024  # bytes a second: an upload below that is given up


_WRITTEN = {"Content-Type": "application/json"}
_LETTER = aiohttp.ClientTimeout(connect=PATIENCE, sock_read=PATIENCE, total=2 * PATIENCE)

_NEVER_LEFT: tuple[type[Exception], ...] = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
)


class _Way:
    """The straight way to Telegram, or by whatever HTTP proxy the environment names."""

    never_left = _NEVER_LEFT

    def __init__(self) -> None:
        self._named = getproxies()

    def connector(self) -> aiohttp.BaseConnector:
        """Give what makes connections; how many there are is not its business."""
        return aiohttp.TCPConnector(limit=0)

    def http_proxy(self, url: str) -> str | None:
        address = urlsplit(url)
        proxy = self._named.get(address.scheme)
        return None if proxy is None or proxy_bypass(address.hostname or "") else proxy

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Tell what failed before a byte left from what may have arrived; no address: it holds the token."""
        try:
            yield
        except self.never_left as error:
            raise NeverLeft(f"no connection ({type(error).__name__})") from error
        except (aiohttp.ClientError, OSError) as error:
            raise InDoubt(f"no answer ({type(error).__name__})") from error


class _ThroughHttpProxy(_Way):
    def __init__(self, proxy: str) -> None:
        self._proxy = proxy

    def http_proxy(self, url: str) -> str | None:
        return self._proxy


class _ThroughSocks(_Way):
    def __init__(self, proxy: str) -> None:
        import aiohttp_socks as socks  # noqa: PLC0415 - only where there is such a proxy

        self._proxy = proxy.replace("socks5h://", "socks5://")
        self.never_left = (
            *_NEVER_LEFT,
            socks.ProxyConnectionError,
            socks.ProxyTimeoutError,
            socks.ProxyError,
        )

    def connector(self) -> aiohttp.BaseConnector:
        """Let the proxy look names up too: where Telegram is barred, its name often is."""
        from aiohttp_socks import ProxyConnector  # noqa: PLC0415 - only where there is such a proxy

        return ProxyConnector.from_url(self._proxy, rdns=True, limit=0)

    def http_proxy(self, url: str) -> str | None:
        return None


def _way(proxy: str | None) -> _Way:
    if proxy is None:
        return _Way()
    return _ThroughSocks(proxy) if proxy.startswith("socks") else _ThroughHttpProxy(proxy)


class BoundedRequest(BaseRequest):
    """Makes calls over connections that are kept, so many at a time; who has a turn of the pace never waits.

    Args:
        in_flight: how many calls may be under way besides those of the pace, which has a bound of its own.
        proxy: the way to Telegram; without one, whatever the environment names.
    """

    def __init__(self, *, in_flight: int = IN_FLIGHT, proxy: str | None = None) -> None:
        self._room = asyncio.Semaphore(in_flight)
        self._way = _way(proxy)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """The seconds an answer may take; a long poll adds its own."""
        return PATIENCE

    async def initialize(self) -> None:
        """Open for calls; the first one makes the first connection."""
        if self._session is None:
            headers = {"User-Agent": self.USER_AGENT}
            self._session = aiohttp.ClientSession(connector=self._way.connector(), headers=headers)

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make a call when there is room for it.

        Raises:
            NeverLeft: no connection came about.
            InDoubt: the line broke, or no answer came in time.
            Intercepted: something in between answered instead of Telegram.
        """
        files = request_data.multipart_data if request_data else {}
        connecting, answering = _given(connect_timeout, PATIENCE), _given(read_timeout, PATIENCE)
        if files:
            answering += _given(write_timeout, MEDIA_PATIENCE)
        writing = 0.0 if _is_given(write_timeout) else _size(files) / SLOWEST
        patience = aiohttp.ClientTimeout(
            connect=connecting,
            sock_read=answering,
            # Nothing else sees that a server does not read. What it gives out comes piece by piece.
            total=None if method == "GET" else connecting + writing + answering,
        )
        async with nullcontext() if has_turn() else self._room:
            return await self._call(url, method, _body(request_data, files), patience)

    async def ask(self, url: str, body: bytes) -> Any:
        """Make a call whose body was written before, for who has a turn of the pace; give its result.

        Raises:
            TelegramError: whatever `do_request` raises, and what the library makes of each refusal.
        """
        status, content = await self._call(url, "POST", body, _LETTER, headers=_WRITTEN)
        try:
            return await _Answered(status, content).post(url)
        except KeyError as error:
            raise InDoubt("an answer without a result") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSON:
        """Read an answer; one that nobody can read is neither logged nor quoted, for it may hold names.

        Raises:
            InDoubt: it did not come whole.
        """
        return understood(payload)

    async def _call(
        self,
        url: str,
        method: str,
        body: Any,
        patience: aiohttp.ClientTimeout,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the transport is not open")
        proxy = self._way.http_proxy(url)
        with self._way.understood():
            async with self._session.request(
                method, url, data=body, timeout=patience, proxy=proxy, headers=headers
            ) as answer:
                status, content = answer.status, await answer.read()
        believed(status, content)
        return status, content


class _Answered(BaseRequest):
    """An answer that came already, for the library to say what it is called."""

    read_timeout = PATIENCE

    def __init__(self, status: int, content: bytes) -> None:
        self._answer = status, content

    async def initialize(self) -> None:
        """Do nothing."""

    async def shutdown(self) -> None:
        """Do nothing."""

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        """Give the answer."""
        return self._answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSON:
        """Read it; see `BoundedRequest`."""
        return understood(payload)


def _is_given(seconds: Any) -> bool:
    return seconds is not BaseRequest.DEFAULT_NONE and seconds is not None


def _given(seconds: Any, default: float) -> float:
    return float(seconds) if _is_given(seconds) else default


def _size(files: Mapping[str, Any]) -> int:
    return sum(len(content) for _, content, _ in files.values() if isinstance(content, bytes))


def _body(data: RequestData | None, files: Mapping[str, Any]) -> Any:
    values = data.json_parameters if data else None
    if not files:
        return values
    form = aiohttp.FormData(values or {}, quote_fields=False)  # Telegram shows names as they are sent
    for field, (name, content, kind) in files.items():
        piecewise = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(field, piecewise, filename=name, content_type=kind)
    return form
