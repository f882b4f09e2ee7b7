"""What an award came to, as its reader wants to know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import prod

from points.activities import VersionedRule
from points.posting import Posted
from points.rules import Part
from points.worth import Decision


@dataclass(frozen=True)
class Awarded:
    """What an award came to; `balance` is what is available now.

    `capped` says that a cap or limit took some or all of it, until `capped_until`; `outside` that it was not
    the time for it, until `opens_at`. With `waiting_until` the month's budget is used up, and the amount
    comes then. `percent` are the parts of the multiplier that applied.
    """

    resident_id: int
    activity: str
    names: Mapping[str, str]
    amount: int
    balance: int
    transfer_id: int | None
    replayed: bool
    capped: bool
    capped_until: datetime | None = None
    waiting_until: datetime | None = None
    outside: bool = False
    opens_at: datetime | None = None
    percent: Mapping[Part, int] = field(default_factory=dict)

    @property
    def first_time(self) -> bool:
        """Whether it was more for being the first time."""
        return Part.FIRST in self.percent

    @property
    def times(self) -> str:
        """How many times it was, as people write it: 1.5, 2, 2.34 (rounded down)."""
        whole, rest = divmod(self._whole_percent, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")

    @property
    def _whole_percent(self) -> int:
        return int(100 * prod(self.percent.values()) // 100 ** len(self.percent))


def awarded(
    resident_id: int,
    rule: VersionedRule,
    decision: Decision,
    *,
    balance: int,
    posted: Posted | None = None,
    waiting_until: datetime | None = None,
    replayed: bool = False,
) -> Awarded:
    """Put together what the reader of an award wants to know."""
    return Awarded(
        resident_id=resident_id,
        activity=rule.rule.code,
        names=rule.rule.names,
        amount=decision.amount,
        balance=balance,
        transfer_id=posted.transfer_id if posted else None,
        replayed=posted.replayed if posted else replayed,
        capped=decision.capped,
        capped_until=decision.until if decision.capped else None,
        waiting_until=waiting_until,
        outside=decision.outside,
        opens_at=decision.until if decision.outside else None,
        percent=decision.inputs.percent,
    )
