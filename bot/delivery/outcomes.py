"""What Telegram says is understood here, and only here: each answer or error becomes one outcome."""

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
from bot.delivery.transport import InDoubt, Intercepted, NeverLeft

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (1, 4, 15, 60))
# Whoever stands in between may refuse one message only: meanwhile the others go.
AFTER_A_PROXY = timedelta(seconds=4)
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


def leaves_doubt(error: TelegramError) -> bool:
    """Tell whether the message may be there: no whole answer came, but it may have been heard."""
    # A 5xx answer is a plain NetworkError: the server says itself that it did nothing.
    return isinstance(error, InDoubt) or not isinstance(error, NetworkError)


def _broken(error: TelegramError, *, lane: Lane, attempts: int) -> Outcome:
    """Try again as often as it takes what never left, a few times what may have been heard or was refused."""
    if isinstance(error, Intercepted):  # it may be this message's own words that a filter dislikes
        return Outcome(
            State.QUEUED, reason=error.message, again_after=AFTER_A_PROXY, counts=False, line=False
        )
    if isinstance(error, NeverLeft):
        return Outcome(State.QUEUED, reason=error.message, counts=False, line=False)
    if not leaves_doubt(error):
        return _back_off(error.message, attempts, State.FAILED)
    # Each time may be one more copy on the same phone, so that these have an end too.
    tried = attempts if lane in SENT_AGAIN_IN_DOUBT else len(BACK_OFF)
    return _back_off(error.message, tried, State.UNKNOWN)


def _back_off(reason: str, attempts: int, given_up: State) -> Outcome:
    if attempts >= len(BACK_OFF):
        return Outcome(given_up, reason=reason, line=False)
    return Outcome(State.QUEUED, reason=reason, again_after=BACK_OFF[attempts], line=False)


def _why_forbidden(message: str) -> ChatState:
    return ChatState.GONE if "deactivated" in message.lower() else ChatState.BLOCKED


def _why_bad(message: str) -> ChatState | None:
    return ChatState.GONE if message.lower().endswith(_UNREACHED) else None
