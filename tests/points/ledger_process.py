"""A process that posts in a loop until it is killed, and tells what it was told."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from multiprocessing.connection import Connection

from ledger_acts import Acts
from ledger_model import Ask

from bot.database import Database

NAME = "ledger_process"  # by which a server knows its connections


def endlessly(asks: Sequence[Ask], prefix: str) -> Iterator[Ask]:
    """Ask the same round after round, each time under keys of its own."""
    for number in count():
        for place, ask in enumerate(asks):
            yield replace(ask, key=f"{prefix}:{number}:{place}", link=None)


def post_until_killed(
    url: str, numbers: Mapping[str, int], asks: Sequence[Ask], prefix: str, now: datetime, told: Connection
) -> None:
    os.environ["PGAPPNAME"] = NAME
    asyncio.run(_post(url, Acts(numbers), endlessly(asks, prefix), now, told))


async def _post(url: str, acts: Acts, asks: Iterator[Ask], now: datetime, told: Connection) -> None:
    async with Database(url) as database:
        for ask in asks:
            told.send(await database.write(acts.posting([ask], now).asked))
