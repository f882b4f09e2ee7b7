"""One call to Telegram for one message: a text, a photo or a document, with its buttons."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message
from telegram.constants import ParseMode

from bot.delivery.claims import Content
from bot.delivery.fitting import fitted, parts, shortened
from bot.delivery.messages import CAPTION_LIMIT, Buttons
from bot.delivery.messages import Message as Said
from bot.delivery.models import Method
from bot.delivery.outbox import method_of

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
DEFAULT_NAMES = {Method.PHOTO: "picture.png", Method.DOCUMENT: "document.pdf"}


@dataclass(frozen=True, slots=True)
class Posted:
    message_id: int
    file_id: str | None


async def post(bot: Bot, chat_id: int, content: Content, *, loud: bool) -> Posted:
    """Send it; a quiet message makes no sound."""
    message = await _SENDS[content.method](bot, chat_id, content, silent=not loud)
    return Posted(message.message_id, _file_id(message))


async def say(bot: Bot, chat_id: int, message: Said, *, loud: bool = True) -> None:
    """Send what a conversation says at once, without the outbox; in parts where it is too long for one."""
    for part in parts(message):
        content = Content(
            method_of(part), part.text, part.buttons, part.attachment, part.file_name, file_id=part.photo_id
        )
        await post(bot, chat_id, content, loud=loud)


async def reword(bot: Bot, chat_id: int, message_id: int, message: Said) -> None:
    """Put other words and buttons into a message that was sent."""
    await bot.edit_message_text(
        fitted(message).text,
        chat_id=chat_id,
        message_id=message_id,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard(message.buttons),
        link_preview_options=NO_PREVIEW,
    )


async def reword_caption(bot: Bot, chat_id: int, message_id: int, message: Said) -> None:
    """Put other words and buttons below a picture or document that was sent."""
    await bot.edit_message_caption(
        chat_id,
        message_id,
        caption=shortened(message.text, CAPTION_LIMIT),
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard(message.buttons),
    )


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


async def _text(bot: Bot, chat_id: int, content: Content, *, silent: bool) -> Message:
    return await bot.send_message(
        chat_id,
        content.text,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard(content.buttons),
        disable_notification=silent,
        link_preview_options=NO_PREVIEW,
    )


async def _photo(bot: Bot, chat_id: int, content: Content, *, silent: bool) -> Message:
    return await _captioned(bot.send_photo, chat_id, content, silent=silent)


async def _document(bot: Bot, chat_id: int, content: Content, *, silent: bool) -> Message:
    return await _captioned(bot.send_document, chat_id, content, silent=silent)


async def _captioned(
    send: Callable[..., Awaitable[Message]], chat_id: int, content: Content, *, silent: bool
) -> Message:
    return await send(
        chat_id,
        _file(content),
        caption=content.text or None,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard(content.buttons),
        disable_notification=silent,
    )


_SENDS = {Method.TEXT: _text, Method.PHOTO: _photo, Method.DOCUMENT: _document}


def _file(content: Content) -> str | InputFile:
    if content.file_id is not None:
        return content.file_id
    return InputFile(
        content.attachment or b"", filename=content.attachment_name or DEFAULT_NAMES[content.method]
    )


def _file_id(message: Message) -> str | None:
    if message.photo:
        return message.photo[-1].file_id
    return message.document.file_id if message.document else None
