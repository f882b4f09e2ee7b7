"""Who may never decide on a deed: whose it is, and who lives with them."""

from points.deeds.errors import OwnDeed
from points.deeds.models import Deed


def check_not_own(found: Deed, by: int, household: str | None) -> None:
    """Let somebody decide who has nothing to do with it.

    Raises:
        OwnDeed: it is their own, or of somebody who lived with them when it was claimed.
    """
    if found.resident == by:
        raise OwnDeed(household=False)
    if by in found.kin or (household is not None and found.household == household):
        raise OwnDeed(household=True)
