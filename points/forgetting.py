"""Forgetting a resident: codes that wait are given back, and the account stays, nameless."""

from datetime import datetime

from sqlmodel import Session

from points import accounts
from points.lookup import waiting_codes
from points.redemptions import Cancelled, cancel


def forget_owner(session: Session, resident_id: int, now: datetime) -> tuple[Cancelled, ...]:
    """Take a resident's name off the ledger; give the codes that were given back, for merchants to hear."""
    cancelled = tuple(
        cancel(session, redemption_id=view.redemption_id, resident_id=resident_id, now=now)
        for view in waiting_codes(session, resident_id)
    )
    accounts.forget_owner(session, resident_id)
    return cancelled
