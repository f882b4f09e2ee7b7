"""Whose redemptions count for a limit: one's own, one's household's, and of those one lately lived with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session

from points.accounts import find_accounts
from points.models import AccountKind
from points.rewards import Limit
from points.shelf import By, redemptions


@dataclass(frozen=True)
class Shared:
    """What counts for a household besides its own: nobody gets a second share by moving in or out.

    `left` are households that people of this one left, and until when what those have counts here; `parted`
    are residents who left this household lately.
    """

    left: Mapping[str, datetime] = field(default_factory=dict)
    parted: tuple[int, ...] = ()


ALONE = Shared()


def counted(
    session: Session, limit: Limit, account: int, household: str | None, shared: Shared
) -> ColumnElement[bool]:
    """Give the condition on redemptions that count for this limit."""
    if limit.by is By.RESIDENT or household is None:
        return redemptions.c.account == account
    parted = find_accounts(session, AccountKind.RESIDENT, [str(one) for one in shared.parted])
    left = [
        and_(redemptions.c.household == key, redemptions.c.at <= until) for key, until in shared.left.items()
    ]
    return or_(
        redemptions.c.account.in_([account, *parted.values()]), redemptions.c.household == household, *left
    )
