"""Changing messages that were sent, such as boards: they take the turns that asks leave over."""

from enum import StrEnum

from telegram import Bot
from telegram.error import BadRequest, Forbidden

from bot.delivery.messages import Lane, Message
from bot.delivery.pace import Pace
from bot.delivery.posting import reword, reword_caption

# Whoever edits has others to edit, and comes back.
LONGEST_PAUSE = 1.5
_SAME = "message is not modified"
_GONE = ("not found", "can't be edited")


class Edit(StrEnum):
    """What became of an edit; what is gone cannot be edited any more."""

    EDITED = "edited"
    SAME = "same"
    GONE = "gone"


class Edits:
    """Edits messages in the lane of boards."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self._bot = bot
        self._pace = pace

    async def apply(self, chat_id: int, message_id: int, message: Message, *, caption: bool = False) -> Edit:
        """Make the message read like this; with `caption` the words stand under a picture or document.

        Raises:
            Paused: Telegram asked not to write there now; there is nothing to do but to come back.
            TelegramError: of the line, of a 429 (try again with what is newest then) or of the text itself.
        """
        try:
            async with self._pace.turn(Lane.BOARD, chat_id, longest_pause=LONGEST_PAUSE):
                await (reword_caption if caption else reword)(self._bot, chat_id, message_id, message)
        except BadRequest as error:
            return _understand(error)
        except Forbidden:
            return Edit.GONE
        return Edit.EDITED


def _understand(error: BadRequest) -> Edit:
    said = error.message.lower()
    if _SAME in said:
        return Edit.SAME
    if any(words in said for words in _GONE):
        return Edit.GONE
    raise error
