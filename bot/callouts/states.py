"""The words a call-out is described in: levels, states and answers."""

from enum import StrEnum


class Level(StrEnum):
    """How urgent a call-out is, the least first."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def is_urgent(self) -> bool:
        """Say whether a call-out of this level rings, and ends what is only rehearsed."""
        return self in (Level.ORANGE, Level.RED)


class CallOutState(StrEnum):
    AWAITING = "awaiting-approval"
    OPEN = "open"
    STOOD_DOWN = "stood-down"
    REFUSED = "refused"
    LAPSED = "lapsed"


class AskState(StrEnum):
    """Where one person stands in one call-out."""

    CHOSEN = "chosen"
    QUEUED = "queued"
    DELIVERED = "delivered"
    UNREACHABLE = "unreachable"
    COMING = "coming"
    LATER = "later"
    CANNOT = "cannot"
    ARRIVED = "arrived"
    DONE = "done"
    RELEASED = "released"


class Answer(StrEnum):
    """What a volunteer says to being asked."""

    COMING = "coming"
    LATER = "later"
    CANNOT = "cannot"

    @property
    def state(self) -> AskState:
        """Give the state this answer leads to."""
        return AskState(self.value)


# Not answered yet, whether or not the message has come through.
UNANSWERED = (AskState.CHOSEN, AskState.QUEUED, AskState.DELIVERED)

# Still awaited on the spot, or not heard of: these are let go at stand-down.
RELEASABLE = (*UNANSWERED, AskState.COMING, AskState.LATER)

# Nothing a volunteer taps changes these any more.
FINAL = (AskState.DONE, AskState.RELEASED)
