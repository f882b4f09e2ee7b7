"""What there is in the rehearsal room: people, chats, messages, files."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.sandbox.text import Entity, to_html

Json = dict[str, Any]


class ChatType(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(slots=True, eq=False)
class Person:
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    user: Json = field(init=False)

    def __post_init__(self) -> None:
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        self.user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        self.user |= {name: value for name, value in optional.items() if value}

    def view(self) -> Json:
        return self.user | {
            "chat_id": self.id,
            "started": self.started,
            "blocked": self.blocked,
            "deactivated": self.deactivated,
        }


@dataclass(frozen=True, slots=True, eq=False)
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0

    def as_document(self) -> Json:
        return self._common() | {"file_name": self.name, "mime_type": self.mime}

    def as_photo(self) -> list[Json]:
        return [self._common() | {"width": self.width, "height": self.height}]

    def _common(self) -> Json:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}

    def view(self) -> Json:
        return self._common() | {
            "file_name": self.name,
            "mime_type": self.mime,
            "width": self.width,
            "height": self.height,
            "address": f"/sim/files/{self.file_id}",
        }


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says; two equal contents are "not modified"."""

    text: str = ""
    entities: tuple[Entity, ...] = ()
    photo: StoredFile | None = None
    document: StoredFile | None = None
    location: tuple[float, float] | None = None
    contact: tuple[tuple[str, Any], ...] | None = None

    @property
    def has_caption(self) -> bool:
        return self.photo is not None or self.document is not None

    def as_json(self) -> Json:
        found: Json = {}
        if self.photo:
            found["photo"] = self.photo.as_photo()
        if self.document:
            found["document"] = self.document.as_document()
        if self.location:
            found["location"] = {"latitude": self.location[0], "longitude": self.location[1]}
        if self.contact:
            found["contact"] = dict(self.contact)
        if self.text:
            text, entities = ("caption", "caption_entities") if self.has_caption else ("text", "entities")
            found[text] = self.text
            if self.entities:
                found[entities] = [entity.as_json() for entity in self.entities]
        return found


@dataclass(slots=True, eq=False)
class Chat:
    id: int
    type: ChatType
    title: str
    members: list[int] = field(default_factory=list)
    bot_inside: bool = True
    pinned: int | None = None
    keyboard: Json | None = None
    messages: dict[int, "Message"] = field(default_factory=dict)
    by_revision: dict[int, "Message"] = field(default_factory=dict)
    head: Json = field(init=False)

    def __post_init__(self) -> None:
        name = {"first_name": self.title} if self.type is ChatType.PRIVATE else {"title": self.title}
        self.head = {"id": self.id, "type": self.type.value} | name

    @property
    def is_group(self) -> bool:
        return self.type is not ChatType.PRIVATE

    def since(self, revision: int) -> list["Message"]:
        """Give what changed after this revision, oldest message first."""
        found = []
        for message in reversed(self.by_revision.values()):
            if message.revision <= revision:
                break
            found.append(message)
        return sorted(found, key=lambda message: message.message_id)

    def view(self) -> Json:
        return self.head | {"members": self.members, "bot_inside": self.bot_inside, "pinned": self.pinned}


@dataclass(slots=True, eq=False)
class Message:
    chat: Chat
    message_id: int
    sender: Json
    date: int
    content: Content
    markup: Json | None = None
    silent: bool = False
    reply_to: int | None = None
    revision: int = 0
    edited_at: int | None = None
    deleted: bool = False

    @property
    def from_bot(self) -> bool:
        return bool(self.sender["is_bot"])

    @property
    def rows(self) -> list[list[Json]]:
        """Give the inline keyboard, or nothing."""
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows

    def as_json(self) -> Json:
        """Give https://core.telegram.org/bots/api#message."""
        who = "sender_chat" if self.chat.type is ChatType.CHANNEL else "from"
        found: Json = {"message_id": self.message_id, "date": self.date, "chat": self.chat.head}
        found[who] = self.chat.head if who == "sender_chat" else self.sender
        found |= self.content.as_json()
        if self.edited_at:
            found["edit_date"] = self.edited_at
        if self.rows:
            found["reply_markup"] = {"inline_keyboard": self.rows}
        return found

    def view(self, viewer: int | None = None) -> Json:
        """Give what the control API shows of it."""
        content = self.content
        found: Json = {
            "chat_id": self.chat.id,
            "message_id": self.message_id,
            "revision": self.revision,
            "from_bot": self.from_bot,
            "from": self.sender,
            "date": self.date,
            "edited": self.edited_at is not None,
            "deleted": self.deleted,
            "silent": self.silent,
            "reply_to": self.reply_to,
        }
        if viewer is not None:
            found["mine"] = self.sender["id"] == viewer
        return found | (self._shown(content) if not self.deleted else EMPTY)

    def _shown(self, content: Content) -> Json:
        place = content.location
        return {
            "html": to_html(content.text, content.entities),
            "text": content.text,
            "buttons": [[button_view(button) for button in row] for row in self.rows],
            "photo": content.photo and content.photo.view(),
            "document": content.document and content.document.view(),
            "location": place and {"latitude": place[0], "longitude": place[1]},
            "contact": content.contact and dict(content.contact),
        }


EMPTY: Json = {
    "html": "", "text": "", "buttons": [], "photo": None, "document": None, "location": None, "contact": None,
}  # fmt: skip


def button_view(button: Json) -> Json:
    return {"text": button["text"], "data": button.get("callback_data"), "url": button.get("url")}
