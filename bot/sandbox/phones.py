"""What people do on their phones, turned into the updates a bot gets."""

from bot.sandbox.errors import ActRefused, NoSuchThing
from bot.sandbox.queries import Query
from bot.sandbox.room import Room
from bot.sandbox.rules import LONGEST_TEXT
from bot.sandbox.text import cleaned, found_in, trimmed
from bot.sandbox.things import Chat, ChatType, Content, Json, Message, Person


def write(
    room: Room, person: Person, content: Content, *, chat_id: int | None = None, reply_to: int | None = None
) -> Message:
    """Post a message and hand it to the bot, as far as Telegram would.

    Raises:
        ActRefused: blocked, gone, not a member, or in somebody else's channel.
    """
    chat = _own_chat(room, person, chat_id)
    if chat.type is ChatType.CHANNEL and person.id != chat.members[0]:
        raise ActRefused("in a channel only its owner writes")
    if chat.type is ChatType.PRIVATE:
        _check_can_write(person)
        person.started = True
    message = room.world.post(chat, person.user, content, reply_to=reply_to)
    if _bot_sees(room, chat, message):
        kind = "channel_post" if chat.type is ChatType.CHANNEL else "message"
        room.updates.add(kind, _with_reply(message))
    return message


def typed(text: str) -> Content:
    """Give what a person typed, commands marked as Telegram marks them."""
    text = cleaned(text)
    short, entities = trimmed(text, found_in(text))
    if not short:
        raise ActRefused("an empty message cannot be sent")
    if len(short) > LONGEST_TEXT:
        raise ActRefused(f"a message holds at most {LONGEST_TEXT} characters")
    return Content(short, entities)


def tap(room: Room, person: Person, message: Message, data: str) -> Query:
    """Tap a button whose data are known to be right, or are forged on purpose."""
    if message.chat.type is ChatType.PRIVATE:
        _check_can_write(person)
    chat = message.chat
    query = room.queries.ask(person_id=person.id, chat_id=chat.id, message_id=message.message_id, data=data)
    body = {
        "id": query.id,
        "from": person.user,
        "message": _inaccessible(message) if message.deleted else message.as_json(),
        "chat_instance": str(abs(chat.id)),
        "data": data,
    }
    room.updates.add("callback_query", body)
    return query


def block(room: Room, person: Person) -> None:
    if not person.blocked:
        person.blocked = True
        _tell_membership(room, person, room.world.chats[person.id], old="member", new="kicked")


def unblock(room: Room, person: Person) -> None:
    if person.blocked:
        person.blocked = False
        _tell_membership(room, person, room.world.chats[person.id], old="kicked", new="member")


def deactivate(room: Room, person: Person) -> None:
    """Delete the person's account: the bot hears nothing, but its messages fail."""
    person.deactivated = True
    room.world.note("person", chat_id=person.id)


def set_bot_membership(room: Room, chat: Chat, *, inside: bool) -> None:
    """Let the group's owner add or remove the bot."""
    if chat.bot_inside == inside and chat.messages:
        return
    chat.bot_inside = inside
    owner = room.world.people[chat.members[0]]
    old, new = ("left", "member") if inside else ("member", "kicked")
    _tell_membership(room, owner, chat, old=old, new=new)


def rewrite(room: Room, person: Person, message: Message, content: Content) -> Message:
    """Edit an own message and tell the bot."""
    if message.sender["id"] != person.id or message.deleted or message.content.has_caption:
        raise ActRefused("people edit only texts of their own that are still there")
    room.world.edit(message, content, None)
    if _bot_sees(room, message.chat, message):
        kind = "edited_channel_post" if message.chat.type is ChatType.CHANNEL else "edited_message"
        room.updates.add(kind, _with_reply(message))
    return message


def delete(room: Room, person: Person, message: Message) -> None:
    """Remove a message from the phone; bots are not told, as on Telegram."""
    private = message.chat.type is ChatType.PRIVATE
    if not private and message.sender["id"] != person.id:
        raise ActRefused("in a group people delete only their own messages")
    room.world.delete(message)


def message_in(room: Room, person: Person, chat_id: int | None, message_id: int) -> Message:
    found = _own_chat(room, person, chat_id).messages.get(message_id)
    if found is None:
        raise NoSuchThing(f"there is no message {message_id} in this chat")
    return found


def _own_chat(room: Room, person: Person, chat_id: int | None) -> Chat:
    chat = room.world.chat(person.id if chat_id is None else chat_id)
    if person.id not in chat.members:
        raise ActRefused(f"{person.first_name} is not in this chat")
    return chat


def _check_can_write(person: Person) -> None:
    if person.deactivated:
        raise ActRefused(f"{person.first_name}'s account was deleted")
    if person.blocked:
        raise ActRefused(f"{person.first_name} has blocked the bot: unblock it first")


def _bot_sees(room: Room, chat: Chat, message: Message) -> bool:
    """https://core.telegram.org/bots/features#privacy-mode: commands, mentions and replies in groups."""
    if chat.type is ChatType.PRIVATE:
        return True
    if chat.type is ChatType.CHANNEL:
        return chat.bot_inside
    text = message.content.text
    answered = chat.messages.get(message.reply_to or 0)
    to_bot = answered is not None and answered.from_bot
    return chat.bot_inside and (text.startswith("/") or f"@{room.bot['username']}" in text or to_bot)


def _with_reply(message: Message) -> Json:
    body = message.as_json()
    original = message.chat.messages.get(message.reply_to or 0)
    return body | {"reply_to_message": original.as_json()} if original else body


def _inaccessible(message: Message) -> Json:
    """https://core.telegram.org/bots/api#inaccessiblemessage: the date is always 0."""
    return {"chat": message.chat.head, "message_id": message.message_id, "date": 0}


def _tell_membership(room: Room, person: Person, chat: Chat, *, old: str, new: str) -> None:
    body = {
        "chat": chat.head,
        "from": person.user,
        "date": room.world.now(),
        "old_chat_member": _as_member(room, old),
        "new_chat_member": _as_member(room, new),
    }
    room.updates.add("my_chat_member", body)
    room.world.note("membership", chat_id=chat.id)


def _as_member(room: Room, status: str) -> Json:
    member = {"status": status, "user": room.bot}
    return member | {"until_date": 0} if status == "kicked" else member
