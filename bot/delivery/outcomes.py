"""What Telegram says is understood here, and only here: each answer or error becomes one outcome."""

from collections.abc import Sequence
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.messages import SENT_AGAIN_IN_DOUBT, Lane
from bot.delivery.models import State
from bot.delivery.pace import seconds_to_wait
from bot.delivery.results import ChatState, Outcome
from bot.delivery.transport import InDoubt

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (1, 4, 15, 60))
_UNREACHED = ("chat not found", "user is deactivated", "user not found")


class TokenRefused(RuntimeError):
    """Telegram does not know this token (any more); nothing can be sent until it is mended."""

    def __init__(self) -> None:
        super().__init__(
            "Telegram refused the bot's token: ask @BotFather for the current one and start again"
        )


def understand(error: TelegramError, *, lane: Lane, attempts: int) -> Outcome:
    """Say what an error means for a delivery that was tried `attempts` times before.

    Raises:
        TokenRefused: the token is wrong, which no other attempt can mend.
    """
    match error:
        case RetryAfter():
            return Outcome(
                State.QUEUED, again_after=timedelta(seconds=seconds_to_wait(error)), counts=False, line=None
            )
        case ChatMigrated():
            return Outcome(State.QUEUED, moved_to=error.new_chat_id, counts=False)
        case InvalidToken():
            raise TokenRefused from error
        case Forbidden():
            return Outcome(State.FAILED, reason=error.message, chat_state=_why_forbidden(error.message))
        case BadRequest():
            return Outcome(State.FAILED, reason=error.message, chat_state=_why_bad(error.message))
    return _broken(error, lane=lane, attempts=attempts)


def _broken(error: TelegramError, *, lane: Lane, attempts: int) -> Outcome:
    """Without a whole answer the message may be there, unless it never left or the server failed."""
    # A 5xx answer is a plain NetworkError: the server says itself that it did nothing.
    in_doubt = isinstance(error, InDoubt) or not isinstance(error, NetworkError)
    if in_doubt and lane not in SENT_AGAIN_IN_DOUBT:
        return Outcome(State.UNKNOWN, reason=error.message, line=False)
    return _back_off(error.message, BACK_OFF[attempts : attempts + 1])


def _back_off(reason: str, wait: Sequence[timedelta]) -> Outcome:
    if not wait:
        return Outcome(State.FAILED, reason=reason, line=False)
    return Outcome(State.QUEUED, reason=reason, again_after=wait[0], line=False)


def _why_forbidden(message: str) -> ChatState:
    return ChatState.GONE if "deactivated" in message.lower() else ChatState.BLOCKED


def _why_bad(message: str) -> ChatState | None:
    return ChatState.GONE if message.lower().endswith(_UNREACHED) else None
