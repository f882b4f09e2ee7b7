"""The draft of a call-out, as a conversation keeps it between taps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.callouts.errors import BadNeeded, TextTooLong
from bot.callouts.plans import PlanView
from bot.callouts.states import Level

# Leaves room for the head and the foot of a message in 4096 characters, even when each is escaped.
TEXT_LIMIT = 1000
NEEDED_LIMIT = 999


@dataclass(frozen=True)
class Draft:
    """A call-out before it is sent; an exercise stays one, and an empty text means the plan's own."""

    area_id: int
    level: Level
    team_codes: tuple[str, ...]
    plan_code: str | None = None
    text: str = ""
    needed: int = 1
    place: str | None = None
    exercise: bool = False
    plan_version: int | None = None

    def as_worded_by(self, plan: PlanView | None) -> "Draft":
        """Keep which wording of the plan was read, so that another is not sent unread."""
        return replace(self, plan_version=plan.version if plan else None)

    def with_level(self, level: Level) -> "Draft":
        return replace(self, level=level)

    def with_teams(self, team_codes: tuple[str, ...]) -> "Draft":
        return replace(self, team_codes=team_codes)

    def with_area(self, area_id: int) -> "Draft":
        return replace(self, area_id=area_id)

    def with_text(self, text: str) -> "Draft":
        """Take the text as typed.

        Raises:
            TextTooLong: it would not fit into one message.
        """
        text = text.strip()
        if len(text) > TEXT_LIMIT:
            raise TextTooLong(length=len(text), limit=TEXT_LIMIT)
        return replace(self, text=text)

    def with_place(self, place: str | None) -> "Draft":
        """Say where, in words.

        Raises:
            TextTooLong: it would not fit into one message.
        """
        place = place.strip() if place else ""
        if len(place) > TEXT_LIMIT // 5:
            raise TextTooLong(length=len(place), limit=TEXT_LIMIT // 5)
        return replace(self, place=place or None)

    def with_needed(self, needed: int) -> "Draft":
        """Say how many people are needed.

        Raises:
            BadNeeded: below one, or more than a neighbourhood has.
        """
        if not 1 <= needed <= NEEDED_LIMIT:
            raise BadNeeded(needed=needed, limit=NEEDED_LIMIT)
        return replace(self, needed=needed)

    def as_exercise(self) -> "Draft":
        """Make it an exercise, for good."""
        return replace(self, exercise=True)

    def to_dict(self) -> dict[str, Any]:
        """Give what a conversation stores, as JSON knows it."""
        return asdict(self) | {"team_codes": list(self.team_codes), "level": self.level.value}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Draft":
        """Read back what `to_dict` gave."""
        known = {"team_codes": tuple(stored["team_codes"]), "level": Level(stored["level"])}
        return cls(**{**stored, **known})


def draft_from_plan(plan: PlanView, *, area_id: int, text: str = "") -> Draft:
    """Begin a draft with what the plan prepared.

    Raises:
        TextTooLong: the text would not fit into one message.
    """
    draft = Draft(
        area_id=area_id, level=plan.level, team_codes=plan.teams, plan_code=plan.code, needed=plan.needed
    )
    return draft.with_text(text)
