"""An answer that goes back in the very response by which Telegram hears that its update was taken."""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

Method = Mapping[str, Any]
"""One call of the Bot API, as a webhook may answer with it: its `method` and what that is told."""


class Reply:
    """Holds the one call that may go back with a response; after `seconds` the response goes without."""

    def __init__(self) -> None:
        self._method: asyncio.Future[Method] = asyncio.get_running_loop().create_future()

    def offer(self, method: Method) -> bool:
        """Give the call; say whether it goes back, or has to be made like any other."""
        if self._method.done():
            return False
        self._method.set_result(method)
        return True

    async def wait(self, seconds: float) -> Method | None:
        """Give what was offered in time, and take nothing any more."""
        try:
            async with asyncio.timeout(seconds):
                return await self._method
        except TimeoutError:
            return None

    def close(self) -> None:
        """Take nothing any more."""
        self._method.cancel()


_reply: ContextVar[Reply | None] = ContextVar("reply", default=None)


def expect(reply: Reply) -> None:
    """Let what is taken from here on be answered through this."""
    _reply.set(reply)


def answered_at_once(method: str, **facts: Any) -> bool:
    """Answer the update that is dealt with by a call in its response, where that is still open."""
    reply = _reply.get()
    return reply is not None and reply.offer({"method": method, **facts})
