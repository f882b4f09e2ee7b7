"""What the sender has in its hand: rows that wait for a turn, are on their way, or are to be recorded."""

import math
from collections.abc import Set as AbstractSet
from enum import Enum, auto

from bot.delivery.claims import Claim, Ended, Room
from bot.delivery.messages import Lane
from bot.delivery.pace import Pace

# So many may be in doubt after a crash; a slow line needs a few more on their way to keep the pace.
UNRECORDED = 4
UNRECORDED_ON_A_SLOW_LINE = 8
WAITING = 2
# A request without an answer for so long holds up nobody else; so many may be set aside.
SLOW = 2.0
SET_ASIDE = 4
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
        self._left: dict[int, float] = {}

    def holds(self) -> frozenset[int]:
        """Name every delivery in the hand."""
        return frozenset(self._claims)

    def take(self, claim: Claim) -> None:
        self._claims[claim.delivery_id] = claim
        self._stages[claim.delivery_id] = Stage.WAITING

    def departed(self, claim: Claim, now: float) -> None:
        self._stages[claim.delivery_id] = Stage.ON_ITS_WAY
        self._left[claim.delivery_id] = now

    def ended(self, ended: Ended) -> None:
        self._stages[ended.claim.delivery_id] = Stage.ENDED
        self._left.pop(ended.claim.delivery_id, None)

    def recorded(self, ended: Ended) -> None:
        del self._stages[ended.claim.delivery_id], self._claims[ended.claim.delivery_id]

    def clear(self) -> None:
        self._stages.clear()
        self._claims.clear()
        self._left.clear()

    def room(self, now: float, uploading: AbstractSet[int] = frozenset()) -> Room:
        """Say how many may be claimed now; neither own acts nor the others ever fill the whole hand."""
        limit = self._limit()
        counted = self._counted(now)
        own = sum(claim.lane is Lane.OWN_ACT for claim in counted)
        others = len(counted) - own
        return Room(
            own_acts=min(WAITING - self._waiting(own_acts=True), limit - own - (2 if others else 1)),
            others=min(WAITING - self._waiting(own_acts=False), limit - others - 1),
            together=self._free(limit - len(counted), now),
            busy=self._pace.busy_chats() | {claim.chat_id for claim in self._claims.values()},
            uploading=uploading,
        )

    def is_waiting(self, claim: Claim) -> bool:
        """Tell whether it still waits for its turn, so that it can be handed back."""
        return self._stages.get(claim.delivery_id) is Stage.WAITING

    def is_starving(self) -> bool:
        """Tell whether too few wait for a turn, so that recording and claiming should not wait either."""
        return sum(stage is Stage.WAITING for stage in self._stages.values()) < WAITING

    def _free(self, free: int, now: float) -> int:
        if self._pace.paused_for() > 0 or self._line.is_resting(now):
            return 0
        return 1 - len(self._claims) if self._line.is_down else free

    def _counted(self, now: float) -> list[Claim]:
        """Give all but those that a slow upload or a silent server keeps on their way."""
        slow = [each for each, left in self._left.items() if left <= now - SLOW][:SET_ASIDE]
        return [claim for each, claim in self._claims.items() if each not in slow]

    def _limit(self) -> int:
        needed = math.ceil(self._pace.allowed() * self._pace.trip()) + WAITING + 1
        return max(UNRECORDED, min(needed, UNRECORDED_ON_A_SLOW_LINE))

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
