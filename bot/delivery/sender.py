"""The only one who sends: claims a few rows, sends each in its turn, records how it went."""

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Self

from telegram import Bot

from bot.clock import Clock, SteadyClock
from bot.database import Database
from bot.delivery.attempts import Attempts
from bot.delivery.claims import Claim, Ended, Room
from bot.delivery.contents import Contents
from bot.delivery.departures import Asking, Departures, Permit
from bot.delivery.exchange import Exchange, Exchanged, Hooks, RecordedHook, UnreachableHook, end, exchange
from bot.delivery.hand import Hand, Line
from bot.delivery.holding import Holding
from bot.delivery.lease import LeaseLost
from bot.delivery.outcomes import TokenRefused
from bot.delivery.pace import Pace
from bot.delivery.results import BROKE, HANDED_BACK, Outcome

LOG = logging.getLogger(__name__)

POLL = 0.5  # other processes put messages into the outbox too
GATHER = 0.02  # results that come this close together share a commit
STANDBY = 1.0
AFTER_TROUBLE = 1.0
NO_ROOM = Room(own_acts=0, others=0, together=0)


class Sender:
    """Sends what the outbox holds, for as long as the `async with` lasts.

    The hooks run inside the transaction that records results. `on_failure` is called in the loop when sending
    cannot go on at all, because Telegram refuses the token. `zone` says when it is night; `revision` is the
    database's as this version knows it: a newer version is let before.
    """

    def __init__(
        self,
        database: Database,
        bot: Bot,
        pace: Pace,
        clock: Clock,
        *,
        recorded: RecordedHook,
        unreachable: UnreachableHook,
        on_failure: Callable[[TokenRefused], None] | None = None,
        zone: tzinfo = UTC,
        revision: str = "",
    ) -> None:
        self._database, self._bot, self._clock = database, bot, clock
        self._steady = SteadyClock(clock)
        self._holding = Holding(database, bot.id, Hooks(recorded, unreachable), clock, revision)
        self._hooks = Hooks(recorded, unreachable)
        self._on_failure = on_failure
        line = Line()
        self._hand = Hand(pace, line)
        self._contents = Contents(database)
        self._attempts = Attempts(bot, pace, clock, self._contents, line, self._depart, zone)
        self._departures = Departures()
        self._awake = asyncio.Event()
        self._results: list[Ended] = []
        self._tasks: dict[asyncio.Task[None], Claim] = {}
        self._look = self._tidy = True
        self._stopping = self._in_doubt = False
        self._looked_at = -math.inf
        self._gathering: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def is_sending(self) -> bool:
        """Tell whether this process holds the lease."""
        return self._holding.fence is not None

    def wake(self) -> None:
        """Look into the outbox at once, for example after a commit."""
        self._look = True
        self._awake.set()

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run(), name="sender")
        return self

    async def __aexit__(self, *_: object) -> None:
        """End what is on its way, hand back what waits, record both, and let the next process begin."""
        self._stop()
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._serve()
            except LeaseLost:
                LOG.warning("another process took over sending; this one stands by")
                await self._drop()
            except Exception:
                LOG.exception("the outbox cannot be worked on now; results are kept, trying again")
                await self._rest(AFTER_TROUBLE)
        await self._finish()

    async def _serve(self) -> None:
        if self._holding.fence is None and not await self._holding.begin():
            await self._rest(STANDBY)
            return
        while not self._stopping and self._holding.fence is not None:
            self._awake.clear()
            await self._work()
            await self._doze()

    async def _work(self) -> None:
        """Record what ended, let depart who has a turn, look for more, until there is nothing to do."""
        while not self._stopping and (self._results or self._departures or self._tidy or self._look):
            room = self._hand.room(self._clock.monotonic(), self._contents.uploading)
            departing = self._departures.next(self._hand.may_depart())
            if not (self._results or departing or self._tidy) and not self._may_look(room):
                return
            what = self._give(room, departing)
            try:
                got = await self._database.write(exchange, what, hooks=self._hooks, now=self._clock.now())
            except BaseException:
                self._results[:0] = what.ended
                self._departures.put_back(departing)
                self._in_doubt = True
                raise
            self._got(what, got, departing)
            if got.outranked:
                await self._hand_over()
                return

    def _may_look(self, room: Room) -> bool:
        """Many commits in a row, our own among them, are worth one look; without room none is."""
        if room.together <= 0:
            self._look = False
            return False
        if self._clock.monotonic() >= self._looked_at + GATHER:
            return True
        self._gather()
        return False

    def _give(self, room: Room, departing: Asking = ()) -> Exchange:
        ended, self._results = tuple(self._results), []
        looks = not self._hand.is_stocked() or self._clock.monotonic() >= self._looked_at + GATHER
        what = Exchange(
            self._bot.id,
            self._holding.fence or 0,
            ended,
            room if looks else NO_ROOM,
            tidy=self._tidy,
            keep=self._holding.asks_to_keep(),
            held=self._hand.departed_ones() if self._in_doubt else None,
            departing=tuple(claim for claim, _ in departing),
            steadily=self._steady.now(),
            revision=self._holding.revision,
        )
        self._tidy = False
        if looks:
            self._look, self._looked_at = False, self._clock.monotonic()
        return what

    def _got(self, what: Exchange, got: Exchanged, departing: Asking = ()) -> None:
        self._in_doubt = False
        if what.keep:
            self._holding.kept()
        for each in what.ended:
            self._hand.drop(each.claim)
        for claim, permit in departing:
            self._let_go(claim, permit, allowed=claim.delivery_id in got.departed)
        for claim in got.claims:
            self._hand.take(claim)
            self._tasks[asyncio.create_task(self._attempt(claim))] = claim

    def _let_go(self, claim: Claim, permit: Permit, *, allowed: bool) -> None:
        if allowed:
            self._hand.departed(claim)
        if not permit.done():
            permit.set_result(self._holding.until() if allowed else None)
        elif allowed:  # it no longer wanted to, but was marked
            self._end(claim, HANDED_BACK)

    async def _depart(self, claim: Claim) -> float | None:
        permit = self._departures.ask(claim)
        self._awake.set()
        return await permit

    async def _attempt(self, claim: Claim) -> None:
        task = asyncio.current_task()
        try:
            outcome = await self._attempts.make(claim)
        except TokenRefused as refusal:
            outcome = HANDED_BACK
            self._fail(refusal)
        except asyncio.CancelledError:
            outcome = HANDED_BACK
        except Exception:
            LOG.exception("delivery %s cannot be sent", claim.delivery_id)
            outcome = BROKE
        finally:
            if task is not None:
                self._tasks.pop(task, None)
        self._ended(claim, outcome)

    def _ended(self, claim: Claim, outcome: Outcome) -> None:
        if self._hand.is_waiting(claim) and outcome is HANDED_BACK:
            self._hand.drop(claim)
            self._look = True
            self._gather()
            return
        self._end(claim, outcome)
        if self._departures or self._hand.is_starving():
            self._awake.set()
        else:
            self._gather()

    def _end(self, claim: Claim, outcome: Outcome) -> None:
        ended = Ended(claim, outcome, self._clock.now(), self._steady.now())
        self._hand.ended(ended)
        self._results.append(ended)

    def _gather(self) -> None:
        if self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(GATHER, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self._awake.set()

    async def _doze(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._awake.wait()
        except TimeoutError:
            self._look = self._tidy = True

    async def _rest(self, seconds: float) -> None:
        self._awake.clear()
        try:
            async with asyncio.timeout(seconds):
                while not self._stopping:
                    await self._awake.wait()
                    self._awake.clear()
        except TimeoutError:
            self._look = True

    def _stop(self) -> None:
        self._stopping = True
        self._awake.set()

    def _fail(self, refusal: TokenRefused) -> None:
        LOG.error("%s", refusal)
        self._stop()
        if self._on_failure is not None:
            self._on_failure(refusal)

    async def _settle(self) -> None:
        """Take back what waits for its turn and let what is on its way come to its end."""
        tasks = dict(self._tasks)
        for task, claim in tasks.items():
            if self._hand.is_waiting(claim):
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for claim in tasks.values():
            if self._hand.is_waiting(claim):  # cancelled before its first step
                self._ended(claim, HANDED_BACK)
        self._tasks.clear()

    async def _hand_over(self) -> None:
        """Let the newer version send: end what is on its way, record it, and give the lease back."""
        self._holding.step_aside()
        await self._give_back()
        self._hand.clear()

    async def _drop(self) -> None:
        """Forget what was in the hand: the new sender has settled it."""
        self._holding.fence = None
        await self._settle()
        self._results.clear()
        self._hand.clear()

    async def _finish(self) -> None:
        await self._give_back()
        if self._gathering is not None:
            self._gathering.cancel()

    async def _give_back(self) -> None:
        await self._settle()
        if self._holding.fence is None:
            return
        try:
            await self._database.write(end, self._give(NO_ROOM), hooks=self._hooks, now=self._clock.now())
        except LeaseLost:
            LOG.warning("another process took over sending before this one had ended")
        self._holding.fence = None
