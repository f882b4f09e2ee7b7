"""What a deed asks of the ledger: who did how much of what, when, and whose groups it counts for."""

from dataclasses import dataclass, replace

from points.claims import Deserved
from points.deeds.models import Deed
from points.posting import NO_GROUPS, Groups
from points.sharing import ALONE, Shared


@dataclass(frozen=True)
class Facts:
    """What an award to somebody depends on: their groups, year of birth and areas, innermost first.

    `shared` is what counts for their household besides its own.
    """

    groups: Groups = NO_GROUPS
    birth_year: int | None = None
    areas: tuple[str, ...] = ()
    shared: Shared = ALONE


NO_FACTS = Facts()


def deserved_by(found: Deed, facts: Facts) -> Deserved:
    """Say what is deserved for a deed; it was done when it was claimed, however late it is verified."""
    return Deserved(
        resident_id=found.resident or 0,
        key=f"deed:{found.id}",
        groups=replace(facts.groups, team=found.team),
        minutes=found.minutes or 0,
        units=found.units or 0,
        birth_year=facts.birth_year,
        areas=facts.areas,
        done_at=found.at,
        shared=facts.shared,
    )
