"""Forgetting a resident: codes are given back, nothing comes later, and the account stays, nameless."""

from datetime import datetime

from sqlmodel import Session

from points import accounts
from points.lookup import waiting_codes
from points.redemptions import Cancelled, cancel
from points.waiting import drop_waiting


def forget_owner(session: Session, resident_id: int, now: datetime) -> tuple[Cancelled, ...]:
    """Take a resident's name off the ledger; give the codes that were given back, for merchants to hear."""
    cancelled = tuple(
        cancel(session, redemption_id=view.redemption_id, resident_id=resident_id, now=now)
        for view in waiting_codes(session, resident_id)
    )
    account = accounts.find_resident_account(session, resident_id)
    if account is not None:
        accounts.lock(session, [account])
        drop_waiting(session, account)
    accounts.forget_owner(session, resident_id)
    return cancelled
