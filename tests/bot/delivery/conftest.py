"""A town of phones behind the rehearsal room, and a sender that talks to it over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from sqlmodel import Session
from telegram import Bot

from bot.clock import SystemClock
from bot.database import Database
from bot.delivery import ChatState, Lane, Message, Progress, Recipient, Recorded, State, enqueue, progress
from bot.delivery.edits import Edits
from bot.delivery.outcomes import TokenRefused
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.delivery.transport import BoundedRequest
from bot.sandbox import Limits, Sandbox, serve

FINAL = frozenset(State) - {State.QUEUED, State.SENDING}


@dataclass
class Post:
    """A post office: the database, the sender's parts, the room it sends to, and what the hooks were told."""

    database: Database
    sandbox: Sandbox
    bot: Bot
    client: httpx.AsyncClient
    pace: Pace
    clock: SystemClock = field(default_factory=SystemClock)
    told: list[Recorded] = field(default_factory=list)
    unreachable: list[tuple[int, ChatState]] = field(default_factory=list)
    failures: list[TokenRefused] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def people(self, count: int = 1) -> list[int]:
        return [await self.person() for _ in range(count)]

    async def person(self, *, started: bool = True) -> int:
        answer = await self.client.post("/sim/people", json={"first_name": "Mei"})
        number = int(answer.json()["id"])
        if started:
            await self.client.post(f"/sim/people/{number}/text", json={"text": "/start"})
        return number

    async def sees(self, chat_id: int) -> list[str]:
        answer = await self.client.get(f"/sim/chats/{chat_id}/messages")
        return [each["html"] for each in answer.json()["messages"] if each["from_bot"]]

    async def fault(self, **order: object) -> None:
        answer = await self.client.post("/sim/faults", json=order)
        assert answer.status_code == 200, answer.text

    async def statistics(self) -> Mapping[str, float]:
        found: Mapping[str, float] = (await self.client.get("/sim/statistics")).json()
        return found

    async def promise(self, about: str, lane: Lane, *chats: int, text: str = "hello", **more: object) -> None:
        message = more.pop("message", None) or Message(text)
        assert isinstance(message, Message)

        def unit(session: Session) -> None:
            to = [Recipient(chat, "en", tag=chat) for chat in chats]
            texts = {"en": message}
            enqueue(
                session,
                key=about,
                about=about,
                lane=lane,
                renderings=texts,
                to=to,
                now=self.clock.now(),
                **more,
            )  # type: ignore[arg-type]

        await self.database.write(unit)

    async def progress(self, about: str) -> Progress:
        return await self.database.read(progress, about)

    async def settled(self, *abouts: str, seconds: float = 60) -> None:
        """Wait until everything about these came to its end."""

        async def all_ended() -> bool:
            return all([set((await self.progress(about)).counts) <= FINAL for about in abouts])

        await self.until(all_ended, seconds=seconds)

    async def until(self, holds: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
        """Wait until it holds, looking after each commit."""
        async with asyncio.timeout(seconds):
            self.changed.clear()
            while not await holds():
                await self.changed.wait()
                self.changed.clear()

    async def has_told(self) -> bool:
        return bool(self.told)

    async def has_failed(self) -> bool:
        return bool(self.failures)

    def sender(self) -> Sender:
        return Sender(
            self.database,
            self.bot,
            self.pace,
            self.clock,
            recorded=self._recorded,
            unreachable=self._unreached,
            on_failure=self._failed,
        )

    def edits(self) -> Edits:
        return Edits(self.bot, self.pace, self._marked)

    async def _marked(self, chat_id: int, state: ChatState) -> None:
        self.unreachable.append((chat_id, state))

    def _failed(self, refusal: TokenRefused) -> None:
        self.failures.append(refusal)
        self.changed.set()

    def _recorded(self, session: Session, ended: Sequence[Recorded]) -> None:
        self.told.extend(ended)

    def _unreached(self, session: Session, chat_id: int, state: ChatState) -> None:
        self.unreachable.append((chat_id, state))


Opening = Callable[[Limits], AbstractAsyncContextManager[Post]]


@pytest.fixture
def opening(sqlite_tables_url: str) -> Opening:
    @asynccontextmanager
    async def open_post(limits: Limits) -> AsyncIterator[Post]:
        sandbox = Sandbox(limits=limits)
        async with serve(sandbox) as address, Database(sqlite_tables_url) as database:
            bot = Bot(
                sandbox.token,
                base_url=f"{address}/bot",
                base_file_url=f"{address}/file/bot",
                request=BoundedRequest(in_flight=8),
            )
            async with bot, httpx.AsyncClient(base_url=address) as client:
                post = Post(database, sandbox, bot, client, Pace(SystemClock()))
                database.on_commit(post.changed.set)
                yield post

    return open_post


@pytest.fixture
async def post(opening: Opening) -> AsyncIterator[Post]:
    async with opening(Limits()) as post:
        yield post
