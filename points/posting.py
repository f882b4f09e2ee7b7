"""Posting: a batch of transfers, each decided exactly and in order, each account and month written once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points import books
from points.errors import (
    AlreadyReversed,
    BadAmount,
    HoldEnded,
    KeyConflict,
    NotEnoughPoints,
    NothingToReverse,
    PointsError,
    SameAccount,
    UnknownAccount,
)
from points.models import HoldState, TransferKind
from points.months import month_of

MOST = 10**12  # points in one transfer: far above any neighbourhood, far below what 64 bits can add up


@dataclass(frozen=True)
class Groups:
    """Who besides the resident earns: text keys, as they are at this moment; they are never changed later."""

    household: str | None = None
    team: str | None = None
    building: str | None = None
    grid: str | None = None


NO_GROUPS = Groups()


@dataclass(frozen=True)
class Posting:
    """One transfer to be: from `debit` to `credit`, under a key that comes from the fact it stands for.

    `hold` names the hold the points are taken from, `reverses` the transfer this one mends. `request` says
    what was asked for where that is less than the posting itself (an award's amount follows from its rule).
    """

    key: str
    kind: TransferKind
    debit: int
    credit: int
    amount: int
    groups: Groups = NO_GROUPS
    rule: str | None = None
    rule_version: int | None = None
    minutes: int | None = None
    hold: int | None = None
    reverses: int | None = None
    request: str | None = None


@dataclass(frozen=True)
class Posted:
    transfer_id: int
    replayed: bool


@dataclass(frozen=True)
class Refused:
    reason: PointsError


Outcome = Posted | Refused


def post(session: Session, postings: Sequence[Posting], now: datetime, *, zone: ZoneInfo) -> list[Outcome]:
    """Post transfers; give one outcome each, in order.

    A refused one changes nothing and does not stop the others. A key posts once, for ever: the same content
    again is answered with the first transfer, other content is refused with KeyConflict.
    """
    session.flush()
    book = books.open_book(session, postings)
    decided = [_decide(book, posting, now, zone) for posting in postings]
    ids = books.write(session, book, now)
    return [
        decision if isinstance(decision, Refused) else Posted(ids[posting.key], decision)
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


def reverse(session: Session, *, transfer_id: int, key: str, now: datetime, zone: ZoneInfo) -> Posted:
    """Mend a mistake: send a transfer's points back, counted in the month (and groups) it was counted in.

    Raises:
        NothingToReverse: there is no such transfer, or it is a reversal itself.
        AlreadyReversed: it was reversed before, under another key.
        NotEnoughPoints: they were spent since.
    """
    original = books.transfer(session, transfer_id)
    if original is None:
        raise NothingToReverse(transfer_id)
    mirror = Posting(
        key=key,
        kind=TransferKind.REVERSAL,
        debit=original.credit,
        credit=original.debit,
        amount=original.amount,
        reverses=transfer_id,
    )
    return post_one(session, mirror, now, zone=zone)


def request_hash(posting: Posting) -> bytes:
    """Give the fingerprint of what was asked for, to tell a repeated request from another one."""
    asked = posting.request or json.dumps(_content(posting), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(asked.encode()).digest()


def _decide(book: books.Book, posting: Posting, now: datetime, zone: ZoneInfo) -> Refused | bool:
    """Enter a posting into the book; say whether its key was known already."""
    fingerprint = request_hash(posting)
    first = book.known.get(posting.key)
    if first is not None:
        same = first["request_hash"] == fingerprint
        return same or Refused(KeyConflict(posting.key, _shown(first), _content(posting)))
    reason = _shape(posting) or _objection(book, posting)
    if reason is not None:
        return Refused(reason)
    book.enter(_row(book, posting, fingerprint, now, zone))
    return False


def _shape(posting: Posting) -> PointsError | None:
    if not 0 < posting.amount <= MOST:
        return BadAmount(posting.amount, MOST)
    return SameAccount(posting.debit) if posting.debit == posting.credit else None


def _objection(book: books.Book, posting: Posting) -> PointsError | None:
    for account in (posting.debit, posting.credit):
        if not book.has_account(account):
            return UnknownAccount(account)
    if posting.kind is TransferKind.REVERSAL or posting.reverses is not None:
        reason = _irreversible(book, posting)
        if reason is not None:
            return reason
    return _unheld(book, posting) if posting.hold is not None else _uncovered(book, posting)


def _uncovered(book: books.Book, posting: Posting) -> PointsError | None:
    available = book.available.get(posting.debit)
    if available is None or available >= posting.amount:
        return None
    return NotEnoughPoints(available=available, price=posting.amount)


def _unheld(book: books.Book, posting: Posting) -> PointsError | None:
    hold = book.holds.get(posting.hold or 0)
    fits = hold is not None and (hold.state, hold.account, hold.amount) == (
        HoldState.OPEN,
        posting.debit,
        posting.amount,
    )
    return None if fits and posting.hold not in book.captured else HoldEnded(posting.hold or 0)


def _irreversible(book: books.Book, posting: Posting) -> PointsError | None:
    original = book.originals.get(posting.reverses or 0)
    if original is None or posting.kind is not TransferKind.REVERSAL:
        return NothingToReverse(posting.reverses or 0)
    if original.kind is TransferKind.REVERSAL:
        return NothingToReverse(original.id)
    if original.id in book.reversed_by:
        return AlreadyReversed(original.id, book.reversed_by[original.id])
    mirrored = (original.credit, original.debit, original.amount)
    return (
        None if mirrored == (posting.debit, posting.credit, posting.amount) else NothingToReverse(original.id)
    )


def _row(
    book: books.Book, posting: Posting, fingerprint: bytes, now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    original = book.originals[posting.reverses] if posting.reverses is not None else None
    groups = original or posting.groups
    return {
        **{name: getattr(posting, name) for name in _OWN},
        **{name: getattr(groups, name) for name in _GROUPS},
        "request_hash": fingerprint,
        "at": now,
        "month": original.month if original else month_of(now, zone),
    }


_OWN = ("key", "kind", "debit", "credit", "amount", "rule", "rule_version", "minutes", "hold", "reverses")
_GROUPS = ("household", "team", "building", "grid")


def _content(posting: Posting) -> dict[str, object]:
    groups = {name: getattr(posting.groups, name) for name in _GROUPS}
    return {name: getattr(posting, name) for name in _OWN if name != "key"} | groups


def _shown(first: Mapping[str, Any]) -> dict[str, object]:
    return {name: first[name] for name in (*_OWN, *_GROUPS) if name != "key"}
