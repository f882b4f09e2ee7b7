"""A sender alone in a process of its own, for tests that kill it: it sends what the database holds."""

import argparse
import asyncio
from collections.abc import Sequence

from sqlmodel import Session
from telegram import Bot

from bot.clock import SystemClock
from bot.database import Database
from bot.delivery import ChatState, Recorded
from bot.delivery.chats import ChatLimits
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.delivery.transport import BoundedRequest


def recorded(session: Session, ended: Sequence[Recorded]) -> None:
    """Tell nobody."""


def unreachable(session: Session, chat_id: int, state: ChatState) -> None:
    """Tell nobody."""


async def send(address: str, token: str, database_url: str, per_second: int) -> None:
    clock = SystemClock()
    pace = Pace(clock, per_second=per_second, limits=ChatLimits(burst=100))
    bot = Bot(token, base_url=f"{address}/bot", request=BoundedRequest())
    async with bot, Database(database_url) as database:
        sender = Sender(database, bot, pace, clock, recorded=recorded, unreachable=unreachable)
        database.on_commit(sender.wake)
        async with sender:
            print("sending", flush=True)  # noqa: T201 - what the parent waits for
            await asyncio.Event().wait()


if __name__ == "__main__":
    reader = argparse.ArgumentParser()
    for name in ("address", "token", "database_url"):
        reader.add_argument(name)
    reader.add_argument("--per-second", type=int, default=30)
    asyncio.run(send(**vars(reader.parse_args())))
