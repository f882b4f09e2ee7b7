"""The pace behind python-telegram-bot's own seam, for what conversations send without the outbox."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.delivery.chats import ChatId
from bot.delivery.messages import Lane
from bot.delivery.pace import Pace, has_turn

JSON = dict[str, Any]
Answer = bool | JSON | list[JSON]

# Sends and edits count (tdlib/td#2592); answers to taps do not (tdlib/telegram-bot-api#648).
COUNTED = ("send", "edit", "copy", "forward", "stop")
REFUSALS_BORNE = 2
FREE = frozenset({"sendChatAction"})


class PaceLimiter(BaseRateLimiter[Lane]):
    """Makes each send and edit wait for its turn; `rate_limit_args` is its lane."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

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
        """Call Telegram at once where that is free, or where the caller has a turn, else in turn."""
        if has_turn() or not counts(endpoint):
            return await callback(*args, **kwargs)
        lane, chat_id = rate_limit_args or Lane.OWN_ACT, _chat(data)
        for _ in range(REFUSALS_BORNE):
            with suppress(RetryAfter):  # the pace holds the next turn back as long as Telegram asked
                async with self._pace.turn(lane, chat_id):
                    return await callback(*args, **kwargs)
        async with self._pace.turn(lane, chat_id):
            return await callback(*args, **kwargs)


def counts(endpoint: str) -> bool:
    """Tell whether Telegram counts calls of this method against the allowance."""
    return endpoint.startswith(COUNTED) and endpoint not in FREE


def _chat(data: dict[str, Any]) -> ChatId:
    chat_id = data.get("chat_id")
    if isinstance(chat_id, str):
        return int(chat_id) if chat_id.lstrip("-").isdecimal() else chat_id
    return chat_id if isinstance(chat_id, int) else None
