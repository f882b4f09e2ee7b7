"""A message as it travels to Telegram: written once for all who get it, only the address is new each time."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.delivery.claims import Content
from bot.delivery.messages import Buttons
from bot.delivery.models import Method

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
KEPT = 32
_CALLS = {Method.TEXT: "sendMessage", Method.PHOTO: "sendPhoto", Method.DOCUMENT: "sendDocument"}


@dataclass(frozen=True, slots=True)
class Letter:
    """The call of the Bot API, and its parameters but for those of each single reader."""

    call: str
    start: bytes

    def to(self, chat_id: int, *, silent: bool) -> bytes:
        """Give the whole body, as JSON."""
        sound = b"true" if silent else b"false"
        return b'%b,"chat_id":%d,"disable_notification":%b}' % (self.start, chat_id, sound)


@lru_cache(maxsize=KEPT)
def letter(content: Content) -> Letter | None:
    """Write what is to be said; None where a file has to be uploaded, which no letter can carry."""
    if content.method is not Method.TEXT and content.file_id is None:
        return None
    values = _text(content) if content.method is Method.TEXT else _caption(content)
    buttons = keyboard(content.buttons)
    if buttons is not None:
        values["reply_markup"] = buttons.to_dict()
    written = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return Letter(_CALLS[content.method], written.removesuffix("}").encode())


def keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Draw the buttons as Telegram has them."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(each.label, callback_data=each.data, url=each.url) for each in row]
            for row in buttons
        ]
    )


def _text(content: Content) -> dict[str, Any]:
    return {
        "parse_mode": ParseMode.HTML,
        "text": content.text,
        "link_preview_options": NO_PREVIEW.to_dict(),
    }


def _caption(content: Content) -> dict[str, Any]:
    said = {"caption": content.text} if content.text else {}
    return {"parse_mode": ParseMode.HTML, content.method.value: content.file_id, **said}
