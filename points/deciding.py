"""Decides postings on a book, each exactly and in order: refused with a reason, posted before, or entered."""

from collections.abc import Sequence

from points.effects import Aside, Book, Freed, Line
from points.errors import (
    AlreadyReversed,
    BadAmount,
    HoldEnded,
    HoldExceeded,
    HoldLapsed,
    KeyConflict,
    LinkRefused,
    NotEnoughPoints,
    NothingToReverse,
    PointsError,
    ReservedKey,
    SameAccount,
    UnknownAccount,
)
from points.models import DebtStep, HoldState, TransferKind
from points.postings import MOST, NO_GROUPS, Posting, Refused, content, fingerprint

# Keys of the transfers that the ledger makes by itself.
OWED, REPAID, REPAID_FREED = "owe:", "repay:", "repay-hold:"
_RESERVED = (OWED, REPAID, REPAID_FREED)

Decision = Refused | bool  # True where the key was known already


def decide(book: Book, postings: Sequence[Posting]) -> list[Decision]:
    """Enter postings into the book; say of each whether it was refused, or known already.

    Those of one link are decided where its first one stands.
    """
    links = _links(postings)
    if not links:
        return [_one(book, posting) for posting in postings]
    decisions: dict[int, Decision] = {}
    for place, posting in enumerate(postings):
        if place not in decisions:
            places = [place] if posting.link is None else links[posting.link]
            together = [postings[each] for each in places]
            decided = [_one(book, posting)] if len(together) == 1 else _together(book, together)
            decisions.update(zip(places, decided, strict=True))
    return [decisions[place] for place in range(len(postings))]


def uncovered(book: Book, account: int, amount: int) -> PointsError | None:
    """Say whether an account lacks an amount, after what can only lapse has lapsed."""
    available = book.available.get(account)
    if available is None or available >= amount:
        return None
    for hold in book.overdue(account):
        if hold.id not in book.ended:
            free(book, Freed(hold, HoldState.LAPSED))
    if book.available[account] >= amount:
        return None
    return NotEnoughPoints(available=book.available[account], price=amount)


def not_open(book: Book, hold_id: int) -> PointsError | None:
    """Say why a hold is not open any more, if it is not."""
    hold = book.holds.get(hold_id)
    if hold is None or hold.state is not HoldState.OPEN or hold_id in book.ended:
        return HoldEnded(hold_id)
    return HoldLapsed(hold_id, hold.lapses_at) if hold.lapses_at and hold.lapses_at <= book.now else None


def free(book: Book, freed: Freed) -> None:
    """Make what was held available again, to whom owes nothing."""
    book.do(freed)
    _repay(book, freed.hold.account, f"{REPAID_FREED}{freed.hold.id}")


def bad_amount(amount: int) -> PointsError | None:
    whole = isinstance(amount, int) and not isinstance(amount, bool)
    return None if whole and 0 < amount <= MOST else BadAmount(amount, MOST)


def bad_shape(posting: Posting) -> PointsError | None:
    """Say what is wrong with a posting whatever the books say."""
    reason = bad_amount(posting.amount)
    if reason is not None:
        return reason
    if posting.debit == posting.credit:
        return SameAccount(posting.debit)
    return ReservedKey(posting.key) if posting.key.startswith(_RESERVED) else None


def _links(postings: Sequence[Posting]) -> dict[str, list[int]]:
    links: dict[str, list[int]] = {}
    for place, posting in enumerate(postings):
        if posting.link is not None:
            links.setdefault(posting.link, []).append(place)
    return links


def _together(book: Book, postings: Sequence[Posting]) -> list[Decision]:
    """Decide postings of one link: all are entered, all were before, or none is."""
    mark = len(book.effects)
    known = [posting.key in book.known for posting in postings]
    decided: list[Decision] = []
    for posting in postings:
        decided.append(_one(book, posting))
        if isinstance(decided[-1], Refused):
            break
    failed = next((place for place, one in enumerate(decided) if isinstance(one, Refused)), None)
    if failed is None and len(set(known)) == 1:
        return decided
    book.back_to(mark)
    # Without a refusal some keys were known and others were not: what is new has missed its company.
    culprit = known.index(True) if failed is None else failed
    missed = Refused(LinkRefused(postings[culprit].key))
    kept = [known[place] or place == failed for place in range(len(decided))]
    return [decided[place] if place < len(kept) and kept[place] else missed for place in range(len(postings))]


