"""One pending edit a message, whoever asks for it: the newest words win, and what a tap did goes first."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Self

import structlog
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.delivery.edits import Edit, Edits, Words
from bot.delivery.messages import Message

AT_ONCE = 4
LAST_SECONDS = 3.0
PAUSES = (1.0, 4.0)  # seconds before a redrawing that broke off is tried again

Place = tuple[int, int]  # chat and message
Redraw = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    words: Words
    result: asyncio.Future[Edit]


class Editor:
    """Edits messages for as long as the `async with` lasts.

    `show` waits for a turn of boards, the first to stop under pressure; what it says is chosen when the turn
    comes. `redraw` keeps what a tap changed out of the way of the same person's next tap: what the tap did
    was committed and answered before. A message that a crash leaves undrawn still shows its older buttons,
    and these still work.
    """

    def __init__(self, edits: Edits, pauses: Sequence[float] = PAUSES) -> None:
        self._edits = edits
        self._pauses = pauses
        self._wanted: dict[Place, _Wanted] = {}
        self._taken: dict[Place, _Wanted] = {}
        self._showing: dict[Place, asyncio.Task[None]] = {}
        self._redraws: dict[Place, Redraw] = {}
        self._redrawing: dict[Place, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let the last redrawings end, but not for long; what was to be shown is promised elsewhere."""
        until = asyncio.get_running_loop().time() + LAST_SECONDS
        while self._redrawing and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._redrawing.values(), timeout=left)
            await asyncio.sleep(0)
        self._redraws.clear()
        tasks = (*self._redrawing.values(), *self._showing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def show(self, chat_id: int, message_id: int, message: Message, *, caption: bool = False) -> Edit:
        """Make a message read like this, unless somebody wants it to read otherwise before its turn comes.

        Raises:
            Paused, TelegramError: as `Edits.apply` does.
        """
        place = (chat_id, message_id)
        self._outdo(place)
        result: asyncio.Future[Edit] = asyncio.get_running_loop().create_future()
        self._wanted[place] = _Wanted(Words(message, caption), result)
        if place not in self._showing:
            self._showing[place] = asyncio.create_task(self._show(place))
        return await result

    def redraw(self, place: Place, redraw: Redraw) -> None:
        """Redraw a message when its turn comes; a newer state takes the place of one that still waits."""
        self._outdo(place)
        self._redraws[place] = redraw
        self._begin()

    def _outdo(self, place: Place) -> None:
        older = self._wanted.pop(place, None)
        if older is not None and not older.result.done():
            older.result.set_result(Edit.OUTDONE)

    async def _show(self, place: Place) -> None:
        try:
            while place in self._wanted:
                if place in self._redrawing:
                    await asyncio.wait([self._redrawing[place]])
                else:
                    await self._show_newest(place)
        finally:
            del self._showing[place]
            self._outdo(place)

    async def _show_newest(self, place: Place) -> None:
        try:
            edit = await self._edits.apply(*place, partial(self._take, place))
        except Exception as trouble:
            for result in self._wanting(place):
                result.set_exception(trouble)
        else:
            if edit is not Edit.OUTDONE:
                for result in self._wanting(place):
                    result.set_result(edit)

    def _take(self, place: Place) -> Words | None:
        """Say how the message shall read, now that it is its turn, unless a tap's change goes on."""
        if place not in self._wanted or place in self._redrawing:
            return None
        wanted = self._taken[place] = self._wanted.pop(place)
        return wanted.words

    def _wanting(self, place: Place) -> Iterator[asyncio.Future[Edit]]:
        """Give who waits to hear of the words that were taken, or that would have been."""
        wanted = self._taken.pop(place, None) or self._wanted.pop(place, None)
        if wanted is not None and not wanted.result.done():
            yield wanted.result

    def _begin(self) -> None:
        free = AT_ONCE - len(self._redrawing)
        ready = (place for place in self._redraws if place not in self._redrawing)
        for place in list(islice(ready, max(0, free))):
            task = asyncio.create_task(self._redraw(place, self._redraws.pop(place)))
            self._redrawing[place] = task
            task.add_done_callback(partial(self._ended, place))

    def _ended(self, place: Place, _: asyncio.Task[None]) -> None:
        del self._redrawing[place]
        self._begin()

    async def _redraw(self, place: Place, redraw: Redraw) -> None:
        if (older := self._taken.get(place)) is not None:
            await asyncio.wait([older.result])
        for pause in (*self._pauses, None):
            try:
                await redraw()
            except TelegramError as trouble:
                log.warning("redraw.refused", chat_id=place[0], trouble=str(trouble))
                if pause is None or place in self._redraws or not _may_pass(trouble):
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
