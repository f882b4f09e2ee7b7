"""The sender's lease as it holds it: asked for, kept, and looked at before anything departs."""

import logging

from bot.clock import Clock
from bot.database import Database
from bot.delivery.exchange import Hooks, begin
from bot.delivery.lease import LEASE, OutOfDate, Seen, seen

LOG = logging.getLogger(__name__)

KEEP_EVERY = 3.0


class Holding:
    """Knows by this process's own clock until when it may send: one that was stopped meanwhile finds out."""

    def __init__(self, database: Database, bot_id: int, hooks: Hooks, clock: Clock, revision: str) -> None:
        self._database, self._bot_id, self._hooks = database, bot_id, hooks
        self._clock, self.revision = clock, revision
        self.fence: int | None = None
        self._kept_at = self._asked_at = 0.0
        self._seen: tuple[Seen | None, float] = (None, 0.0)
        self._is_out_of_date = False

    async def begin(self) -> bool:
        """Ask for the lease, and tell whether it is ours."""
        stale, self._kept_at = await self._stale(), self._clock.monotonic()
        try:
            self.fence = await self._database.write(
                begin,
                bot_id=self._bot_id,
                hooks=self._hooks,
                now=self._clock.now(),
                revision=self.revision,
                stale=stale,
            )
        except OutOfDate:
            self.step_aside()
        return self.fence is not None

    def step_aside(self) -> None:
        """Say once that a newer version sends."""
        if not self._is_out_of_date:
            LOG.warning("a newer version sends for this bot; this one does not any more: stop it")
        self._is_out_of_date = True

    def asks_to_keep(self) -> bool:
        """Tell whether the next commit is to keep the lease for another while."""
        now = self._clock.monotonic()
        if now < self._kept_at + KEEP_EVERY:
            return False
        self._asked_at = now
        return True

    def kept(self) -> None:
        """Note that the commit which was to keep it came about."""
        self._kept_at = self._asked_at

    def until(self) -> float:
        """Give the moment until which nobody else can have taken it."""
        return self._kept_at + LEASE.total_seconds()

    async def _stale(self) -> Seen | None:
        """Give the lease that has not changed for as long as it lasts: who had it keeps it no more."""
        now, found = self._clock.monotonic(), await self._database.read(seen, self._bot_id)
        if found != self._seen[0]:
            self._seen = (found, now)
        return found if now - self._seen[1] >= LEASE.total_seconds() else None
