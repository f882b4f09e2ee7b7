"""What can go wrong with a call-out, each as a class that carries the facts."""

from collections.abc import Mapping
from datetime import datetime

from bot.callouts.states import AskState, CallOutState, Level


class CallOutError(Exception):
    """A call-out cannot do what was asked of it."""


class UnknownCallOut(CallOutError):
    def __init__(self, callout_id: int) -> None:
        super().__init__(f"there is no call-out {callout_id}")
        self.callout_id = callout_id


class UnknownPlan(CallOutError):
    """The plan was never there, or was taken out of the neighbourhood's file."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no plan {code!r}")
        self.code = code


class PlanChanged(CallOutError):
    """The plan's words are not the ones that were read any more."""

    def __init__(self, code: str) -> None:
        super().__init__(f"plan {code!r} was changed in the meantime")
        self.code = code


class RealEmergency(CallOutError):
    """No exercise begins while a real call-out of level orange or red is open."""

    def __init__(self, callout_id: int) -> None:
        super().__init__(f"call-out {callout_id} is real and open")
        self.callout_id = callout_id


class NothingToSay(CallOutError):
    """Neither the coordinator nor the plan gave a text."""


class TextTooLong(CallOutError):
    def __init__(self, *, length: int, limit: int) -> None:
        super().__init__(f"{length} characters, at most {limit} fit")
        self.length = length
        self.limit = limit


class BadNeeded(CallOutError):
    """The number of people needed is not one that can be asked for."""

    def __init__(self, *, needed: int, limit: int) -> None:
        super().__init__(f"{needed} people needed: give 1 to {limit}")
        self.needed = needed
        self.limit = limit


class NobodyToAsk(CallOutError):
    """No one of the audience is there to be called; `left_out` says why, by reason."""

    def __init__(self, left_out: Mapping[str, int]) -> None:
        super().__init__("nobody in the audience can be asked")
        self.left_out = dict(left_out)


class SamePerson(CallOutError):
    """The second coordinator must be another person than the first."""

    def __init__(self, *, exercise: bool) -> None:
        super().__init__("the second coordinator must be another person")
        self.exercise = exercise


class ApprovalLapsed(CallOutError):
    """Nobody decided in time; the call-out has to be sent anew."""

    def __init__(self, until: datetime, *, exercise: bool) -> None:
        super().__init__(f"approval lapsed at {until:%H:%M} UTC")
        self.until = until
        self.exercise = exercise


class AlreadyDecided(CallOutError):
    """Somebody decided first: who, when, and what the call-out is now."""

    def __init__(self, *, by: int | None, at: datetime | None, state: CallOutState, exercise: bool) -> None:
        super().__init__(f"already decided: {state}")
        self.by = by
        self.at = at
        self.state = state
        self.exercise = exercise


class Closed(CallOutError):
    """The call-out is no longer open: nothing can be answered any more."""

    def __init__(self, *, callout_id: int, level: Level, exercise: bool) -> None:
        super().__init__(f"call-out {callout_id} is closed")
        self.callout_id = callout_id
        self.level = level
        self.exercise = exercise


class NotAsked(CallOutError):
    """This person was never asked in this call-out."""

    def __init__(self, *, callout_id: int, resident_id: int, exercise: bool) -> None:
        super().__init__(f"resident {resident_id} was not asked in call-out {callout_id}")
        self.callout_id = callout_id
        self.resident_id = resident_id
        self.exercise = exercise


class NotArrived(CallOutError):
    """Done comes after arrived."""

    def __init__(self, state: AskState, *, exercise: bool) -> None:
        super().__init__(f"not arrived: {state}")
        self.state = state
        self.exercise = exercise


class BadMinutes(CallOutError):
    """Nobody is on the way for that long."""

    def __init__(self, *, minutes: int, limit: int) -> None:
        super().__init__(f"{minutes} minutes: give 1 to {limit}")
        self.minutes = minutes
        self.limit = limit
