"""What the sender has in its hand: rows that wait for a turn, are on their way, or are to be recorded."""

import math
from collections.abc import Set as AbstractSet
from enum import Enum, auto

from bot.delivery.claims import Claim, Ended, Room
from bot.delivery.messages import Lane
from bot.delivery.pace import Pace

# So many may be in doubt after a crash, and so many are on their way at most.
UNRECORDED = 4
# So many of each kind wait for a turn; they are in no doubt. A fast pace gets more.
WAITING = 2
MOST_WAITING = 16
LOOK_AHEAD = 0.05
# Chats that fail one after the other, none succeeding between: then it is the line, not the chat.
FAILURES_OF_THE_LINE = 3
LINE_RESTS = (1.0, 4.0, 15.0)


class Stage(Enum):
    WAITING = auto()
    ON_ITS_WAY = auto()
    ENDED = auto()


class Hand:
    """Keeps count, so that never more is claimed than there are turns for."""

    def __init__(self, pace: Pace, line: "Line") -> None:
        self._pace, self._line = pace, line
        self._stages: dict[int, Stage] = {}
        self._claims: dict[int, Claim] = {}

    def departed_ones(self) -> frozenset[int]:
        """Name every delivery that was marked as being sent and is not recorded yet."""
        return frozenset(each for each, stage in self._stages.items() if stage is not Stage.WAITING)

    def may_depart(self) -> int:
        """Say how many more may be on their way, when all that ended is recorded."""
        return UNRECORDED - sum(stage is Stage.ON_ITS_WAY for stage in self._stages.values())

    def take(self, claim: Claim) -> None:
        self._claims[claim.delivery_id] = claim
        self._stages[claim.delivery_id] = Stage.WAITING

    def departed(self, claim: Claim) -> None:
        self._stages[claim.delivery_id] = Stage.ON_ITS_WAY

    def ended(self, ended: Ended) -> None:
        self._stages[ended.claim.delivery_id] = Stage.ENDED

    def drop(self, claim: Claim) -> None:
        """Let go of what is recorded, or what never departed."""
        del self._stages[claim.delivery_id], self._claims[claim.delivery_id]

    def clear(self) -> None:
        self._stages.clear()
        self._claims.clear()

    def room(self, now: float, uploading: AbstractSet[int] = frozenset()) -> Room:
        """Say how many may be looked for now; own acts and the others have room of their own."""
        most = self._most()
        own, others = (most - self._waiting(own_acts=each) for each in (True, False))
        return Room(
            own_acts=own,
            others=others,
            together=self._free(own + others, now),
            busy=self._pace.busy_chats() | {claim.chat_id for claim in self._claims.values()},
            uploading=uploading,
            bulk=self._pace.bulk_is_due(),
        )

    def is_waiting(self, claim: Claim) -> bool:
        """Tell whether it still waits for its turn, so that it can be handed back."""
        return self._stages.get(claim.delivery_id) is Stage.WAITING

    def is_starving(self) -> bool:
        """Tell whether too few wait for a turn, so that recording and claiming should not wait either."""
        return sum(stage is Stage.WAITING for stage in self._stages.values()) < WAITING

    def is_stocked(self) -> bool:
        """Tell whether so many wait, as they do at a fast pace, that looking for more can wait a moment."""
        waiting = sum(stage is Stage.WAITING for stage in self._stages.values())
        return waiting > 2 * WAITING and waiting >= self._most() // 2

    def _most(self) -> int:
        return max(WAITING, min(MOST_WAITING, int(self._pace.allowed() * LOOK_AHEAD)))

    def _free(self, free: int, now: float) -> int:
        if self._pace.paused_for() > 0 or self._line.is_resting(now):
            return 0
        return 1 - len(self._claims) if self._line.is_down else free

    def _waiting(self, *, own_acts: bool) -> int:
        return sum(
            stage is Stage.WAITING and (self._claims[each].lane is Lane.OWN_ACT) == own_acts
            for each, stage in self._stages.items()
        )


class Line:
    """Whether Telegram can be reached at all: when it cannot, no message's attempts are used up."""

    def __init__(self) -> None:
        self._failed: set[int] = set()
        self._broken = False
        self._rests = 0
        self._rest_until = -math.inf

    @property
    def is_down(self) -> bool:
        return self._broken or len(self._failed) >= FAILURES_OF_THE_LINE

    def is_resting(self, now: float) -> bool:
        return now < self._rest_until

    def worked(self) -> None:
        self._failed.clear()
        self._broken = False
        self._rests = 0
        self._rest_until = -math.inf

    def broke(self, now: float) -> None:
        """Note that no connection came about, which is never the chat's fault."""
        self._broken = True
        self._rest(now)

    def failed(self, chat_id: int, now: float) -> None:
        """Note that a chat got nothing, though there was a connection."""
        self._failed.add(chat_id)
        if self.is_down:
            self._rest(now)

    def _rest(self, now: float) -> None:
        if now >= self._rest_until:
            self._rest_until = now + LINE_RESTS[min(self._rests, len(LINE_RESTS) - 1)]
            self._rests += 1
