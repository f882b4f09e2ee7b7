"""Looks after people who wait: an alarm when the oldest tap has not been dealt with for a minute."""

import asyncio
from datetime import timedelta
from typing import Self

import structlog

from bot.alarms import TapsWait, Tell
from bot.clock import Clock
from bot.intake.mouth import Mouth

EVERY = 5.0
TOO_LONG = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class TapWatch:
    """Tells once that taps wait too long, and again only after all of them were dealt with."""

    def __init__(self, mouth: Mouth, clock: Clock, tell: Tell) -> None:
        self._mouth, self._clock, self._tell = mouth, clock, tell
        self._told = False
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch(), name="taps")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop looking."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait((self._watching,))

    async def look(self) -> None:
        """Look once."""
        since = self._mouth.oldest(taps_only=True)
        late = since is not None and self._clock.now() - since > TOO_LONG
        if since is not None and late and not self._told:
            log.warning("intake.taps_wait", since=since.isoformat(), in_hand=self._mouth.in_hand)
            await self._tell(TapsWait(since, self._mouth.in_hand))
        self._told = late

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except Exception:
                log.exception("intake.not_watched")
