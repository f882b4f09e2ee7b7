"""What is sent: a message as a person reads it, its buttons, to whom, and how urgent it is."""

import json
import re
from dataclasses import dataclass
from enum import IntEnum
from html import unescape

# Bot API: text 1-4096 and caption 0-1024 "characters after entities parsing", callback_data 1-64 bytes.
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_LIMIT = 64

_TAG = re.compile(r"<[^>]*>")


class Lane(IntEnum):
    """The order in which messages take their turn; a lower number goes first (law 6).

    From 1, because python-telegram-bot drops `rate_limit_args` that are false.
    """

    CORRECTION = 1
    OWN_ACT = 2
    GROUP = 3  # an emergency, as groups and channels read it
    EMERGENCY = 4
    BOARD = 5
    ROUTINE = 6
    BULK = 7


# After a crash or an unanswered request these are sent again: twice is better than never (law 7).
SENT_AGAIN_IN_DOUBT = frozenset({Lane.CORRECTION, Lane.GROUP, Lane.EMERGENCY})


class MessageError(ValueError):
    """A message that Telegram would refuse, found before it is queued."""


class EmptyMessage(MessageError):
    def __init__(self) -> None:
        super().__init__("a message needs a text, a photo or a document")


class BadButton(MessageError):
    def __init__(self, label: str, why: str) -> None:
        self.label, self.why = label, why
        super().__init__(f"the button {label!r} {why}")


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message: it sends `data` back, or it opens `url`."""

    label: str
    data: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        """Refuse what Telegram refuses: no label, both or neither of data and url, over 64 bytes."""
        if not self.label.strip():
            raise BadButton(self.label, "has no label")
        if (self.data is None) == (self.url is None):
            raise BadButton(self.label, "needs either data or a url")
        if self.data is not None and not 1 <= len(self.data.encode()) <= DATA_LIMIT:
            raise BadButton(
                self.label, f"carries {len(self.data.encode())} bytes, 1 to {DATA_LIMIT} are possible"
            )


Buttons = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message in one language: Telegram's HTML, which is the caption of a photo or document.

    Its words may be longer than Telegram takes: whoever queues or sends it fits them (`delivery/fitting.py`).
    `photo_id` is Telegram's own name for a picture that somebody sent before: nothing is uploaded.
    """

    text: str
    buttons: Buttons = ()
    photo: bytes | None = None
    document: bytes | None = None
    file_name: str | None = None
    photo_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse what Telegram would refuse later, when nobody could mend it any more."""
        if self.photo is not None and self.document is not None:
            raise MessageError("a message carries a photo or a document, not both")
        if not self.has_caption and not visible_length(self.text):
            raise EmptyMessage

    @property
    def attachment(self) -> bytes | None:
        return self.document if self.photo is None else self.photo

    @property
    def limit(self) -> int:
        """How many characters Telegram takes."""
        return CAPTION_LIMIT if self.has_caption else TEXT_LIMIT

    @property
    def fits(self) -> bool:
        """Whether Telegram takes the words as they are, in one message."""
        return 2 * len(self.text) <= self.limit or visible_length(self.text) <= self.limit

    @property
    def has_caption(self) -> bool:
        """Whether the text stands below something, and must be short."""
        return self.attachment is not None or self.photo_id is not None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets it, in which language; `tag` comes back with the result (a resident's id, say)."""

    chat_id: int
    language: str
    tag: int | None = None


def visible_length(html: str) -> int:
    """Count the characters that are read, in UTF-16 units, the stricter of the two ways Telegram counts."""
    return len(unescape(_TAG.sub("", html)).strip().encode("utf-16-le")) // 2


def plain(html: str) -> str:
    """Give the words without marks, for ways that know none."""
    return unescape(_TAG.sub("", html)).strip()


def buttons_to_json(buttons: Buttons) -> str:
    rows = [[[button.label, button.data, button.url] for button in row] for row in buttons]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def buttons_from_json(text: str) -> Buttons:
    return tuple(tuple(Button(label, data, url) for label, data, url in row) for row in json.loads(text))
