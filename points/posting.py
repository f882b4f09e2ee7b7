"""Posting: a batch of transfers, each decided exactly and in order, each account and month written once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points.alone import post_alone
from points.books import open_book, reach_of, transfer
from points.deciding import decide
from points.entering import write
from points.errors import LinkRefused, NothingToReverse
from points.models import TransferKind
from points.months import month_of
from points.postings import MOST, NO_GROUPS, Groups, Outcome, Posted, Posting, Refused

__all__ = [
    "MOST",
    "NO_GROUPS",
    "Groups",
    "Outcome",
    "Posted",
    "Posting",
    "Refused",
    "post",
    "post_linked",
    "post_one",
    "reverse",
]


def post(session: Session, postings: Sequence[Posting], now: datetime, *, zone: ZoneInfo) -> list[Outcome]:
    """Post transfers; give one outcome each, in order.

    A refused one changes nothing and does not stop the others, but for those of its link: they are refused
    with LinkRefused. A key posts once, for ever: the same content again is answered with the first transfer,
    other content is refused with KeyConflict. What comes to an account that owes repays first, in a transfer
    of its own.
    """
    if not postings:
        return []
    session.flush()
    month = month_of(now, zone)
    alone = post_alone(session, postings[0], now, month) if len(postings) == 1 else None
    if alone is not None:
        return [alone]
    book = open_book(session, reach_of(postings), now=now, month=month)
    decided = decide(book, postings)
    numbers = write(session, book)
    return [
        decision if isinstance(decision, Refused) else Posted(numbers[posting.key], decision)
        for posting, decision in zip(postings, decided, strict=True)
    ]


def post_one(session: Session, posting: Posting, now: datetime, *, zone: ZoneInfo) -> Posted:
    """Post one transfer.

    Raises:
        PointsError: why it was refused.
    """
    [outcome] = post(session, [posting], now, zone=zone)
    if isinstance(outcome, Refused):
        raise outcome.reason
    return outcome


def post_linked(
    session: Session, postings: Sequence[Posting], now: datetime, *, zone: ZoneInfo
) -> list[Posted]:
    """Post transfers together or not at all, linked by the key of the first.

    Raises:
        PointsError: why one of them was refused.
    """
    linked = [replace(posting, link=posting.link or postings[0].key) for posting in postings]
    outcomes = post(session, linked, now, zone=zone)
    refused = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    for reason in sorted(refused, key=lambda reason: isinstance(reason, LinkRefused)):
        raise reason
    return [outcome for outcome in outcomes if isinstance(outcome, Posted)]


def reverse(
    session: Session,
    *,
    transfer_id: int,
    key: str,
    now: datetime,
    zone: ZoneInfo,
    onto_hold: str | None = None,
) -> Posted:
    """Mend a mistake: send a transfer's points back, counted in the month (and groups) it was counted in.

    What is no longer available is noted as owed, and repaid by whatever comes later, also where it expired
    before: without lots nobody can say exactly what of it did. With `onto_hold` the points come back set
    aside, under that key.

    Raises:
        NothingToReverse: there is no such transfer, or it is a reversal or about a debt itself.
        AlreadyReversed: it was reversed before, under another key.
    """
    original = transfer(session, transfer_id)
    if original is None:
        raise NothingToReverse(transfer_id)
    mirror = Posting(
        key=key,
        kind=TransferKind.REVERSAL,
        debit=original.credit,
        credit=original.debit,
        amount=original.amount,
        reverses=transfer_id,
        onto_hold=onto_hold,
    )
    return post_one(session, mirror, now, zone=zone)
