"""Formatted text as Telegram reads it: HTML to text and entities, and back for the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any

from bot.sandbox.errors import BadRequest

# https://core.telegram.org/bots/api#html-style
ENTITY_OF_TAG = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
TAG_OF_ENTITY = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "expandable_blockquote": "blockquote",
}  # fmt: skip
# the same section: these four are the only named characters
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
ATTRIBUTE = re.compile(r"""\s*([^\s=>]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9.\-]+)))?""")
# https://core.telegram.org/bots/features#commands: Latin letters, digits and underscores
COMMAND = re.compile(r"(?<![\w/])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/])")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Entity:
    """https://core.telegram.org/bots/api#messageentity, measured in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        found = {"type": self.type, "offset": self.offset, "length": self.length}
        extra = {"url": self.url, "language": self.language, "custom_emoji_id": self.custom_emoji_id}
        return found | {name: value for name, value in extra.items() if value is not None}


Formatted = tuple[str, tuple[Entity, ...]]


def units(text: str) -> int:
    """Count UTF-16 units: a character outside the basic plane counts twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cleaned(text: str) -> str:
    """Drop carriage returns and blank other control characters, as tdlib's clean_input_string does."""
    return CONTROL.sub(" ", text.replace("\r", "")) if CONTROL.search(text) else text


def found_in(text: str) -> tuple[Entity, ...]:
    """Find the commands and links that Telegram marks by itself in a typed text."""
    if "/" not in text:
        return ()
    hits = [("bot_command", hit) for hit in COMMAND.finditer(text)]
    hits += [("url", hit) for hit in LINK.finditer(text)]
    entities = (Entity(kind, units(text[: hit.start()]), units(hit.group())) for kind, hit in hits)
    return tuple(sorted(entities, key=lambda entity: entity.offset))


def trimmed(text: str, entities: tuple[Entity, ...]) -> Formatted:
    """Cut white space off both ends, as Telegram does, and move the entities along."""
    short = text.strip()
    if len(short) == len(text):
        return text, entities
    lead, size = units(text[: len(text) - len(text.lstrip())]), units(short)
    kept = []
    for entity in entities:
        start = max(0, entity.offset - lead)
        length = min(entity.offset + entity.length - lead, size) - start
        if length > 0:
            kept.append(replace(entity, offset=start, length=length))
    return short, tuple(kept)


def parse_html(source: str) -> Formatted:
    """Read Telegram's HTML.

    Raises:
        BadRequest: with the wording of tdlib's MessageEntity.cpp, as reported in
            https://github.com/teloxide/teloxide/issues/549 and its like.
    """
    if "<" not in source and "&" not in source:
        return source, ()
    return _Reader(source).read()


@dataclass(slots=True)
class _Open:
    tag: str
    entity: Entity


