"""The HTTP client that carries every call to Telegram, with few enough in flight that it stays quick."""

import asyncio
from typing import Any

from telegram.request import HTTPXRequest

# httpx looks through its whole pool at each call, so that many at once are slower than few in a row
# (encode/httpx discussion 3215); a long poll has a connection of its own and is not among them.
IN_FLIGHT = 6
PATIENCE = 20.0


class BoundedRequest(HTTPXRequest):
    """python-telegram-bot's own client behind a door that lets a few calls through at a time."""

    def __init__(self, *, in_flight: int = IN_FLIGHT, proxy: str | None = None) -> None:
        super().__init__(
            connection_pool_size=in_flight,
            connect_timeout=PATIENCE,
            read_timeout=PATIENCE,
            write_timeout=PATIENCE,
            pool_timeout=PATIENCE,
            media_write_timeout=3 * PATIENCE,
            proxy=proxy,
        )
        self._room = asyncio.Semaphore(in_flight)

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make a call when there is room for it."""
        async with self._room:
            return await super().do_request(*args, **kwargs)
