"""Whose redemptions count for a limit: one's own, one's household's, and what earlier households had used."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from points.rewards import Limit
from points.shelf import By, redemptions


def counted(
    limit: Limit, account: int, household: str | None, left: Mapping[str, datetime]
) -> ColumnElement[bool]:
    """Give the condition on redemptions; `left` are households that people of this one left, and when.

    What was used by then stays used: nobody gets a second share by moving in or out.
    """
    own = redemptions.c.account == account
    if limit.by is By.RESIDENT or household is None:
        return own
    before = [and_(redemptions.c.household == key, redemptions.c.at <= at) for key, at in left.items()]
    return or_(own, redemptions.c.household == household, *before)
