"""The book that a batch is decided on: what was read, and the effects so far, to keep or to take back."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row

from points.models import DebtStep, GroupKind, HoldState, TransferKind
from points.postings import Groups, Posting

Share = tuple[str, str, str]  # month, kind of group, key: one row of the month totals
# As plain words, which hash and compare faster than members of an enumeration.
_RESIDENT, _HOUSEHOLD, _TEAM, _BUILDING, _GRID = (
    kind.value
    for kind in (
        GroupKind.RESIDENT,
        GroupKind.HOUSEHOLD,
        GroupKind.TEAM,
        GroupKind.BUILDING,
        GroupKind.GRID,
    )
)


class Effect(Protocol):
    """Something decided; done with a sign of +1, taken back with -1."""

    def on(self, book: "Book", sign: int) -> None: ...


@dataclass(slots=True)
class First:
    """The first transfer under a key: its id where it is in the database, its posting where it is not yet."""

    fingerprint: bytes
    transfer_id: int | None = None
    posting: Posting | None = None


@dataclass
class Book:
    """The state a batch decides on, kept up to date with every effect."""

    now: datetime
    month: str
    available: dict[int, int]  # of the accounts with a floor
    owed: dict[int, int]  # of the accounts that owe
    floorless: set[int]
    known: dict[str, First]
    holds: Mapping[int, Row[Any]]
    originals: Mapping[int, Row[Any]]  # what postings want to reverse
    reversed_by: dict[int, int | None]
    debt_of: Callable[[int], int]  # the account that keeps what an account owes
    overdue: Callable[[int], list[Row[Any]]]  # the open holds of an account that can only lapse
    first_content: Callable[[str], dict[str, object]]  # what the transfer under a key says
    effects: list[Effect] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)  # holds that are not open any more
    posted: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    held: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    owing: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    earned: defaultdict[Share, int] = field(default_factory=lambda: defaultdict(int))

    def has_account(self, account: int) -> bool:
        return account in self.available or account in self.floorless

    def do(self, effect: Effect) -> None:
        effect.on(self, 1)
        self.effects.append(effect)

    def back_to(self, mark: int) -> None:
        """Take back all effects but the first `mark`."""
        while len(self.effects) > mark:
            self.effects.pop().on(self, -1)

    def move(self, account: int, amount: int) -> None:
        if account in self.available:
            self.available[account] += amount
            self.posted[account] += amount

    def set_aside(self, account: int, amount: int) -> None:
        self.available[account] -= amount
        self.held[account] += amount


@dataclass(slots=True)
class Line:
    """A transfer that was decided."""

    posting: Posting
    fingerprint: bytes
    month: str
    groups: Groups | Row[Any]
    debt: DebtStep | None = None

    def on(self, book: Book, sign: int) -> None:
        posting = self.posting
        amount = sign * posting.amount
        book.move(posting.credit, amount)
        book.move(posting.debit, -amount)
        if posting.kind is TransferKind.AWARD:
            self._count(book, posting.credit, amount)
        elif posting.reverses is not None:
            self._mend(book, posting.reverses, sign)
        if posting.hold is not None:
            _end(book, book.holds[posting.hold], sign)
        if self.debt is not None:
            self._owe(book, amount)
        if sign > 0:
            book.known[posting.key] = First(self.fingerprint, posting=posting)
        else:
            del book.known[posting.key]

    def _mend(self, book: Book, original: int, sign: int) -> None:
        if sign > 0:
            book.reversed_by[original] = None
        else:
            del book.reversed_by[original]
        if book.originals[original].kind is TransferKind.AWARD:
            self._count(book, self.posting.debit, -sign * self.posting.amount)

    def _owe(self, book: Book, amount: int) -> None:
        noted = self.debt is DebtStep.OWED
        debtor, more = (self.posting.credit, amount) if noted else (self.posting.debit, -amount)
        book.owed[debtor] = book.owed.get(debtor, 0) + more
        book.owing[debtor] += more

    def _count(self, book: Book, earner: int, amount: int) -> None:
        """Count an award as earned, and a reversed award as not earned."""
        earned, month, groups = book.earned, self.month, self.groups
        earned[month, _RESIDENT, str(earner)] += amount
        if groups.household is not None:
            earned[month, _HOUSEHOLD, groups.household] += amount
        if groups.team is not None:
            earned[month, _TEAM, groups.team] += amount
        if groups.building is not None:
            earned[month, _BUILDING, groups.building] += amount
        if groups.grid is not None:
            earned[month, _GRID, groups.grid] += amount


@dataclass(frozen=True, slots=True)
class Aside:
    """Points set aside under a key of their own."""

    key: str
    account: int
    amount: int
    lapses_at: datetime | None = None

    def on(self, book: Book, sign: int) -> None:
        book.set_aside(self.account, sign * self.amount)


@dataclass(frozen=True, slots=True)
class Freed:
    """A hold that was released or has lapsed."""

    hold: Row[Any]
    state: HoldState

    def on(self, book: Book, sign: int) -> None:
        _end(book, self.hold, sign)


def _end(book: Book, hold: Row[Any], sign: int) -> None:
    """Make what was held available again; a capture has taken its part of it already."""
    (book.ended.add if sign > 0 else book.ended.discard)(hold.id)
    book.set_aside(hold.account, -sign * hold.amount)
