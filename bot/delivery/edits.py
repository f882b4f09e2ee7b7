"""Changing messages that were sent, such as boards: they take the turns that asks leave over."""

from enum import StrEnum

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from bot.delivery.messages import Lane, Message
from bot.delivery.pace import Pace
from bot.delivery.posting import NO_PREVIEW, keyboard

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
            TelegramError: of the line, of a 429 (try again with what is newest then) or of the text itself.
        """
        try:
            async with self._pace.turn(Lane.BOARD, chat_id):
                await (self._edit_caption if caption else self._edit)(chat_id, message_id, message)
        except BadRequest as error:
            return _understand(error)
        except Forbidden:
            return Edit.GONE
        return Edit.EDITED

    async def _edit(self, chat_id: int, message_id: int, message: Message) -> None:
        await self._bot.edit_message_text(
            message.text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(message.buttons),
            link_preview_options=NO_PREVIEW,
        )

    async def _edit_caption(self, chat_id: int, message_id: int, message: Message) -> None:
        await self._bot.edit_message_caption(
            chat_id=chat_id,
            message_id=message_id,
            caption=message.text,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard(message.buttons),
        )


def _understand(error: BadRequest) -> Edit:
    said = error.message.lower()
    if _SAME in said:
        return Edit.SAME
    if any(words in said for words in _GONE):
        return Edit.GONE
    raise error
