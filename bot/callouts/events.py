"""What the rules of call-outs give back: facts for whoever announces them, never a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.callouts.states import AskState, CallOutState, Level
from bot.community import PersonAddress
from points import Awarded


@dataclass(frozen=True)
class AskedPerson:
    """Somebody who is asked, and as a member of which team."""

    resident_id: int
    chat_id: int
    language: str
    team: str


@dataclass(frozen=True)
class CallOutView:
    """A call-out as it was sent; `texts` are by language, a text typed by a coordinator stands under `*`."""

    callout_id: int
    state: CallOutState
    level: Level
    exercise: bool
    plan_code: str | None
    plan_version: int | None
    plan_emoji: str | None
    plan_names: Mapping[str, str]
    texts: Mapping[str, str]
    team_codes: tuple[str, ...]
    area_id: int
    area_path: str
    area_names: Mapping[str, str]
    place: str | None
    needed: int
    people: int
    created_by: int | None
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    review_open: bool


@dataclass(frozen=True)
class Served:
    """Somebody who arrived, as a member of which team, and for how many whole minutes."""

    resident_id: int
    team: str
    minutes: int


@dataclass(frozen=True)
class OpenAsk:
    """Where somebody stands in a call-out that is still open."""

    callout_id: int
    level: Level
    exercise: bool
    opened_at: datetime
    state: AskState
    eta_at: datetime | None


@dataclass(frozen=True)
class StoodDown:
    """A call-out has ended: who is told, who served and what each was paid, who was still on the way.

    `already` says that somebody had stood it down before; then nothing is to be told again.
    """

    callout: CallOutView
    by: int | None
    told: tuple[PersonAddress, ...] = ()
    served: tuple[Served, ...] = ()
    released: tuple[int, ...] = ()
    awaited: tuple[int, ...] = ()
    awards: tuple[Awarded, ...] = ()
    already: bool = False


@dataclass(frozen=True)
class StillThere:
    """Nothing was stood down yet: this many are coming or on the spot."""

    callout: CallOutView
    coming: int
    arrived: int


@dataclass(frozen=True)
class Opened:
    """A call-out goes out to `asked` and to so many whom no chat reaches.

    `replayed` says that the same tap had sent it before.

    Where a second person had been needed, `decided_by` is who decided and `coordinators` are all to be told;
    with `callout.review_open` the first decided alone, for danger to life, and a review is open.
    """

    callout: CallOutView
    asked: tuple[AskedPerson, ...] = ()
    unreachable: int = 0
    coordinator: PersonAddress | None = None
    decided_by: PersonAddress | None = None
    coordinators: tuple[PersonAddress, ...] = ()
    ended_exercises: tuple[StoodDown, ...] = ()
    replayed: bool = False

    @property
    def everybody(self) -> int:
        """How many are called, in chat or otherwise."""
        return len(self.asked) + self.unreachable


@dataclass(frozen=True)
class AwaitingApproval:
    """A second coordinator is asked; unanswered it lapses at `until`."""

    callout: CallOutView
    until: datetime | None
    coordinator: PersonAddress | None
    second_people: tuple[PersonAddress, ...]
    replayed: bool = False


@dataclass(frozen=True)
class Refused:
    callout: CallOutView
    by: PersonAddress | None
    coordinator: PersonAddress | None
    told: tuple[PersonAddress, ...]


@dataclass(frozen=True)
class Lapsed:
    callout: CallOutView
    coordinator: PersonAddress | None
    told: tuple[PersonAddress, ...]


@dataclass(frozen=True)
class Answered:
    """Where a volunteer stands now; `changed` is false when the tap said nothing new."""

    callout_id: int
    level: Level
    exercise: bool
    resident_id: int
    state: AskState
    before: AskState
    eta_at: datetime | None
    changed: bool


@dataclass(frozen=True)
class Finished:
    """A volunteer is done after so many whole minutes; `award` is none for exercises and second taps."""

    callout_id: int
    level: Level
    exercise: bool
    resident_id: int
    minutes: int
    award: Awarded | None
    changed: bool
