"""What the control API is asked to do for a person, read from JSON and done on the phone."""

import base64
import binascii
from collections.abc import Callable

from bot.sandbox import phones
from bot.sandbox.errors import ActRefused, BadRequest, NoSuchThing
from bot.sandbox.files import sides_of
from bot.sandbox.parameters import Call, Upload
from bot.sandbox.room import Room
from bot.sandbox.things import Chat, Content, Json, Message, Person

# what cannot be read as a picture is kept and shown all the same: a phone would not have sent it
UNKNOWN_SIDES = (800, 600)


def do(room: Room, person: Person, act: str, call: Call) -> Json:
    """Do one act.

    Raises:
        NoSuchThing: of the act, the chat or the message.
        ActRefused: a phone does not allow it.
        BadRequest: a value is missing or wrong.
    """
    if act not in ACTS:
        raise NoSuchThing(f"people cannot {act} here, only {', '.join(ACTS)}")
    return ACTS[act](room, person, call)


def try_to_do(room: Room, call: Call) -> Json:
    try:
        return do(room, room.world.person(call.integer("person")), call.text("act"), call)
    except BadRequest as error:
        return {"error": error.description.removeprefix("Bad Request: ")}
    except (NoSuchThing, ActRefused) as error:
        return {"error": str(error)}


def keyboard_rows(chat: Chat) -> list[list[Json]]:
    """Give the reply keyboard that the chat shows now."""
    rows = (chat.keyboard or {}).get("keyboard", [])
    return [[{"text": button} if isinstance(button, str) else button for button in row] for row in rows]


def _chat_id(call: Call) -> int | None:
    return call.integer("chat_id") or None


def _write(room: Room, person: Person, call: Call, content: Content) -> Json:
    reply_to = call.integer("reply_to") or None
    return phones.write(room, person, content, chat_id=_chat_id(call), reply_to=reply_to).view(person.id)


def _text(room: Room, person: Person, call: Call) -> Json:
    return _write(room, person, call, phones.typed(call.text("text")))


def _upload(call: Call, name: str) -> Upload:
    if name in call.files:
        return call.files[name]
    try:
        data = base64.b64decode(call.text(name).rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest(f"{name} is not base64") from None
    if not data:
        raise BadRequest(f"{name} is needed")
    mime = call.text("mime_type") or ("image/jpeg" if name == "photo" else "application/octet-stream")
    return Upload(call.text("file_name") or name, mime, data)


def _photo(room: Room, person: Person, call: Call) -> Json:
    found = _upload(call, "photo")
    sides = sides_of(found.data) or UNKNOWN_SIDES
    name = found.name if "." in found.name else f"{found.name}.jpg"
    stored = room.files.keep(found.data, name=name, mime=found.mime, sides=sides)
    return _write(room, person, call, Content(call.text("caption").strip(), photo=stored))


def _document(room: Room, person: Person, call: Call) -> Json:
    found = _upload(call, "document")
    stored = room.files.keep(found.data, name=found.name, mime=found.mime)
    return _write(room, person, call, Content(call.text("caption").strip(), document=stored))


def _location(room: Room, person: Person, call: Call) -> Json:
    place = call.number("latitude"), call.number("longitude")
    return _write(room, person, call, Content(location=place))


def _contact(room: Room, person: Person, call: Call) -> Json:
    contact = (
        ("phone_number", call.text("phone_number", "+10000000000")),
        ("first_name", call.text("first_name", person.first_name)),
        ("user_id", call.integer("user_id", person.id)),
    )
    return _write(room, person, call, Content(contact=contact))


def _edit(room: Room, person: Person, call: Call) -> Json:
    message = phones.message_in(room, person, _chat_id(call), call.integer("message_id"))
    return phones.rewrite(room, person, message, phones.typed(call.text("text"))).view(person.id)


def _delete(room: Room, person: Person, call: Call) -> Json:
    message = phones.message_in(room, person, _chat_id(call), call.integer("message_id"))
    phones.delete(room, person, message)
    return {}


def _tap(room: Room, person: Person, call: Call) -> Json:
    if not call.has("message_id"):
        return _tap_label(room, person, call)
    message = phones.message_in(room, person, _chat_id(call), call.integer("message_id"))
    data = call.text("data") if call.yes("forge") else _data(_button(message, call))
    return {"query_id": phones.tap(room, person, message, data).id}


def _tap_label(room: Room, person: Person, call: Call) -> Json:
    """Tap the newest button with this label, else the reply keyboard's."""
    label = call.text("label")
    chat = room.world.chat(_chat_id(call) or person.id)
    for message in reversed(chat.messages.values()):
        for button in (button for row in message.rows for button in row):
            if button["text"] == label:
                mine = phones.message_in(room, person, chat.id, message.message_id)
                return {"query_id": phones.tap(room, person, mine, _data(button)).id}
    if any(button["text"] == label for row in keyboard_rows(chat) for button in row):
        return _write(room, person, call, phones.typed(label))
    raise NoSuchThing(f"no button in this chat says {label!r}")


def _button(message: Message, call: Call) -> Json:
    buttons = [button for row in message.rows for button in row]
    if "row" in call.values:
        try:
            return message.rows[call.integer("row")][call.integer("column")]
        except IndexError:
            raise NoSuchThing("the message has no button at this place") from None
    key, wanted = ("label", "text") if call.has("label") else ("data", "callback_data")
    for button in buttons:
        if button.get(wanted) == call.text(key):
            return button
    shown = ", ".join(repr(button["text"]) for button in buttons) or "none"
    raise NoSuchThing(f"the message has no button with {key} {call.text(key)!r}; its buttons: {shown}")


def _data(button: Json) -> str:
    if "callback_data" not in button:
        raise ActRefused(f"the button {button['text']!r} opens a link: a bot hears nothing of it")
    return str(button["callback_data"])


def _block(room: Room, person: Person, _call: Call) -> Json:
    phones.block(room, person)
    return person.view()


def _unblock(room: Room, person: Person, _call: Call) -> Json:
    phones.unblock(room, person)
    return person.view()


def _deactivate(room: Room, person: Person, _call: Call) -> Json:
    phones.deactivate(room, person)
    return person.view()


ACTS: dict[str, Callable[[Room, Person, Call], Json]] = {
    "text": _text,
    "photo": _photo,
    "document": _document,
    "location": _location,
    "contact": _contact,
    "edit": _edit,
    "delete": _delete,
    "tap": _tap,
    "block": _block,
    "unblock": _unblock,
    "deactivate": _deactivate,
}
