"""Redraws messages whose taps were answered: soon, a few at a time, and only the newest state of each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import islice
from typing import Self

import structlog
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

AT_ONCE = 4
LAST_SECONDS = 3.0
PAUSES = (1.0, 4.0)  # seconds before a redrawing that broke off is tried again

Place = tuple[int, int]
Redraw = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Redraws:
    """Keeps what waits for the pace out of the way: the same person's next tap is answered meanwhile.

    What a tap did was committed and answered before it comes here. A message that a crash leaves undrawn
    still shows its older buttons, and these still work.
    """

    def __init__(self, pauses: Sequence[float] = PAUSES) -> None:
        self._pauses = pauses
        self._waiting: dict[Place, Redraw] = {}
        self._under_way: dict[Place, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let the last ones end, but not for long."""
        until = asyncio.get_running_loop().time() + LAST_SECONDS
        while self._under_way and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._under_way.values(), timeout=left)
            await asyncio.sleep(0)
        self._waiting.clear()
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def put(self, place: Place, redraw: Redraw) -> None:
        """Redraw a message when its turn comes; a newer state takes the place of one that still waits."""
        self._waiting[place] = redraw
        self._begin()

    def _begin(self) -> None:
        free = AT_ONCE - len(self._under_way)
        ready = (place for place in self._waiting if place not in self._under_way)
        for place in list(islice(ready, max(0, free))):
            task = asyncio.create_task(self._one(place, self._waiting.pop(place)))
            self._under_way[place] = task
            task.add_done_callback(partial(self._ended, place))

    def _ended(self, place: Place, _: asyncio.Task[None]) -> None:
        del self._under_way[place]
        self._begin()

    async def _one(self, place: Place, redraw: Redraw) -> None:
        for pause in (*self._pauses, None):
            try:
                await redraw()
            except TelegramError as trouble:
                log.warning("redraw.refused", chat_id=place[0], trouble=str(trouble))
                if pause is None or place in self._waiting or not _may_pass(trouble):
                    return
                await asyncio.sleep(pause)
            except Exception:
                log.exception("redraw.failed", chat_id=place[0])
                return
            else:
                return


def _may_pass(trouble: TelegramError) -> bool:
    """Tell a broken line or a busy server from an answer that stays the same."""
    return isinstance(trouble, NetworkError | RetryAfter) and not isinstance(trouble, BadRequest)
