"""The neighbourhood's chats as Telegram would keep them: who wrote what, and what changed since."""

import itertools
from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from bot.clock import Clock
from bot.sandbox.bell import Bell
from bot.sandbox.errors import NoSuchThing
from bot.sandbox.things import Chat, ChatType, Content, Json, Message, Person

FIRST_PERSON = 5_000_000_001
FIRST_GROUP = -4_000_000_001
FIRST_SUPERGROUP = -1_002_000_000_001
KEPT_EVENTS = 5_000


@dataclass(frozen=True, slots=True)
class Event:
    """One change anywhere; `kind` says which list to look at again."""

    revision: int
    kind: str
    chat_id: int | None = None
    message_id: int | None = None

    def view(self) -> Json:
        return {
            "revision": self.revision,
            "kind": self.kind,
            "chat_id": self.chat_id,
            "message_id": self.message_id,
        }


class World:
    def __init__(self, *, clock: Clock, bell: Bell, bot: Json) -> None:
        self._clock = clock
        self._bell = bell
        self.bot = bot
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.usernames: dict[str, int] = {}
        self.revision = 0
        self.events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._people_ids = itertools.count(FIRST_PERSON)
        self._group_ids = itertools.count(FIRST_GROUP, -1)
        self._supergroup_ids = itertools.count(FIRST_SUPERGROUP, -1)
        self._message_ids = itertools.count(1)

    def now(self) -> int:
        return int(self._clock.now().timestamp())

    def new_person_id(self) -> int:
        return next(number for number in self._people_ids if number not in self.people)

    def leave_numbers(self, how_many: int) -> None:
        """Never give these numbers away: a bot may know them from a moment that this world has forgotten."""
        self._people_ids = itertools.count(next(self._people_ids) + how_many)
        self._message_ids = itertools.count(next(self._message_ids) + how_many)
        self._group_ids = itertools.count(next(self._group_ids) - how_many, -1)
        self._supergroup_ids = itertools.count(next(self._supergroup_ids) - how_many, -1)

    def add_person(self, person: Person) -> Person:
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, ChatType.PRIVATE, person.first_name, [person.id])
        self.chats[person.id].head |= {
            name: value for name, value in person.user.items() if name in ("last_name", "username")
        }
        if person.username:
            self.usernames[person.username.lower()] = person.id
        self.note("person", chat_id=person.id)
        return person

    def add_group(self, title: str, kind: ChatType, members: Iterable[int]) -> Chat:
        numbers = self._group_ids if kind is ChatType.GROUP else self._supergroup_ids
        chat = Chat(next(numbers), kind, title, list(members))
        self.chats[chat.id] = chat
        self.note("group", chat_id=chat.id)
        return chat

    def person(self, person_id: int) -> Person:
        if person_id not in self.people:
            raise NoSuchThing(f"there is no person {person_id} in the rehearsal room")
        return self.people[person_id]

    def chat(self, chat_id: int) -> Chat:
        if chat_id not in self.chats:
            raise NoSuchThing(f"there is no chat {chat_id} in the rehearsal room")
        return self.chats[chat_id]

    def post(
        self,
        chat: Chat,
        sender: Json,
        content: Content,
        *,
        markup: Json | None = None,
        silent: bool = False,
        reply_to: int | None = None,
    ) -> Message:
        message = Message(chat, next(self._message_ids), sender, self.now(), content)
        message.markup, message.silent, message.reply_to = markup, silent, reply_to
        chat.messages[message.message_id] = message
        if markup and "inline_keyboard" not in markup:
            chat.keyboard = markup if "keyboard" in markup else None
        self._changed(message, "message")
        return message

    def edit(self, message: Message, content: Content, markup: Json | None) -> Message:
        message.content, message.markup = content, markup
        message.edited_at = self.now()
        self._changed(message, "edited")
        return message

    def delete(self, message: Message) -> None:
        message.deleted = True
        message.content, message.markup = Content(), None
        if message.chat.pinned == message.message_id:
            message.chat.pinned = None
        self._changed(message, "deleted")

    def note(self, kind: str, *, chat_id: int | None = None, message_id: int | None = None) -> None:
        """Count a change and wake those who wait for one."""
        self.revision += 1
        self.events.append(Event(self.revision, kind, chat_id, message_id))
        self._ring("events")
        if chat_id is not None:
            self._ring(("chat", chat_id))

    def events_since(self, revision: int) -> list[Event]:
        """Give the changes after this revision, oldest first; old ones are forgotten at some time."""
        found = itertools.takewhile(lambda event: event.revision > revision, reversed(self.events))
        return list(found)[::-1]

    def _changed(self, message: Message, kind: str) -> None:
        message.chat.by_revision.pop(message.message_id, None)
        message.chat.by_revision[message.message_id] = message
        message.revision = self.revision + 1
        self.note(kind, chat_id=message.chat.id, message_id=message.message_id)

    def _ring(self, key: Hashable) -> None:
        self._bell.ring(key)
