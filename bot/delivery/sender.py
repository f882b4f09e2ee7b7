"""The only one who sends: claims a few rows, sends each in its turn, records how it went."""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Self

from telegram import Bot

from bot.clock import Clock
from bot.database import Database
from bot.delivery.attempts import Attempts
from bot.delivery.claims import Claim, Ended, Room
from bot.delivery.contents import Contents
from bot.delivery.exchange import Exchange, Hooks, RecordedHook, UnreachableHook, begin, end, exchange
from bot.delivery.hand import Hand, Line
from bot.delivery.lease import LeaseLost
from bot.delivery.outcomes import TokenRefused
from bot.delivery.pace import Pace
from bot.delivery.results import BROKE, HANDED_BACK, Outcome

LOG = logging.getLogger(__name__)

POLL = 0.5  # other processes put messages into the outbox too
GATHER = 0.02  # results that come this close together share a commit
KEEP_EVERY = 3.0
STANDBY = 1.0
AFTER_TROUBLE = 1.0
NO_ROOM = Room(own_acts=0, others=0, together=0)


class Sender:
    """Sends what the outbox holds, for as long as the `async with` lasts.

    The hooks run inside the transaction that records results. `on_failure` is called in the loop when sending
    cannot go on at all, because Telegram refuses the token.
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
    ) -> None:
        self._database, self._bot, self._clock = database, bot, clock
        self._hooks = Hooks(recorded, unreachable)
        self._on_failure = on_failure
        line = Line()
        self._hand = Hand(pace, line)
        self._contents = Contents(database)
        self._attempts = Attempts(bot, pace, clock, self._contents, self._hand, line)
        self._awake = asyncio.Event()
        self._results: list[Ended] = []
        self._tasks: dict[asyncio.Task[None], Claim] = {}
        self._fence: int | None = None
        self._look = self._tidy = True
        self._stopping = self._in_doubt = False
        self._keep_at = 0.0
        self._looked_at = -math.inf
        self._gathering: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def is_sending(self) -> bool:
        """Tell whether this process holds the lease."""
        return self._fence is not None

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
        if self._fence is None and not await self._begin():
            await self._rest(STANDBY)
            return
        while not self._stopping:
            self._awake.clear()
            await self._work()
            await self._doze()

    async def _begin(self) -> bool:
        self._fence = await self._database.write(
            begin, bot_id=self._bot.id, hooks=self._hooks, now=self._clock.now()
        )
        self._keep_at = self._clock.monotonic() + KEEP_EVERY
        return self._fence is not None

    async def _work(self) -> None:
        """Record what ended and claim what there is room for, until there is nothing to do."""
        while not self._stopping and (self._results or self._tidy or self._look):
            room = self._hand.room(self._clock.monotonic(), self._contents.uploading)
            if not self._results and not self._tidy and not self._may_look(room):
                return
            what = self._give(room)
            try:
                claims = await self._database.write(exchange, what, hooks=self._hooks, now=self._clock.now())
            except BaseException:
                self._results[:0] = what.ended
                self._in_doubt = True
                raise
            self._got(what, claims)

    def _may_look(self, room: Room) -> bool:
        """Many commits in a row, our own among them, are worth one look; without room none is."""
        if room.together <= 0:
            self._look = False
            return False
        if self._clock.monotonic() >= self._looked_at + GATHER:
            return True
        self._gather()
        return False

    def _give(self, room: Room) -> Exchange:
        ended, self._results = tuple(self._results), []
        now = self._clock.monotonic()
        held = self._hand.holds() if self._in_doubt else None
        what = Exchange(self._bot.id, self._fence or 0, ended, room, self._tidy, now >= self._keep_at, held)
        self._look = self._tidy = False
        self._looked_at = now
        self._keep_at = now + KEEP_EVERY if what.keep else self._keep_at
        return what

    def _got(self, what: Exchange, claims: tuple[Claim, ...]) -> None:
        self._in_doubt = False
        for each in what.ended:
            self._hand.recorded(each)
        for claim in claims:
            self._hand.take(claim)
            self._tasks[asyncio.create_task(self._attempt(claim))] = claim

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
        ended = Ended(claim, outcome, self._clock.now())
        self._hand.ended(ended)
        self._results.append(ended)
        if self._hand.is_starving():
            self._awake.set()
        else:
            self._gather()

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

    async def _drop(self) -> None:
        """Forget what was in the hand: the new sender has settled it."""
        self._fence = None
        await self._settle()
        self._results.clear()
        self._hand.clear()

    async def _finish(self) -> None:
        await self._settle()
        if self._gathering is not None:
            self._gathering.cancel()
        if self._fence is None:
            return
        try:
            await self._database.write(end, self._give(NO_ROOM), hooks=self._hooks, now=self._clock.now())
        except LeaseLost:
            LOG.warning("another process took over sending before this one had ended")
        self._fence = None
