"""The pace behind python-telegram-bot's own seam, for what conversations send without the outbox."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.delivery.chats import ChatId
from bot.delivery.messages import Lane
from bot.delivery.pace import Pace, Paused, has_turn
from bot.delivery.transport import InDoubt

JSON = dict[str, Any]
Answer = bool | JSON | list[JSON]

# Sends and edits count (tdlib/td#2592); answers to taps do not (tdlib/telegram-bot-api#648).
COUNTED = ("send", "edit", "copy", "forward", "stop")
TRIED_AGAIN_AFTER = (1.0, 4.0)
# A person does not wait longer for a reply than this, and neither does a stop: after a silence of hours they
# tap again. What was promised waits in the outbox meanwhile.
LONGEST_PAUSE = 30.0
FREE = frozenset({"sendChatAction"})


class NotNow(NetworkError):
    """Telegram asked for a long silence, so that this was not said at all."""


class PaceLimiter(BaseRateLimiter[Lane]):
    """Makes each send and edit wait for its turn; `rate_limit_args` is its lane."""

    def __init__(self, pace: Pace, pauses: Sequence[float] = TRIED_AGAIN_AFTER) -> None:
        self._pace = pace
        self._pauses = pauses

    async def initialize(self) -> None:
        """Do nothing: the pace lives as long as the process."""

    async def shutdown(self) -> None:
        """Do nothing: the pace lives as long as the process."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Lane | None,
    ) -> Answer:
        """Call Telegram at once where that is free, or where the caller has a turn, else in turn.

        Raises:
            NotNow: Telegram asked for a long silence.
        """
        if has_turn() or not counts(endpoint):
            return await callback(*args, **kwargs)
        lane, chat_id = rate_limit_args or Lane.OWN_ACT, _chat(data)
        for pause in self._pauses:
            try:
                async with self._turn(lane, chat_id):
                    return await callback(*args, **kwargs)
            except RetryAfter:  # the pace holds the next turn back as long as Telegram asked
                continue
            except NotNow:
                raise
            except NetworkError as error:
                if not _did_nothing(error):
                    raise
                await asyncio.sleep(pause)
        async with self._turn(lane, chat_id):
            return await callback(*args, **kwargs)

    @asynccontextmanager
    async def _turn(self, lane: Lane, chat_id: ChatId) -> AsyncIterator[None]:
        try:
            async with self._pace.turn(lane, chat_id, longest_pause=LONGEST_PAUSE):
                yield
        except Paused as silence:
            raise NotNow(str(silence)) from silence


def _did_nothing(error: NetworkError) -> bool:
    """Tell an answer of 5xx and a line that never came about from a call that may have been heard."""
    return not isinstance(error, (InDoubt, BadRequest))  # BadRequest is a NetworkError, too


def counts(endpoint: str) -> bool:
    """Tell whether Telegram counts calls of this method against the allowance."""
    return endpoint.startswith(COUNTED) and endpoint not in FREE


def _chat(data: dict[str, Any]) -> ChatId:
    chat_id = data.get("chat_id")
    if isinstance(chat_id, str):
        return int(chat_id) if chat_id.lstrip("-").isdecimal() else chat_id
    return chat_id if isinstance(chat_id, int) else None
