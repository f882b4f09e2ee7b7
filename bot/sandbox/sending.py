"""Bot API methods that write, change and remove messages."""

from bot.sandbox import rules
from bot.sandbox.errors import BadRequest
from bot.sandbox.files import check_document, check_photo
from bot.sandbox.parameters import Call, Upload
from bot.sandbox.room import Room
from bot.sandbox.text import Formatted
from bot.sandbox.things import Chat, Content, Json, Message, StoredFile


def send_message(room: Room, call: Call) -> Json:
    chat = room.writable_chat(call.text("chat_id"))
    text, entities = _formatted(call, "text", "entities")
    rules.check_text(text)
    return _send(room, call, chat, Content(text, entities))


def send_photo(room: Room, call: Call) -> Json:
    chat = room.writable_chat(call.text("chat_id"))
    caption = _caption(call)
    return _send(room, call, chat, Content(*caption, photo=_photo(room, call.upload("photo"))))


def send_document(room: Room, call: Call) -> Json:
    chat = room.writable_chat(call.text("chat_id"))
    caption = _caption(call)
    return _send(room, call, chat, Content(*caption, document=_document(room, call.upload("document"))))


def send_location(room: Room, call: Call) -> Json:
    chat = room.writable_chat(call.text("chat_id"))
    latitude, longitude = call.number("latitude"), call.number("longitude")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise BadRequest("wrong location specified")
    return _send(room, call, chat, Content(location=(latitude, longitude)))


def send_chat_action(room: Room, call: Call) -> bool:
    chat = room.writable_chat(call.text("chat_id"))
    room.world.note(f"action:{call.text('action')}", chat_id=chat.id)
    return True


def edit_message_text(room: Room, call: Call) -> Json:
    message = _to_edit(room, call)
    if message.content.has_caption or message.content.location:
        raise BadRequest("there is no text in the message to edit")
    text, entities = _formatted(call, "text", "entities")
    rules.check_text(text)
    return _edit(room, call, message, Content(text, entities))


def edit_message_caption(room: Room, call: Call) -> Json:
    message = _to_edit(room, call)
    old = message.content
    if not old.has_caption:
        raise BadRequest("there is no caption in the message to edit")
    return _edit(room, call, message, Content(*_caption(call), photo=old.photo, document=old.document))


def edit_message_media(room: Room, call: Call) -> Json:
    message = _to_edit(room, call)
    media = call.structure("media")
    if not isinstance(media, dict) or media.get("type") not in ("photo", "document"):
        raise BadRequest("the rehearsal room knows media of type photo and document")
    described = Call(media, call.files)
    caption, upload = _caption(described), described.upload("media")
    if media["type"] == "photo":
        return _edit(room, call, message, Content(*caption, photo=_photo(room, upload)))
    return _edit(room, call, message, Content(*caption, document=_document(room, upload)))


def edit_message_reply_markup(room: Room, call: Call) -> Json:
    message = _to_edit(room, call)
    return _edit(room, call, message, message.content)


def delete_message(room: Room, call: Call) -> bool:
    chat = room.chat_for(call.text("chat_id"))
    room.world.delete(rules.check_deletable(chat.messages.get(call.integer("message_id"))))
    return True


def pin_chat_message(room: Room, call: Call) -> bool:
    chat = room.writable_chat(call.text("chat_id"))
    message = chat.messages.get(call.integer("message_id"))
    if message is None or message.deleted:
        raise BadRequest("message to pin not found")
    chat.pinned = message.message_id
    room.world.note("pinned", chat_id=chat.id, message_id=message.message_id)
    return True


def unpin_chat_message(room: Room, call: Call) -> bool:
    chat = room.writable_chat(call.text("chat_id"))
    chat.pinned = None
    room.world.note("pinned", chat_id=chat.id)
    return True


def answer_callback_query(room: Room, call: Call) -> bool:
    text = call.text("text")
    if len(text) > rules.LONGEST_ANSWER:
        raise BadRequest("MESSAGE_TOO_LONG")
    alert, url = call.yes("show_alert"), call.text("url")
    room.queries.answer(call.text("callback_query_id"), text=text, show_alert=alert, url=url)
    room.statistics.answers += 1
    return True


def _send(room: Room, call: Call, chat: Chat, content: Content) -> Json:
    markup = rules.check_markup(call.structure("reply_markup"), chat)
    reply_to = _reply_to(call, chat)
    room.admit(chat)
    room.statistics.messages += 1
    silent = call.yes("disable_notification")
    sent = room.world.post(chat, room.bot, content, markup=markup, silent=silent, reply_to=reply_to)
    return sent.as_json()


def _reply_to(call: Call, chat: Chat) -> int | None:
    reply = call.structure("reply_parameters") or {}
    wanted = reply.get("message_id") or call.integer("reply_to_message_id")
    if not wanted:
        return None
    original = chat.messages.get(int(wanted))
    if original is None or original.deleted:
        if reply.get("allow_sending_without_reply") or call.yes("allow_sending_without_reply"):
            return None
        raise BadRequest("message to be replied not found")
    return original.message_id


def _to_edit(room: Room, call: Call) -> Message:
    chat = room.chat_for(call.text("chat_id"))
    message = rules.check_editable(chat.messages.get(call.integer("message_id")))
    rules.check_may_write(chat, room.person_behind(chat))
    return message


def _edit(room: Room, call: Call, message: Message, content: Content) -> Json:
    # as in the Bot API, an edit without a keyboard takes the keyboard away
    markup = rules.check_markup(call.structure("reply_markup"), message.chat)
    rows = (markup or {}).get("inline_keyboard", [])
    if content == message.content and rows == message.rows:
        raise BadRequest(rules.NOT_MODIFIED)
    room.admit(message.chat)
    room.statistics.edits += 1
    return room.world.edit(message, content, markup).as_json()


def _formatted(call: Call, text: str, entities: str) -> Formatted:
    return rules.formatted(call.text(text), call.text("parse_mode"), call.structure(entities))


def _caption(call: Call) -> Formatted:
    caption = _formatted(call, "caption", "caption_entities")
    rules.check_caption(caption[0])
    return caption


def _photo(room: Room, upload: Upload | str) -> StoredFile:
    if isinstance(upload, str):
        return _stored(room, upload, "photo")
    sides = check_photo(upload.data)
    return room.files.keep(upload.data, name=upload.name, mime=upload.mime, sides=sides)


def _document(room: Room, upload: Upload | str) -> StoredFile:
    if isinstance(upload, str):
        return _stored(room, upload, "document")
    check_document(upload.data)
    return room.files.keep(upload.data, name=upload.name, mime=upload.mime)


def _stored(room: Room, file_id: str, what: str) -> StoredFile:
    if not file_id:
        raise BadRequest(f"there is no {what} in the request")
    found = room.files.by_id(file_id)
    if found is None:
        raise BadRequest("wrong remote file identifier specified: the rehearsal room has no such file")
    return found