class _Reader:
    """One pass over an HTML text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.parts: list[str] = []
        self.size = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def read(self) -> Formatted:
        while self.at < len(self.source):
            letter = self.source[self.at]
            if letter == "<":
                self._tag()
            elif letter == "&":
                self._character()
            else:
                self._plain()
        if self.open:
            tag = self.open[-1].tag
            raise BadRequest(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
        self.entities.sort(key=lambda entity: (entity.offset, -entity.length))
        return "".join(self.parts), tuple(self.entities)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.size += units(text)

    def _plain(self) -> None:
        ends = [place for mark in "<&" if (place := self.source.find(mark, self.at)) >= 0]
        end = min(ends, default=len(self.source))
        self._add(self.source[self.at : end])
        self.at = end

    def _character(self) -> None:
        hit = CHARACTER.match(self.source, self.at)
        code = 0 if hit is None else int(hit[1] or "0") or int(hit[2] or "0", 16)
        if hit is None or not (hit[3] or 0 < code < 0x110000):
            self._add("&")
            self.at += 1
            return
        self._add(NAMED[hit[3]] if hit[3] else chr(code))
        self.at = hit.end()

    def _wrong(self, what: str, position: int, rest: str = "") -> BadRequest:
        offset = len(self.source[:position].encode("utf-8", "surrogatepass"))
        return BadRequest(f"can't parse entities: {what} at byte offset {offset}{rest}")

    def _tag(self) -> None:
        if self.source.startswith("</", self.at):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        begin = self.at
        hit = re.compile(r"[^\s>]*").match(self.source, begin + 1)
        name = hit.group().lower() if hit else ""
        self.at = begin + 1 + len(name)
        if self.at >= len(self.source):
            raise self._wrong("Unclosed start tag", begin)
        if name not in ENTITY_OF_TAG:
            raise self._wrong(f'Unsupported start tag "{name}"', begin)
        attributes = dict(self._attributes(name, begin))
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._wrong('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(name, self._entity(name, attributes)))

    def _attributes(self, tag: str, begin: int) -> Iterator[tuple[str, str]]:
        while True:
            while self.at < len(self.source) and self.source[self.at].isspace():
                self.at += 1
            if self.at >= len(self.source):
                raise self._wrong(f'Unclosed start tag "{tag}"', begin)
            if self.source[self.at] == ">":
                self.at += 1
                return
            hit = ATTRIBUTE.match(self.source, self.at)
            if hit is None or not hit[1]:
                raise self._wrong(f'Empty attribute name in the tag "{tag}"', begin)
            self.at = hit.end()
            value = next((value for value in hit.groups()[1:] if value is not None), "")
            yield hit[1].lower(), parse_html_characters(value)

    def _entity(self, tag: str, attributes: dict[str, str]) -> Entity:
        entity = Entity(ENTITY_OF_TAG[tag], self.size, 0)
        language = attributes.get("class", "").removeprefix("language-") or None
        if tag == "a":
            return replace(entity, url=attributes.get("href", ""))
        if tag == "tg-emoji":
            return replace(entity, custom_emoji_id=attributes.get("emoji-id"))
        if tag == "code" and self.open and self.open[-1].tag == "pre" and language:
            self.open[-1].entity = replace(self.open[-1].entity, language=language)
        if tag == "blockquote" and "expandable" in attributes:
            return replace(entity, type="expandable_blockquote")
        return entity

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._wrong("Unexpected end tag", begin)
        end = self.source.find(">", begin)
        if end < 0:
            raise self._wrong("Unclosed end tag", begin)
        name = self.source[begin + 2 : end].strip().lower()
        opened = self.open.pop()
        if name and name != opened.tag:
            raise self._wrong("Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{name}>"')
        self.at = end + 1
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity = replace(opened.entity, length=self.size - opened.entity.offset)
        inside_pre = opened.tag == "code" and self.open and self.open[-1].tag == "pre"
        # Telegram drops links that lead nowhere, and knows no code inside pre
        if entity.length and not inside_pre and entity.url != "":
            self.entities.append(entity)


def parse_html_characters(value: str) -> str:
    """Turn &amp; and its like in an attribute into characters."""
    if "&" not in value:
        return value
    return CHARACTER.sub(
        lambda hit: NAMED[hit[3]] if hit[3] else chr(int(hit[1] or "0") or int(hit[2], 16)), value
    )


@lru_cache(maxsize=4096)
def to_html(text: str, entities: tuple[Entity, ...]) -> str:
    """Write text and entities as safe HTML for the page."""
    if not entities:
        return escape(text)
    starts: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    for entity in entities:
        start, end = _marks(entity)
        starts.setdefault(entity.offset, []).append(start)
        ends.setdefault(entity.offset + entity.length, []).insert(0, end)
    parts: list[str] = []
    at = 0
    for letter in text:
        parts += ends.get(at, ()) if at else ()
        parts += starts.get(at, ())
        parts.append(escape(letter))
        at += units(letter)
    return "".join(parts + ends.get(at, []))


def _marks(entity: Entity) -> tuple[str, str]:
    if entity.type == "text_link" and (entity.url or "").startswith(("http://", "https://", "tg://")):
        return f'<a href="{escape(entity.url or "")}">', "</a>"
    tag = TAG_OF_ENTITY.get(entity.type)
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
