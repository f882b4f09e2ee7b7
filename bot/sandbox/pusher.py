"""The other way round: updates are brought to the webhook that the bot set, as Telegram would bring them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.sandbox.errors import ApiError
from bot.sandbox.parameters import Call
from bot.sandbox.room import Room
from bot.sandbox.updates import Waiting

# https://core.telegram.org/bots/api#setwebhook
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
# tdlib/telegram-bot-api, WebhookActor.cpp: what was not taken comes again, later each time; here sooner
FIRST_AGAIN, LONGEST_AGAIN = 0.05, 2.0
PATIENCE = aiohttp.ClientTimeout(total=60)
NEVER = 3600.0

Run = Callable[[str, Call], Awaitable[object]]


class Pusher:
    """Brings each person's updates one after the other, several people's side by side, until each was taken.

    `run` makes the call that a response may carry.
    """

    def __init__(self, room: Room, run: Run) -> None:
        self._room = room
        self._run = run
        self._busy: dict[object, asyncio.Task[None]] = {}

    async def push(self) -> None:
        """Bring updates for as long as the room is open."""
        async with aiohttp.ClientSession(
            timeout=PATIENCE, connector=aiohttp.TCPConnector(limit=0)
        ) as session:
            try:
                while not self._room.bell.closed:
                    for one in await self._room.bell.wait_for("updates", self._next, seconds=NEVER):
                        self._busy[one.of] = asyncio.create_task(self._bring(session, one))
            finally:
                for task in tuple(self._busy.values()):
                    task.cancel()
                await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _next(self) -> list[Waiting]:
        """Give the next update of everybody whose last one was taken, as far as there are connections."""
        updates = self._room.updates
        free = updates.connections - len(self._busy) if updates.webhook else 0
        found: dict[object, Waiting] = {}
        for one in updates.waiting() if free > 0 else ():
            if one.of not in self._busy:
                found.setdefault(one.of, one)
            if len(found) >= free:
                break
        return list(found.values())

    async def _bring(self, session: aiohttp.ClientSession, one: Waiting) -> None:
        again = FIRST_AGAIN
        try:
            while self._room.updates.webhook and not await self._taken(session, one):
                await asyncio.sleep(again)
                again = min(LONGEST_AGAIN, again * 2)
        finally:
            self._busy.pop(one.of, None)
            self._room.bell.ring("updates")

    async def _taken(self, session: aiohttp.ClientSession, one: Waiting) -> bool:
        updates = self._room.updates
        headers = {"Content-Type": "application/json"}
        if updates.secret:
            headers[SECRET_HEADER] = updates.secret
        try:
            async with session.post(updates.webhook, data=one.body.encode(), headers=headers) as answer:
                said = await answer.read()
                trouble = "" if answer.ok else f"Wrong response from the webhook: {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            said, trouble = b"", f"Connection failed: {type(error).__name__}"
        updates.note_push(trouble)
        if trouble:
            return False
        updates.remove(one.update_id)
        await self._answered(said)
        return True

    async def _answered(self, said: bytes) -> None:
        """Make the call that came with a response; nobody hears how it went."""
        try:
            values: Any = json.loads(said) if said else None
        except ValueError:
            return
        if not isinstance(values, dict) or not isinstance(name := values.pop("method", None), str):
            return
        self._room.statistics.calls[name] += 1
        self._room.statistics.in_responses += 1
        try:
            await self._run(name, Call(values))
        except ApiError:
            return
