"""One call to Telegram for one message: a text, a photo or a document, with its buttons.

What the outbox holds goes as a letter, straight over the transport: all that is wanted of the answer are two
values, and the library's objects for the rest cost ten times the call. Uploads, and what conversations say at
once, go by the library, whose seams hold the pace.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from telegram import Bot, InputFile, Message
from telegram.constants import ParseMode

from bot.delivery.claims import Content
from bot.delivery.fitting import fitted, parts, shortened
from bot.delivery.letters import NO_PREVIEW, Letter, keyboard, letter
from bot.delivery.messages import CAPTION_LIMIT
from bot.delivery.messages import Message as Said
from bot.delivery.models import Method
from bot.delivery.outbox import method_of
from bot.delivery.transport import BoundedRequest, InDoubt

DEFAULT_NAMES = {Method.PHOTO: "picture.png", Method.DOCUMENT: "document.pdf"}


@dataclass(frozen=True, slots=True)
class Posted:
    message_id: int
    file_id: str | None


async def post(bot: Bot, chat_id: int, content: Content, *, loud: bool) -> Posted:
    """Send what the outbox holds, in a turn of the pace; a quiet message makes no sound.

    Raises:
        TelegramError: of whatever kind the library calls what Telegram said.
    """
    written = letter(content)
    if written is not None:
        return _posted(await mail(bot, chat_id, written, silent=not loud))
    message = await _SENDS[content.method](bot, chat_id, content, silent=not loud)
    return Posted(message.message_id, _file_id(message))


async def mail(bot: Bot, chat_id: int, written: Letter, *, silent: bool) -> Any:
    """Send a letter and give Telegram's answer as it came."""
    transport = cast("BoundedRequest", bot.request)
    return await transport.ask(f"{bot.base_url}/{written.call}", written.to(chat_id, silent=silent))


async def say(bot: Bot, chat_id: int, message: Said, *, loud: bool = True) -> None:
    """Send what a conversation says at once, without the outbox; in parts where it is too long for one."""
    for part in parts(message):
        content = Content(
            method_of(part), part.text, part.buttons, part.attachment, part.file_name, file_id=part.photo_id
        )
        await _SENDS[content.method](bot, chat_id, content, silent=not loud)


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


def _posted(said: Any) -> Posted:
    """Read the answer to a letter.

    Raises:
        InDoubt: it tells of no message.
    """
    try:
        return Posted(int(said["message_id"]), _file_id_in(said))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise InDoubt("an answer that tells of no message") from error


def _file_id_in(said: dict[str, Any]) -> str | None:
    sizes = said.get("photo") or [said.get("document") or {}]
    found = sizes[-1].get("file_id")
    return None if found is None else str(found)
