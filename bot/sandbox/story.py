"""The whole story with nobody at the keyboard: poster to leaderboard, each step with its figure."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import httpx

from bot.sandbox.handset import Handset, NothingCame

NAMES = ("Mei", "Jun", "Lan", "Tao", "Xiu", "Bo", "Ning", "Hao", "Yan", "Qiang", "Fang", "Wei")
COMING, LATER, CANNOT = 8, 2, 1
ARRIVING = 6
CRY = "Water is rising in the cellar of Building 3"


class StoryBroke(Exception):
    """A step did not hold; the text says which and why."""


@dataclass(frozen=True)
class Cast:
    """What the story is given: doors to join by, invitations, a team, a plan and a reward."""

    posters: Sequence[str]
    coordinator: str
    merchant: str
    team: str
    plan: str
    reward: str
    price: int
    award: int


@dataclass
class Story:
    client: httpx.AsyncClient
    cast: Cast
    tell: Callable[[str], None]
    volunteers: list[Handset] = field(default_factory=list)
    code: str = ""

    async def play(self) -> None:
        """Play every step in order.

        Raises:
            StoryBroke: one of them did not hold.
        """
        steps: tuple[tuple[str, Callable[[], Awaitable[str]]], ...] = (
            ("join", self._join),
            ("call-out", self._call_out),
            ("responses", self._respond),
            ("check-in", self._check_in),
            ("points", self._points),
            ("redemption", self._redeem),
            ("leaderboard", self._leaderboard),
        )
        for name, step in steps:
            begun = time.monotonic()
            try:
                figure = await step()
            except (NothingCame, httpx.HTTPError) as trouble:
                raise StoryBroke(f"{name}: {trouble}") from trouble
            self.tell(f"✓ {name:<12} {figure} ({time.monotonic() - begun:.1f} s)")

    async def _join(self) -> str:
        self.lin = await Handset.new(self.client, "Lin")
        self.shop = await Handset.new(self.client, "Shopkeeper")
        self.volunteers = [await Handset.new(self.client, name) for name in NAMES]
        doors = [self.cast.posters[place % len(self.cast.posters)] for place in range(len(NAMES))]
        joining = [self._volunteer(phone, door) for phone, door in zip(self.volunteers, doors, strict=True)]
        await asyncio.gather(
            self._holder(self.lin, self.cast.coordinator),
            self._holder(self.shop, self.cast.merchant),
            *joining,
        )
        return f"{len(NAMES)} volunteers by poster, 1 coordinator and 1 shop by invitation"

    async def _call_out(self) -> str:
        await self.lin.says(f"/callout {self.cast.plan} {CRY}")
        preview = await self.lin.hears(CRY, f"{len(NAMES)} people")
        if preview.button("🚨") is None:
            raise StoryBroke("call-out: the preview has no 🚨")
        begun = time.monotonic()
        await self.lin.taps("🚨", on=CRY)
        await asyncio.gather(*(phone.sees(_asks, "the call-out") for phone in self.volunteers))
        return f"{len(NAMES)} asked, all delivered in {time.monotonic() - begun:.1f} s"

    async def _respond(self) -> str:
        coming = self.volunteers[:COMING]
        later = self.volunteers[COMING : COMING + LATER]
        cannot = self.volunteers[COMING + LATER : COMING + LATER + CANNOT]
        await asyncio.gather(
            *(phone.taps("✅", on=CRY) for phone in coming),
            *(phone.taps("🕒", on=CRY) for phone in later),
            *(phone.taps("❌", on=CRY) for phone in cannot),
        )
        await asyncio.gather(*(phone.taps("🚶 10", on=CRY) for phone in coming))
        await self.lin.hears(f"Coming {COMING}", f"later {LATER}", f"cannot {CANNOT}")
        return f"{COMING} coming, {LATER} later, {CANNOT} cannot; the board says so"

    async def _check_in(self) -> str:
        there = self.volunteers[:ARRIVING]
        await asyncio.gather(*(phone.taps("📍", on=CRY) for phone in there))
        await self.lin.hears(f"Arrived {ARRIVING}")
        await asyncio.gather(*(phone.taps("🏁", on=CRY) for phone in there[: ARRIVING // 2]))
        await self.lin.hears(f"done {ARRIVING // 2}")
        await self.lin.taps("🏁", on="of")
        await self.lin.taps("🏁", on="all the same")
        await self.lin.hears("Stood down")
        await asyncio.gather(*(phone.hears("Stand-down") for phone in self.volunteers))
        return f"{ARRIVING} arrived, {ARRIVING // 2} done before the stand-down"

    async def _points(self) -> str:
        expected = self.cast.award
        for phone in self.volunteers[:ARRIVING]:
            await phone.says("/points")
            await phone.sees(lambda one: _first_number(one.text) == expected, f"{expected} points")
        last = self.volunteers[-1]
        await last.says("/points")
        await last.sees(lambda one: _first_number(one.text) == 0, "no points")
        return f"{expected} points each for {ARRIVING} people, none for who stayed at home"

    async def _redeem(self) -> str:
        mei = self.volunteers[0]
        await mei.says("/rewards")
        await mei.taps(f"🎁 {self.cast.reward}")
        await mei.taps("✅", on=self.cast.reward)
        message = await mei.sees(lambda one: _code(one.text) is not None and one.has_photo, "the code")
        self.code = _code(message.text) or ""
        await self.shop.says(f"/handover {self.code}")
        await self.shop.taps("✅", on=self.cast.reward)
        await mei.hears("eceived")
        await self.shop.says(f"/handover {self.code}")
        await self.shop.hears("already")
        await mei.says("/points")
        left = self.cast.award - self.cast.price
        await mei.sees(lambda one: _first_number(one.text) == left, f"{left} points left")
        return f"code {self.code} handed over once for {self.cast.price}, balance {left}"

    async def _leaderboard(self) -> str:
        mei = self.volunteers[0]
        await mei.says("/leaderboard")
        await mei.sees(lambda one: "no. 1" in one.text and mei.name in one.text, "the leaderboard")
        drawn = await mei.sees(lambda one: one.has_photo and "eaderboard" in one.text, "its picture")
        picture = await mei.file(str((drawn.photo or {})["file_id"]))
        if not picture.startswith(b"\x89PNG"):
            raise StoryBroke("leaderboard: the picture is not a PNG")
        return f"{mei.name} in place 1, picture of {len(picture) // 1024} KiB"

    async def _volunteer(self, phone: Handset, door: str) -> None:
        await phone.says(f"/start {door}")
        await phone.taps("✅")
        await phone.taps("👤")
        await phone.taps(self.cast.team)
        await phone.hears("Welcome, neighbour")

    async def _holder(self, phone: Handset, invitation: str) -> None:
        await phone.says(f"/start {invitation}")
        await phone.taps("✅")
        await phone.taps("👤")
        await phone.taps("❓")
        await phone.taps("➖")
        await phone.hears("Welcome, neighbour")


def _asks(bubble: object) -> bool:
    return getattr(bubble, "button", lambda _: None)("🕒") is not None and CRY in getattr(bubble, "text", "")


def _first_number(text: str) -> int | None:
    found = re.search(r"\d+", text)
    return int(found.group()) if found else None


def _code(text: str) -> str | None:
    found = re.search(r"\b[0-9A-HJKMNP-TV-Z]{8}\b", text)
    return found.group() if found else None
