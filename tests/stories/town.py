"""A neighbourhood under test: people with phones, a bot that can be stopped and started, a clock to wind."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from bot import community
from bot.addresses import Address
from bot.app import App, opened
from bot.delivery.pace import Pace
from bot.sandbox import Sandbox
from bot.sandbox.handset import Handset
from bot.settings import Settings

T = TypeVar("T")

ANYWHERE = Address("127.0.0.1", 0)  # any free port
TOKEN = "7000000001:stories-only-AAAAAAAAAAAAAAAAAAAAAAAAA"
MORNING = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)


class WindUpClock:
    """Stands still in the neighbourhood's time until it is wound on.

    The seconds by which messages are paced are shorter, so that no story waits for one message a second.
    """

    SHORTER = 50

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return time.monotonic() * self.SHORTER

    def wind(self, **forward: float) -> None:
        self._now += timedelta(**forward)

    def pace(self) -> Pace:
        return Pace(self, per_second=1000, call_later=self._call_later)

    def _call_later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds / self.SHORTER, call)


class Town:
    def __init__(
        self, address: str, client: httpx.AsyncClient, database_url: str, file: Path, sandbox: Sandbox
    ) -> None:
        self.sandbox = sandbox
        self.client = client
        self.file = file
        self.clock = WindUpClock()
        self.settings = Settings(
            bot_token=SecretStr(TOKEN),
            bot_api_url=address,
            database_url=database_url,
            community=file,
            messages_per_second=1000,
            listen=ANYWHERE,
        )
        self._stack = AsyncExitStack()
        self._app: App | None = None

    @property
    def app(self) -> App:
        assert self._app is not None
        return self._app

    async def open(self) -> None:
        """Start the bot."""
        self._app = await self._stack.enter_async_context(
            opened(self.settings, self.clock, self.clock.pace())
        )

    async def close(self) -> None:
        """Stop the bot, gently."""
        await self._stack.aclose()
        self._app = None

    async def restart(self) -> None:
        await self.close()
        await self.open()

    def changes_its_file(self, before: str, after: str) -> None:
        """Change the neighbourhood's file; the bot reads it when it starts."""
        text = self.file.read_text("utf-8")
        assert before in text, f"the file has no {before!r}"
        self.file.write_text(text.replace(before, after), "utf-8")

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """Look at a table, in the order of its numbers."""
        return await self.app.database.read(_rows, table)

    async def everything_kept(self) -> dict[str, str]:
        """Write out each table that has rows, for those who look for what must not be there."""
        return await self.app.database.read(_everything)

    async def acts(self) -> list[str]:
        """Give the acts in the audit log, in order."""
        return [row["act"] for row in await self.rows("audit_entry")]

    async def person(self, phone: Handset) -> community.Person:
        """Give who the bot knows behind a phone."""
        found = await self.app.database.read(
            community.person, bot_id=self.app.house.bot_id, chat_id=phone.person_id
        )
        assert found is not None
        return found

    async def later(self, **forward: float) -> None:
        """Let time pass, and do what is due by then."""
        self.clock.wind(**forward)
        await self.app.schedule.run_due()
        self.app.sender.wake()

    async def stranger(self, name: str, language: str = "en") -> Handset:
        """Somebody who has a phone and never heard of the bot."""
        return await Handset.new(self.client, name, language)

    async def resident(
        self, name: str, *, area: str = "b1", team: str | None = None, language: str = "en"
    ) -> Handset:
        """Somebody who joined from the poster at their door, into a team or none."""
        phone = await self.stranger(name, language)
        await phone.says(f"/start a_{area}")
        await phone.taps("✅")
        await phone.taps("👤")
        await phone.taps(self.team_button(team, language) if team else "➖")
        await phone.sees(lambda one: one.button("🏠") is not None and name in one.text, "the card")
        return phone

    async def coordinator(self, name: str, *, language: str = "en", area: str | None = None) -> Handset:
        """Somebody with the role that the command line invited them to."""
        return await self.holder(name, "coordinator", language=language, area=area)

    async def holder(
        self,
        name: str,
        role: str,
        *,
        language: str = "en",
        area: str | None = None,
        of: str | None = None,
    ) -> Handset:
        """A resident with a role."""
        phone = await self.resident(name, language=language)
        offer = await self.app.database.write(
            community.invite,
            role=community.Role(role),
            days=1,
            now=self.clock.now(),
            granted_by=None,
            area_code=area,
            subject=of,
        )
        await phone.says(f"/start i_{offer.code}")
        await phone.hears("🎖")
        return phone

    def team_button(self, code: str, language: str) -> str:
        """The label of a team's button: the neighbourhood's own words."""
        team = next(one for one in self.app.house.neighbourhood.teams if one.code == code)
        return f"{team.emoji} {team.names[language]}"


def _rows(session: Session, table: str) -> list[dict[str, Any]]:
    kept = SQLModel.metadata.tables[table]
    found = session.execute(select(kept).order_by(*kept.primary_key.columns))
    return [dict(row) for row in found.mappings()]


def _everything(session: Session) -> dict[str, str]:
    found = {table: _rows(session, table) for table in SQLModel.metadata.tables}
    return {table: repr(rows) for table, rows in found.items() if rows}
