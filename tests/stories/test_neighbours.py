"""Stories of the simulated neighbourhood beside the real bot: both know the same of a call-out."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.sandbox.neighbours import Neighbours, Pace
from town import Town

PEOPLE = 24
TOO_LONG = 500  # seconds of the neighbourhood's time: who lives near arrives, nobody else, and nobody leaves


async def _naps(seconds: float) -> None:
    await (asyncio.sleep(0) if seconds < TOO_LONG else asyncio.Event().wait())


async def until(lasting: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it is so and stays so."""
    held = 0
    async with asyncio.timeout(60):
        while held < 5:
            held = held + 1 if await lasting() else 0
            await asyncio.sleep(0.05)


async def test_neighbours_notice_a_stand_down_as_the_bot_means_it(town: Town) -> None:
    lin = await town.coordinator("Lin")
    doors, pace = ["a_b1", "a_b2"], Pace(speed=1)
    street = Neighbours(town.settings.bot_api_url, size=PEOPLE, seed=3, posters=doors, pace=pace, sleep=_naps)

    async def everybody_joined() -> bool:
        return street.summary().joined + street.summary().declined == PEOPLE

    async def both_know_the_same() -> bool:
        states, found = Counter(row["state"] for row in await town.rows("ask")), street.summary()
        told = (found.coming, found.arrived, found.later, found.cannot, found.silent, found.done)
        silent = states["delivered"] + (states["released"] - found.released)
        known = (*(states[name] for name in ("coming", "arrived", "later", "cannot")), silent, states["done"])
        return 0 < found.asked == states.total() and told == known

    async def nobody_is_awaited() -> bool:
        found = street.summary()
        return found.released > 0 and not (found.coming or found.arrived or found.later)

    async with street:
        life = asyncio.create_task(street.run())
        try:
            await until(everybody_joined)
            await lin.says("/callout flood Cellar of building 3 is under water")
            await lin.taps("🚨")
            await until(both_know_the_same)
            assert street.summary().coming
            assert street.summary().arrived
            await lin.taps("🏁", on="Asked")
            await lin.taps("🏁", on="all the same")
            await lin.hears("Stood down")
            await until(nobody_is_awaited)
            assert await both_know_the_same()
        finally:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)
