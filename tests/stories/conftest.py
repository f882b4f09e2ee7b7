"""The town in which stories are told: the real bot and a Bot API server of our own, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from bot.sandbox import NO_LIMITS, Sandbox, serve
from town import TOKEN, Town

SAMPLE = Path(__file__).parents[2] / "bot" / "sample" / "community.toml"


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    """Open a town on each kind of database; its clock stands still but for what a story adds."""
    async with AsyncExitStack() as stack:
        sandbox = Sandbox(token=TOKEN, limits=NO_LIMITS)
        address = await stack.enter_async_context(serve(sandbox))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60))
        town = Town(address, client, database_url, SAMPLE)
        await town.open()
        yield town
        await town.close()