def _one(book: Book, posting: Posting) -> Decision:
    mark = fingerprint(posting)
    first = book.known.get(posting.key)
    if first is not None:
        if first.fingerprint == mark:
            return True
        shown = content(first.posting) if first.posting else book.first_content(posting.key)
        return Refused(KeyConflict(posting.key, shown, content(posting)))
    reason = bad_shape(posting) or _objection(book, posting)
    if reason is not None:
        return Refused(reason)
    _enter(book, posting, mark)
    return False


def _objection(book: Book, posting: Posting) -> PointsError | None:
    mends = posting.kind is TransferKind.REVERSAL or posting.reverses is not None
    reason = _irreversible(book, posting) if mends else None
    if reason is not None:
        return reason
    unknown = _unknown(book, posting)
    if unknown is not None:
        return UnknownAccount(unknown)
    if mends:
        return None  # covered in any case: what is lacking is owed
    if posting.hold is not None:
        return _uncapturable(book, posting, posting.hold)
    return uncovered(book, posting.debit, posting.amount)


def _unknown(book: Book, posting: Posting) -> int | None:
    if not book.has_account(posting.debit):
        return posting.debit
    floored = posting.onto_hold is not None  # nothing can be set aside where there is no floor
    there = posting.credit in book.available if floored else book.has_account(posting.credit)
    return None if there else posting.credit


def _uncapturable(book: Book, posting: Posting, hold_id: int) -> PointsError | None:
    reason = not_open(book, hold_id)
    if reason is not None:
        return reason
    hold = book.holds[hold_id]
    if hold.account != posting.debit:
        return HoldEnded(hold_id)
    return HoldExceeded(hold_id, hold.amount, posting.amount) if posting.amount > hold.amount else None


def _irreversible(book: Book, posting: Posting) -> PointsError | None:
    original = book.originals.get(posting.reverses or 0)
    if original is None or posting.kind is not TransferKind.REVERSAL or posting.hold is not None:
        return NothingToReverse(posting.reverses or 0)
    if original.kind is TransferKind.REVERSAL or original.debt is not None:
        return NothingToReverse(original.id)
    if original.id in book.reversed_by:
        return AlreadyReversed(original.id, book.reversed_by[original.id])
    mirrored = (original.credit, original.debit, original.amount)
    return (
        None if mirrored == (posting.debit, posting.credit, posting.amount) else NothingToReverse(original.id)
    )


def _enter(book: Book, posting: Posting, mark: bytes) -> None:
    if posting.reverses is None:
        book.do(Line(posting, mark, posting.month or book.month, posting.groups))
    else:
        original = book.originals[posting.reverses]
        _owe(book, posting)
        book.do(Line(posting, mark, original.month, original))
    if posting.onto_hold is not None:
        book.do(Aside(posting.onto_hold, posting.credit, posting.amount))
    if book.owed:
        _repay(book, posting.credit, f"{REPAID}{posting.key}")
        if posting.hold is not None:
            _repay(book, posting.debit, f"{REPAID_FREED}{posting.hold}")


def _owe(book: Book, reversal: Posting) -> None:
    """Note as owed what a reversal takes back beyond what is available, so that it can be taken."""
    if uncovered(book, reversal.debit, reversal.amount) is not None:
        lacking = reversal.amount - book.available[reversal.debit]
        debt = book.debt_of(reversal.debit)
        noted = Posting(
            f"{OWED}{reversal.key}", TransferKind.SETTLEMENT, debt, reversal.debit, lacking, NO_GROUPS
        )
        book.do(Line(noted, fingerprint(noted), book.month, NO_GROUPS, DebtStep.OWED))


def _repay(book: Book, account: int, key: str) -> None:
    """Pay back what became available, as far as it is owed, in a transfer of its own."""
    amount = min(book.owed.get(account, 0), book.available.get(account, 0))
    if amount > 0:
        repaid = Posting(key, TransferKind.SETTLEMENT, account, book.debt_of(account), amount, NO_GROUPS)
        book.do(Line(repaid, fingerprint(repaid), book.month, NO_GROUPS, DebtStep.REPAID))
