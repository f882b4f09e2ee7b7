"""What besides rule, version and minutes made an award's amount, so that it can be worked out again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from points.months import Per
from points.rules import ActivityRule, Cap, Part
from points.shelf import By


@dataclass(frozen=True)
class Inputs:
    """`percent` are the parts that applied, `cap` the cap that took some with what it had `left`.

    `budget` is that of a month, where it is less than the award; `earned_at` the moment of earning, where the
    points came later; `done_at` when the deed was done, where a window asked for it.
    """

    units: int = 0
    percent: Mapping[Part, int] = field(default_factory=dict)
    cap: Cap | None = None
    left: int | None = None
    budget: int | None = None
    done_at: datetime | None = None
    earned_at: datetime | None = None

    def worth(self, rule: ActivityRule, minutes: int) -> int:
        """Give what the deed is worth by these inputs, before any cap."""
        return rule.worth(minutes, self.units, self.percent.values())

    def amount(self, rule: ActivityRule, minutes: int) -> int:
        """Give what the award comes to by these inputs."""
        most = [limit for limit in (self.left, self.budget) if limit is not None]
        return max(0, min([self.worth(rule, minutes), *most]))

    def written(self, rule: ActivityRule, minutes: int) -> str:
        """Write them down: sorted keys, nothing that does not matter, no person."""
        said: dict[str, Any] = {
            "units": self.units or None,
            "percent": dict(self.percent) or None,
            "cap": {"points": self.cap.points, "per": self.cap.per, "by": self.cap.by} if self.cap else None,
            "left": self.left,
            "budget": self.budget,
            "done_at": _moment(self.done_at),
            "earned_at": _moment(self.earned_at),
        }
        if self.left is not None or self.budget is not None:
            said["worth"] = self.worth(rule, minutes)
        kept = {key: value for key, value in said.items() if value is not None}
        return json.dumps(kept, sort_keys=True, separators=(",", ":"))


NOTHING_MORE = Inputs()


def read_inputs(text: str | None) -> Inputs:
    """Read what was written; an award from before inputs were kept has none."""
    said = json.loads(text or "{}")
    cap = said.get("cap")
    return Inputs(
        units=said.get("units", 0),
        percent={part: said["percent"][part] for part in Part if part in said.get("percent", {})},
        cap=Cap(cap["points"], Per(cap["per"]), By(cap["by"])) if cap else None,
        left=said.get("left"),
        budget=said.get("budget"),
        done_at=_read(said.get("done_at")),
        earned_at=_read(said.get("earned_at")),
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
