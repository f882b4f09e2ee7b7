"""Telegram's own rules about what may be sent where."""

import json
from typing import Any

from bot.sandbox.errors import BadRequest, Forbidden
from bot.sandbox.text import Entity, Formatted, cleaned, found_in, parse_html, trimmed
from bot.sandbox.things import Chat, ChatType, Json, Message, Person

LONGEST_TEXT = 4096  # https://core.telegram.org/bots/api#sendmessage, "after entities parsing"
LONGEST_CAPTION = 1024  # https://core.telegram.org/bots/api#sendphoto, "after entities parsing"
LONGEST_DATA = 64  # https://core.telegram.org/bots/api#inlinekeyboardbutton, bytes
LONGEST_ANSWER = 200  # https://core.telegram.org/bots/api#answercallbackquery
MOST_BUTTONS = 100  # reported as REPLY_MARKUP_TOO_LONG, https://github.com/tdlib/telegram-bot-api/issues/29
LINKS = ("http://", "https://", "tg://")
ACTIONS = frozenset({
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text", "pay",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game",
})  # fmt: skip
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def check_may_write(chat: Chat, person: Person | None) -> None:
    """Refuse what tdlib/telegram-bot-api refuses with 403.

    Raises:
        Forbidden: blocked, never started, gone, or the bot is no member.
    """
    if person is None:
        if not chat.bot_inside:
            raise Forbidden(f"bot was kicked from the {chat.type.value} chat")
    elif person.deactivated:
        raise Forbidden("user is deactivated")
    elif person.blocked:
        raise Forbidden("bot was blocked by the user")
    elif not person.started:
        # https://core.telegram.org/bots/faq#how-do-i-create-a-bot: people write to a bot first
        raise Forbidden("bot can't initiate conversation with a user")


def formatted(text: str, parse_mode: str, entities: list[Json] | None) -> Formatted:
    """Give text and entities as they are after parsing."""
    text = cleaned(text)
    if entities is not None:
        return trimmed(text, tuple(_entity(entity) for entity in entities))
    if not parse_mode:
        return trimmed(text, found_in(text))
    if parse_mode.lower() != "html":
        raise BadRequest(f"parse mode {parse_mode} is not known to this rehearsal room, only HTML is")
    return trimmed(*parse_html(text))


def _entity(entity: Json) -> Entity:
    kept = ("type", "offset", "length", "url", "language", "custom_emoji_id")
    try:
        return Entity(**{name: entity[name] for name in kept if name in entity})
    except TypeError as error:
        raise BadRequest("can't parse MessageEntity: type, offset and length are needed") from error


def check_text(text: str) -> None:
    if not text:
        raise BadRequest("message text is empty")
    if len(text) > LONGEST_TEXT:
        raise BadRequest("message is too long")


def check_caption(text: str) -> None:
    if len(text) > LONGEST_CAPTION:
        raise BadRequest("message caption is too long")


def check_markup(markup: Any, chat: Chat) -> Json | None:
    """Check a reply_markup.

    Raises:
        BadRequest: with Telegram's wording where it is known.
    """
    if markup in (None, ""):
        return None
    if not isinstance(markup, dict):
        raise BadRequest("object expected as reply markup")
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadRequest("can't parse reply keyboard markup JSON object: field must be an Array of Arrays")
    check = _check_inline_button if "inline_keyboard" in markup else _check_reply_button
    buttons = [button for row in rows for button in row]
    for button in buttons:
        check(button, chat)
    if len(buttons) > MOST_BUTTONS:
        raise BadRequest("REPLY_MARKUP_TOO_LONG")
    return markup


def _check_inline_button(button: Json, _chat: Chat) -> None:
    if not isinstance(button, dict) or not button.get("text"):
        raise BadRequest("can't parse inline keyboard button: Text of the button must be non-empty")
    if not ACTIONS & button.keys():
        raise BadRequest(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in button:
        size = len(str(button["callback_data"]).encode("utf-8", "surrogatepass"))
        if not 1 <= size <= LONGEST_DATA:
            raise BadRequest("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not url.startswith(LINKS):
        raise BadRequest(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")


def _check_reply_button(button: Any, chat: Chat) -> None:
    found = {"text": button} if isinstance(button, str) else button
    if not found.get("text"):
        raise BadRequest("can't parse keyboard button: Text of the button must be non-empty")
    # https://core.telegram.org/bots/api#keyboardbutton: "Available in private chats only"
    if found.get("request_contact") and chat.type is not ChatType.PRIVATE:
        raise BadRequest("phone number can be requested in private chats only")
    if found.get("request_location") and chat.type is not ChatType.PRIVATE:
        raise BadRequest("location can be requested in private chats only")


def check_editable(message: Message | None) -> Message:
    if message is None or message.deleted:
        raise BadRequest("message to edit not found")
    if not message.from_bot:
        raise BadRequest("message can't be edited")
    return message


def check_deletable(message: Message | None) -> Message:
    if message is None or message.deleted:
        raise BadRequest("message to delete not found")
    return message


def structure(value: Any, what: str) -> Any:
    """Read a parameter that may come as JSON text or as JSON itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError as error:
        raise BadRequest(f"can't parse {what} JSON object") from error
