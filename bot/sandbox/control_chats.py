"""The control API's calls about people, chats and taps."""

from bot.sandbox import wishes
from bot.sandbox.asked import Asked
from bot.sandbox.errors import ActRefused, BadRequest, NoSuchThing
from bot.sandbox.parameters import Call
from bot.sandbox.phones import set_bot_membership
from bot.sandbox.room import Room
from bot.sandbox.things import ChatType, Json, Person


async def add_person(room: Room, asked: Asked) -> Json:
    if not asked.call.text("first_name").strip():
        raise BadRequest("first_name is needed")
    person_id = asked.call.integer("id") or room.world.new_person_id()
    if person_id in room.world.people or person_id < 1:
        raise BadRequest(f"the id {person_id} is taken or not above zero")
    username = asked.call.text("username").removeprefix("@") or None
    if username and username.lower() in room.world.usernames:
        raise BadRequest(f"the username {username} is taken")
    last_name, language = asked.call.text("last_name") or None, asked.call.text("language_code") or None
    person = Person(person_id, asked.call.text("first_name").strip(), last_name, username, language)
    return room.world.add_person(person).view()


async def list_people(room: Room, _asked: Asked) -> Json:
    return {"people": [person.view() for person in room.world.people.values()]}


async def show_person(room: Room, asked: Asked) -> Json:
    return room.world.person(asked.path["person"]).view()


async def act(room: Room, asked: Asked) -> Json:
    person = room.world.person(asked.path["person"])
    return wishes.do(room, person, asked.path["act"], asked.call)


async def batch(room: Room, asked: Asked) -> Json:
    """Do many acts in one call; one that fails says why in its place."""
    listed = asked.call.values.get("batch")
    if listed is None or not all(isinstance(wish, dict) for wish in listed):
        raise BadRequest("the body must be a list of objects")
    return {"results": [wishes.try_to_do(room, Call(wish)) for wish in listed]}


async def list_queries(room: Room, _asked: Asked) -> Json:
    return {"queries": [query.view() for query in room.queries.all()]}


async def show_query(room: Room, asked: Asked) -> Json:
    query = room.queries.find(asked.path["query"])
    if query is None:
        raise NoSuchThing("there is no such tap")
    await room.bell.wait_for(("query", query.id), lambda: query.answered_at is not None, seconds=asked.wait())
    return query.view()


async def list_chats(room: Room, _asked: Asked) -> Json:
    return {"chats": [chat.view() for chat in room.world.chats.values()]}


async def messages(room: Room, asked: Asked) -> Json:
    chat, after = asked.chat(room), int(asked.number("after"))
    viewer = int(asked.number("viewer")) or None
    if viewer is not None and viewer not in chat.members:
        raise ActRefused(f"person {viewer} is not in this chat")
    found = await room.bell.wait_for(("chat", chat.id), lambda: chat.since(after), seconds=asked.wait())
    return {
        "revision": room.world.revision,
        "chat": chat.view(),
        "keyboard": wishes.keyboard_rows(chat) or None,
        "messages": [message.view(viewer) for message in found],
    }


async def add_group(room: Room, asked: Asked) -> Json:
    members = asked.call.structure("members") or []
    if not asked.call.text("title").strip() or not isinstance(members, list) or not members:
        raise BadRequest("title and members are needed")
    owners = [room.world.person(member).id for member in members]
    try:
        kind = ChatType(asked.call.text("type", ChatType.SUPERGROUP))
    except ValueError:
        raise BadRequest("type is group, supergroup or channel") from None
    if kind is ChatType.PRIVATE:
        raise BadRequest("type is group, supergroup or channel")
    chat = room.world.add_group(asked.call.text("title").strip(), kind, owners)
    set_bot_membership(room, chat, inside=True)
    return chat.view()


async def move_bot(room: Room, asked: Asked) -> Json:
    chat = asked.chat(room)
    if not chat.is_group:
        raise BadRequest("this chat is no group")
    set_bot_membership(room, chat, inside=asked.call.yes("inside"))
    return chat.view()


async def events(room: Room, asked: Asked) -> Json:
    after = int(asked.number("after"))
    look = room.world.events_since
    found = await room.bell.wait_for("events", lambda: look(after), seconds=asked.wait())
    missed = bool(found) and after > 0 and found[0].revision > after + 1
    return {
        "revision": room.world.revision,
        "missed": missed,
        "events": [event.view() for event in found],
    }
