"""Reversing a transfer wherever its points are by now: where they came to, or passed on to a purse."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points import posting
from points.books import transfer
from points.postings import Posted
from points.purses import pass_on, recall


def reverse(
    session: Session,
    *,
    transfer_id: int,
    key: str,
    now: datetime,
    zone: ZoneInfo,
    onto_hold: str | None = None,
) -> Posted:
    """Mend a mistake, as `posting.reverse` does, also where points lie together.

    What is left of a reversed award comes back from the purse it was passed on to; what is not there any
    more is owed by who earned it, wherever they live. What a reversal gives back goes to the purse.

    Raises:
        NothingToReverse: there is no such transfer, or it is a reversal or about a debt itself.
        AlreadyReversed: it was reversed before, under another key.
    """
    recall(session, transfer_id, now)
    mirror = posting.reverse(
        session, transfer_id=transfer_id, key=key, now=now, zone=zone, onto_hold=onto_hold
    )
    original = transfer(session, transfer_id)
    if original is not None and not mirror.replayed:
        pass_on(session, [original.debit], now)
    return mirror
