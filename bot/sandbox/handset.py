"""A phone in a program's hand: types, taps buttons by their first sign, and waits for what comes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

Json = dict[str, Any]
PATIENCE = 60.0  # a slow machine may take its time; only what never comes costs so much


class NothingCame(Exception):
    """What was waited for did not come; the text shows what was on the phone instead."""


@dataclass(frozen=True)
class Bubble:
    """One message of the bot as a person sees it."""

    message_id: int
    text: str
    buttons: tuple[tuple[str, str | None, str | None], ...]
    has_photo: bool
    document: Json | None
    photo: Json | None

    @classmethod
    def of(cls, raw: Json) -> "Bubble":
        buttons = tuple(
            (str(one["text"]), one.get("data"), one.get("url"))
            for row in raw.get("buttons") or []
            for one in row
        )
        return cls(
            message_id=int(raw["message_id"]),
            text=str(raw.get("text") or ""),
            buttons=buttons,
            has_photo=bool(raw.get("photo")),
            document=raw.get("document"),
            photo=raw.get("photo"),
        )

    def button(self, sign: str) -> str | None:
        """Give the label that begins with a sign, variation selectors aside."""
        wanted = _bare(sign)
        return next(
            (label for label, data, _ in self.buttons if data and _bare(label).startswith(wanted)), None
        )


class Handset:
    def __init__(self, client: httpx.AsyncClient, person: Json) -> None:
        self._client = client
        self.person_id = int(person["id"])
        self.name = str(person["first_name"])

    @classmethod
    async def new(cls, client: httpx.AsyncClient, first_name: str, language: str = "en") -> "Handset":
        """Give somebody a phone in a language."""
        person = await _post(client, "/sim/people", {"first_name": first_name, "language_code": language})
        return cls(client, person)

    async def says(self, text: str) -> None:
        """Type and send."""
        await _post(self._client, f"/sim/people/{self.person_id}/text", {"text": text})

    async def does(self, act: str, facts: Json | None = None) -> Json:
        """Do anything else a phone can do: block, photo, location, delete."""
        return await _post(self._client, f"/sim/people/{self.person_id}/{act}", facts or {})

    async def taps(self, sign: str, *, on: str = "") -> str:
        """Tap the newest button that begins with a sign, once it is there; give the words that flashed up.

        Args:
            sign: the first characters of the label.
            on: words that the message must hold.
        """
        bubble = await self.sees(
            lambda one: one.button(sign) is not None and on in one.text, f"a button {sign}"
        )
        label = bubble.button(sign)
        data = next(data for text, data, _ in bubble.buttons if text == label)
        return await self.sends_data(bubble.message_id, data or "")

    async def taps_again(self, bubble: Bubble, sign: str) -> str:
        """Tap a button of a message as it was when it was looked at, whatever became of it since."""
        label = bubble.button(sign)
        data = next((data for text, data, _ in bubble.buttons if text == label and data), None)
        if data is None:
            raise NothingCame(f"the message had no button {sign}: {bubble.buttons}")
        return await self.sends_data(bubble.message_id, data, forge=True)

    async def taps_unanswered(self, sign: str) -> None:
        """Tap a button while nobody is there to answer."""
        bubble = await self.sees(lambda one: one.button(sign) is not None, f"a button {sign}")
        await self.does("tap", {"message_id": bubble.message_id, "label": bubble.button(sign)})

    async def sends_data(self, message_id: int, data: str, *, forge: bool = False) -> str:
        """Tap a button by what it carries; with ``forge`` it need not be on the message."""
        tapped = await self.does("tap", {"message_id": message_id, "data": data, "forge": forge})
        answer = await _get(self._client, f"/sim/queries/{tapped['query_id']}", {"wait": PATIENCE})
        if not answer["answered"]:
            raise NothingCame(f"{self.name} tapped {data!r} and the tap was never answered")
        return str(answer.get("text") or "")

    async def hears(self, *words: str) -> Bubble:
        """Wait until the bot has said all these words in one message."""
        return await self.sees(lambda one: all(word in one.text for word in words), " + ".join(words))

    async def sees(self, wanted: Callable[[Bubble], bool], described: str) -> Bubble:
        """Wait for the newest message of a kind."""
        until = time.monotonic() + PATIENCE
        revision = 0
        while True:
            answer = await self._chat(after=revision, wait=max(0.0, until - time.monotonic()))
            revision = int(answer["revision"])
            for bubble in reversed(await self.bubbles()):
                if wanted(bubble):
                    return bubble
            if time.monotonic() >= until:
                shown = [bubble.text[:200] for bubble in await self.bubbles()][-4:]
                raise NothingCame(f"{self.name} waited for {described}; the phone shows {shown}")

    async def bubbles(self) -> list[Bubble]:
        """Give everything the bot has said that is still there, the oldest first."""
        answer = await self._chat(after=0, wait=0)
        return [Bubble.of(raw) for raw in answer["messages"] if raw["from_bot"] and not raw.get("deleted")]

    async def file(self, file_id: str) -> bytes:
        """Fetch a picture or document."""
        answer = await self._client.get(f"/sim/files/{file_id}")
        return answer.raise_for_status().content

    async def _chat(self, *, after: int, wait: float) -> Json:
        return await _get(
            self._client,
            f"/sim/chats/{self.person_id}/messages",
            {"after": after, "viewer": self.person_id, "wait": min(wait, 25.0)},
        )


async def _post(client: httpx.AsyncClient, path: str, body: Json) -> Json:
    answer = await client.post(path, json=body)
    if answer.is_error:
        raise NothingCame(f"{path} {body}: {answer.text}")
    result: Json = answer.json()
    return result


async def _get(client: httpx.AsyncClient, path: str, facts: Json) -> Json:
    answer = await client.get(path, params=facts, timeout=PATIENCE + 15)
    result: Json = answer.raise_for_status().json()
    return result


def _bare(text: str) -> str:
    return text.replace("\ufe0f", "").strip()
