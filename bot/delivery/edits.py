"""Changing messages that were sent, such as boards: they take the turns that asks leave over."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.delivery.messages import Lane, Message
from bot.delivery.outcomes import understand
from bot.delivery.pace import Pace
from bot.delivery.posting import reword, reword_caption
from bot.delivery.results import ChatState

# Whoever edits has others to edit, and comes back.
LONGEST_PAUSE = 1.5
_SAME = "message is not modified"
_GONE = ("not found", "can't be edited")


class Edit(StrEnum):
    """What became of an edit; what is gone cannot be edited any more, what is outdone shall not be."""

    EDITED = "edited"
    SAME = "same"
    GONE = "gone"
    OUTDONE = "outdone"


@dataclass(frozen=True, slots=True)
class Words:
    """How a message shall read; with `caption` the words stand under a picture or document."""

    message: Message
    caption: bool = False


Unreachable = Callable[[int, ChatState], Awaitable[None]]


class Edits:
    """Edits messages in the lane of boards; `unreachable` hears of chats that cannot be written to now."""

    def __init__(self, bot: Bot, pace: Pace, unreachable: Unreachable) -> None:
        self._bot = bot
        self._pace = pace
        self._unreachable = unreachable

    async def apply(self, chat_id: int, message_id: int, newest: Callable[[], Words | None]) -> Edit:
        """Make the message read as `newest` says when its turn comes, if it says anything.

        Raises:
            Paused: Telegram asked not to write there now; there is nothing to do but to come back.
            TelegramError: of the line, of a 429 (try again with what is newest then) or of the text itself.
        """
        try:
            async with self._pace.turn(Lane.BOARD, chat_id, longest_pause=LONGEST_PAUSE):
                if (words := newest()) is None:
                    return Edit.OUTDONE
                put = reword_caption if words.caption else reword
                await put(self._bot, chat_id, message_id, words.message)
        except ChatMigrated:
            return Edit.GONE  # what was said before stays behind in the old group
        except (BadRequest, Forbidden) as error:
            state = understand(error, lane=Lane.BOARD, attempts=0).chat_state
            if state is None:
                return _of_message(error)
            await self._unreachable(chat_id, state)
            return Edit.GONE
        return Edit.EDITED


def _of_message(error: BadRequest | Forbidden) -> Edit:
    said = error.message.lower()
    if _SAME in said:
        return Edit.SAME
    if any(words in said for words in _GONE):
        return Edit.GONE
    raise error
