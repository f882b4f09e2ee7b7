"""How attempts and deliveries end, in words that need no Telegram."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.models import State


class ChatState(StrEnum):
    """Why a chat cannot be written to; the next /start makes it reachable again."""

    BLOCKED = "blocked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended and what becomes of the delivery.

    `line` says what it means for the line to Telegram: True works, False does not, None nothing.
    """

    state: State
    reason: str | None = None
    message_id: int | None = None
    file_id: str | None = None
    again_after: timedelta | None = None
    counts: bool = True
    chat_state: ChatState | None = None
    moved_to: int | None = None
    line: bool | None = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """A delivery that came to its end, for whoever promised it."""

    about: str | None
    tag: int | None
    chat_id: int
    message_id: int | None
    state: State
    reason: str | None
    at: datetime


HANDED_BACK = Outcome(State.QUEUED, counts=False, line=None)
TOO_LATE = Outcome(State.EXPIRED, reason="too late", counts=False, line=None)
BROKE = Outcome(State.FAILED, reason="a mistake in the program, see the log", line=None)
