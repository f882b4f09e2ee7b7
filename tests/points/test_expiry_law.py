"""Law: expiry by totals takes exactly what a book of lots would take, first in, first out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from memory import books_in_memory
from points_town import SHANGHAI

from points import (
    AccountKind,
    Posting,
    Run,
    TransferKind,
    community_account,
    expire,
    month_start,
    months_later,
    place_hold,
    post_one,
    release_hold,
    resident_account,
    reverse,
    standing,
    verify,
)

LIFE = 2  # months, so that a short story sees many of them end
AMOUNT = st.integers(1, 30)
PICK = st.integers(0, 9)


@dataclass
class Lot:
    month: str
    amount: int
    left: int


@dataclass
class Lots:
    """Points lot by lot: spending empties the oldest, giving back fills again what was emptied last."""

    lots: list[Lot] = field(default_factory=list)
    owed: int = 0

    @property
    def left(self) -> int:
        return sum(lot.left for lot in self.lots)

    def come(self, month: str, amount: int) -> Lot:
        lot = Lot(month, amount, amount)
        self.lots.append(lot)
        self.repay()
        return lot

    def repay(self) -> None:
        """Whatever is there pays first what is owed."""
        paid = min(self.owed, self.left)
        self.owed -= paid
        self.draw(paid)

    def draw(self, amount: int) -> None:
        for lot in self.lots:
            taken = min(amount, lot.left)
            lot.left -= taken
            amount -= taken
        assert not amount

    def give_back(self, amount: int) -> None:
        for lot in reversed(self.lots):
            filled = min(amount, lot.amount - lot.left)
            lot.left += filled
            amount -= filled
        assert not amount
        self.repay()

    def lose(self, lot: Lot, month: str) -> None:
        """Take back an award: what was spent of it is drawn from other lots, and what they lack is owed."""
        lacking = max(0, lot.amount - self.left)
        self.lots.append(Lot(month, lacking, lacking))
        self.owed += lacking
        spent = lot.amount - lot.left
        self.lots = [other for other in self.lots if other is not lot]
        self.draw(spent)

    def expire(self, month: str) -> int:
        gone = 0
        for lot in self.lots:
            if months_later(lot.month, LIFE) < month:
                gone, lot.left = gone + lot.left, 0
        return gone

    def next_to_go(self, now: str) -> tuple[int, str | None]:
        """What goes when the next month begins at which anything does."""
        ends = {max(months_later(lot.month, LIFE + 1), months_later(now, 1)) for lot in self.lots if lot.left}
        if not ends:
            return 0, None
        end = min(ends)
        return sum(lot.left for lot in self.lots if months_later(lot.month, LIFE) < end), end


class ExpiryStory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.session = books_in_memory()
        self.issued = community_account(self.session, AccountKind.ISSUED)
        self.used = community_account(self.session, AccountKind.REDEEMED)
        self.mine = resident_account(self.session, 1)
        self.now = datetime(2026, 1, 10, tzinfo=UTC)
        self.month = "2026-01"
        self.run = Run("2026-02")
        self.lots = Lots()
        self.awards: list[tuple[int, Lot]] = []
        self.spent: list[tuple[int, int, Lots]] = []  # with the book that it was drawn from
        self.holds: list[tuple[int, int, Lots]] = []
        self.count = 0

    def teardown(self) -> None:
        self.session.close()
        self.session.get_bind().engine.dispose()

    def key(self) -> str:
        self.count += 1
        return f"fact:{self.count}"

    def post(self, kind: TransferKind, debit: int, credit: int, amount: int) -> int:
        posting = Posting(key=self.key(), kind=kind, debit=debit, credit=credit, amount=amount)
        return post_one(self.session, posting, self.now, zone=SHANGHAI).transfer_id

    @rule(amount=AMOUNT)
    def earn(self, amount: int) -> None:
        award = self.post(TransferKind.AWARD, self.issued, self.mine, amount)
        self.awards.append((award, self.lots.come(self.month, amount)))

    @rule(amount=AMOUNT)
    def spend(self, amount: int) -> None:
        if amount <= self.lots.left:
            self.spent.append((self.post(TransferKind.GIFT, self.mine, self.used, amount), amount, self.lots))
            self.lots.draw(amount)

    @rule(amount=AMOUNT)
    def hold(self, amount: int) -> None:
        if amount <= self.lots.left:
            hold = place_hold(self.session, account=self.mine, amount=amount, key=self.key(), now=self.now)
            self.holds.append((hold, amount, self.lots))
            self.lots.draw(amount)

    @rule(pick=PICK)
    def let_go(self, pick: int) -> None:
        if self.holds:
            hold, amount, lots = self.holds.pop(pick % len(self.holds))
            release_hold(self.session, hold=hold, now=self.now)
            self.give_back(lots, amount)

    @rule(pick=PICK)
    def take_back_what_was_spent(self, pick: int) -> None:
        if self.spent:
            transfer, amount, lots = self.spent.pop(pick % len(self.spent))
            reverse(self.session, transfer_id=transfer, key=self.key(), now=self.now, zone=SHANGHAI)
            self.give_back(lots, amount)

    def give_back(self, lots: Lots, amount: int) -> None:
        lots.give_back(amount)

    @rule(pick=PICK)
    def take_back_an_award(self, pick: int) -> None:
        if not self.awards:
            return
        transfer, lot = self.awards[pick % len(self.awards)]
        reverse(self.session, transfer_id=transfer, key=self.key(), now=self.now, zone=SHANGHAI)
        self.awards.remove((transfer, lot))
        self.lots.lose(lot, self.month)

    @rule()
    def a_month_begins(self) -> None:
        self.month = months_later(self.month, 1)
        self.now = month_start(self.month, SHANGHAI)
        taken = 0
        while not self.run.over:
            step = expire(self.session, self.run, expire_months=LIFE, now=self.now, zone=SHANGHAI)
            self.run, taken = step.run, taken + step.points
        self.run = self.run.next
        assert taken == self.lots.expire(self.month)
        assert verify(self.session).problems == ()

    @invariant()
    def what_is_left_and_what_goes_next_are_those_of_the_lots(self) -> None:
        stands = standing(self.session, 1, self.now, SHANGHAI, expire_months=LIFE)
        points, month = self.lots.next_to_go(self.month)
        assert (stands.available, stands.owed) == (self.lots.left, self.lots.owed)
        assert stands.expiring == points
        assert stands.expiring_at == (month_start(month, SHANGHAI) if month else None)


settings.register_profile("expiry", max_examples=40, stateful_step_count=25, deadline=None, print_blob=True)
TestExpiryStory = ExpiryStory.TestCase
TestExpiryStory.settings = settings.get_profile("expiry")
pytestmark = pytest.mark.timeout(900)  # stories take long where many run beside them
