"""Long polling: what Telegram sends is stored before Telegram hears that it was taken."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Self

import structlog
from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.intake.heard import Heard, Unreadable, heard_among
from bot.intake.mouth import Mouth
from bot.intake.store import AT_ONCE

LONG_POLL = 30
PATIENCE = 20.0
AFTER_TROUBLE = 1.0
AFTER_CONFLICT = 5.0
SILENT_FOR = 90.0  # so long after its last answer a poll is no longer thought to be well
ALLOWED = ("message", "channel_post", "callback_query", "my_chat_member")
# `do_api_request` gives updates as they came, but warns of names that are methods of the library's own.
GET_UPDATES = "get_Updates"

log = structlog.get_logger(__name__)


async def _nothing(_: Conflict) -> None:
    """Do nothing about another instance that polls."""


class Ear:
    """Long polling: takes updates, stores them in one commit, and only then asks for the next.

    `on_conflict` hears each time Telegram says that somebody else polls, or that a webhook is set.
    """

    def __init__(
        self, bot: Bot, mouth: Mouth, *, on_conflict: Callable[[Conflict], Awaitable[None]] = _nothing
    ) -> None:
        self._bot = bot
        self._mouth = mouth
        self._on_conflict = on_conflict
        self._offset = 0
        self._heard_at: float | None = None
        self._poll: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._poll = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ask no more; whatever ended the poll was told to those who watch it."""
        if self._poll is not None:
            self._poll.cancel()
            await asyncio.wait((self._poll,))

    @property
    def listening(self) -> asyncio.Task[None]:
        """The poll itself: ends only with an error that no waiting will mend."""
        if self._poll is None:
            raise RuntimeError("the ear was not opened")
        return self._poll

    @property
    def is_well(self) -> bool:
        """Tell whether Telegram answered the poll lately."""
        now = asyncio.get_running_loop().time()
        return self._heard_at is not None and now - self._heard_at < SILENT_FOR

    async def _listen(self) -> None:
        pause = 0.0
        while True:
            await asyncio.sleep(pause)
            try:
                pause = await self._take_some()
            except InvalidToken:
                raise
            except TelegramError as trouble:
                pause = await self._after(trouble, pause)
            except Exception:
                log.exception("intake.not_taken")
                pause = AFTER_TROUBLE

    async def _after(self, trouble: TelegramError, pause: float) -> float:
        """Give the seconds to wait after a refusal."""
        if isinstance(trouble, RetryAfter):
            return _seconds(trouble.retry_after)
        if isinstance(trouble, Conflict):
            log.warning("intake.another_instance_polls")
            await self._tell(trouble)
            return AFTER_CONFLICT
        log.warning("intake.no_answer", trouble=str(trouble))
        return min(30.0, max(1.0, pause * 2)) if isinstance(trouble, NetworkError) else 5.0

    async def _tell(self, conflict: Conflict) -> None:
        try:
            await self._on_conflict(conflict)
        except Exception:
            log.exception("intake.conflict_not_told")

    async def _take_some(self) -> float:
        await self._mouth.room()
        asked = {
            "offset": self._offset,
            "timeout": LONG_POLL,
            "limit": AT_ONCE,
            "allowed_updates": list(ALLOWED),
        }
        raw = await self._ask(asked)
        self._heard_at = asyncio.get_running_loop().time()
        updates = [one for one in map(_readable, raw) if one is not None]
        if updates:
            await self._mouth.take(updates)
            self._offset = max(one.update_id for one in updates) + 1
        return 0.0 if updates or not raw else AFTER_TROUBLE

    async def _ask(self, asked: dict[str, Any]) -> Any:
        try:
            return await self._bot.do_api_request(GET_UPDATES, asked, read_timeout=LONG_POLL + PATIENCE)
        except EndPointNotFound:
            # What the library makes of a token that is refused later on; the method is there for sure.
            raise InvalidToken from None


def _readable(raw: Any) -> Heard | None:
    try:
        return heard_among(raw)
    except Unreadable:
        log.warning("intake.unreadable")
        return None


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
