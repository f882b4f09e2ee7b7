"""Words that fit: a text too long for one message becomes several, or loses its end, with its tags whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape

from bot.delivery.messages import TEXT_LIMIT, Message, visible_length

MORE = "…"
MOST_PARTS = 8  # of one text: more is nothing that anybody reads on a phone

_TOKEN = re.compile(r"<[^>]*>|&#?\w{1,10};|.", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z0-9-]+)")
_GOOD_BREAKS = ("\n", " ", "。", ".")


@dataclass(frozen=True, slots=True)
class _Token:
    """A tag, an entity or a character, and how long it is to read."""

    text: str
    units: int

    @property
    def is_tag(self) -> bool:
        return self.units == 0


def fitted(message: Message) -> Message:
    """Give a message that Telegram takes as one: what does not fit ends in “…”."""
    return message if message.fits else replace(message, text=shortened(message.text, message.limit))


def parts(message: Message) -> tuple[Message, ...]:
    """Give a message as one or several that Telegram takes, in order; the last one has the buttons."""
    if message.fits or message.has_caption:
        return (fitted(message),)
    *first, last = split(message.text)
    return (*(Message(text) for text in first), replace(message, text=last))


def split(html: str, limit: int = TEXT_LIMIT) -> tuple[str, ...]:
    """Cut HTML into texts of at most so many characters, at the ends of lines or words where there are any.

    Tags that are open at a cut are closed before it and opened again after it.
    """
    tokens, start = _tokens(html), 0
    found: list[str] = []
    while start < len(tokens) and len(found) < MOST_PARTS - 1:
        end = _cut(tokens, start, limit)
        found.append(_between(tokens, start, end))
        start = end
    if start < len(tokens):
        found.append(shortened(_between(tokens, start, len(tokens)), limit))
    return tuple(text for text in found if visible_length(text)) or ("",)


def shortened(html: str, limit: int) -> str:
    """Cut HTML to at most so many characters; what was cut off ends in “…”, tags are closed."""
    if visible_length(html) <= limit:
        return html
    tokens = _tokens(html)
    end = _cut(tokens, 0, limit - len(MORE))
    return _between(tokens, 0, end, more=MORE)


def _tokens(html: str) -> list[_Token]:
    return [_Token(text, _units(text)) for text in _TOKEN.findall(html.strip())]


def _units(token: str) -> int:
    if len(token) > 1 and token.startswith("<"):
        return 0
    return len(unescape(token).encode("utf-16-le")) // 2


def _cut(tokens: list[_Token], start: int, limit: int) -> int:
    """Say before which token to cut: after the last good place in the second half of what fits."""
    units, end = 0, start
    while end < len(tokens) and units + tokens[end].units <= limit:
        units += tokens[end].units
        end += 1
    if end == len(tokens):
        return end
    for good in _GOOD_BREAKS:
        for place in range(end, start + (end - start) // 2, -1):
            if tokens[place - 1].text == good:
                return place
    return max(end, start + 1)


def _between(tokens: list[_Token], start: int, end: int, more: str = "") -> str:
    before, after = _open_tags(tokens[:start]), _open_tags(tokens[:end])
    words = "".join(token.text for token in tokens[start:end]).strip()
    return "".join(before) + words + more + "".join(f"</{_name(tag)}>" for tag in reversed(after))


def _open_tags(tokens: list[_Token]) -> list[str]:
    found: list[str] = []
    for tag in _tags(tokens):
        if not tag.startswith("</"):
            found.append(tag)
        elif found:
            found.pop()
    return found


def _tags(tokens: list[_Token]) -> Iterator[str]:
    return (token.text for token in tokens if token.is_tag)


def _name(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1] if found else ""
