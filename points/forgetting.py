"""Forgetting a resident: codes, complaints and waiting end, and the account stays, nameless."""

from datetime import datetime

from sqlmodel import Session

from points import accounts
from points.disputes import ComplaintLeft, leave_open
from points.lookup import waiting_codes
from points.nothing import drop_nothing
from points.purses import is_shared
from points.redemptions import Cancelled, cancel
from points.waiting import drop_waiting
from points.waiting_line import LeftLine, stop_waiting, waits_of
from points.wrong_codes import forget_wrong_codes


def forget_owner(
    session: Session, resident_id: int, now: datetime
) -> tuple[Cancelled | LeftLine | ComplaintLeft, ...]:
    """Take a resident's name off the ledger; give what was given back or ended, for others to hear.

    What lies together with others' points stays theirs.
    """
    cancelled = tuple(
        cancel(session, redemption_id=view.redemption_id, resident_id=resident_id, now=now)
        for view in waiting_codes(session, resident_id)
    )
    left = tuple(
        stop_waiting(session, resident_id=resident_id, reward_id=reward_id)
        for reward_id in waits_of(session, resident_id)
    )
    forget_wrong_codes(session, resident_id=resident_id)
    complaints = leave_open(session, resident_id, now)
    account = accounts.find_own_account(session, resident_id)
    if account is not None:
        purse = accounts.purse_of(session, account)
        accounts.lock(session, [account, purse])
        drop_waiting(session, account)
        drop_nothing(session, account)
        accounts.forget_owner(session, account)
        if not is_shared(session, purse):
            accounts.forget_owner(session, purse)
    return *cancelled, *left, *complaints
