"""Law: points that lie together are those of a book of lots, and keep their age when passed on."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from points_town import SHANGHAI
from sqlalchemy import select
from test_expiry_law import AMOUNT, PICK, ExpiryStory, Lot, Lots

from points import (
    Posting,
    TransferKind,
    live_together,
    own_account,
    post_one,
    resident_account,
    reverse,
)
from points.accounts import holdings
from points.models import purses
from points.purses import share

PEOPLE = (1, 2, 3)


@dataclass
class Purse(Lots):
    """The book of one purse, a lot for each month; who moves begins another, and this one passes on to it."""

    lacking: Counter[str] = field(default_factory=Counter)  # taken back here, though it had come in before

    def come(self, month: str, amount: int) -> Lot:
        """What comes after newer points were spent here fills them again, as if it had been spent before."""
        lot = self.lot_of(month)
        made_up = min(amount, self.lacking[month])
        self.lacking[month] -= made_up
        lot.amount += amount - made_up
        self.give_back(amount)
        return Lot(month, amount, amount)

    def take_back(self, month: str, amount: int) -> None:
        """Take back so much of what came in a month: what is not there any more is drawn from other lots."""
        left, lot = self.left - amount, self.lot_of(month)
        gone = min(amount, lot.amount)
        lot.amount -= gone
        lot.left = min(lot.left, lot.amount)
        self.lacking[month] += amount - gone
        self.draw(self.left - left)

    def pass_on(self, onto: "Purse") -> None:
        for lot in self.lots:
            if lot.left:
                onto.come(lot.month, lot.left)
                lot.amount, lot.left = lot.amount - lot.left, 0

    def lot_of(self, month: str) -> Lot:
        lot = next((lot for lot in self.lots if lot.month == month), None)
        if lot is None:
            lot = Lot(month, 0, 0)
            self.lots = sorted([*self.lots, lot], key=lambda lot: lot.month)
        return lot


class SharedStory(ExpiryStory):
    """The story of one account, told of three people who live together and move as a whole now and then."""

    lots: Purse

    def __init__(self) -> None:
        super().__init__()
        self.lots = Purse()

    @initialize(alone=st.integers(0, 30))
    def they_begin(self, alone: int) -> None:
        """They begin apart, one with something of their own, and move in together."""
        self.home = 1
        self.mine = own_account(self.session, 1)
        if alone:
            super().earn(alone)
            self.awards.clear()
        self.they_move()

    @rule()
    def they_move(self) -> None:
        self.home += 1
        live_together(self.session, household=str(self.home), residents=PEOPLE, now=self.now)
        self.mine = resident_account(self.session, 1)
        before, self.lots = self.lots, Purse()
        before.pass_on(self.lots)

    def give_back(self, lots: Lots, amount: int) -> None:
        """What becomes free where it was spent or set aside is passed on to where they live now."""
        lots.give_back(amount)
        if isinstance(lots, Purse) and lots is not self.lots:
            lots.pass_on(self.lots)

    @rule(amount=AMOUNT, pick=PICK)
    def earn(self, amount: int, pick: int = 0) -> None:
        who = own_account(self.session, PEOPLE[pick % len(PEOPLE)])
        posting = Posting(self.key(), TransferKind.AWARD, self.issued, who, amount)
        posted = post_one(self.session, posting, self.now, zone=SHANGHAI)
        share(self.session, [posting], self.now, zone=SHANGHAI)
        self.awards.append((posted.transfer_id, self.lots.come(self.month, amount)))

    @rule(pick=PICK)
    def take_back_an_award(self, pick: int) -> None:
        """What is lacking is owed by who earned it, which is no matter of these lots."""
        if self.awards and self.awards[pick % len(self.awards)][1].amount <= self.lots.left:
            transfer, lot = self.awards.pop(pick % len(self.awards))
            reverse(self.session, transfer_id=transfer, key=self.key(), now=self.now, zone=SHANGHAI)
            self.lots.take_back(lot.month, lot.amount)

    @invariant()
    def nothing_stays_where_it_is_passed_on(self) -> None:
        numbers = list(self.session.execute(select(purses.c.account)).scalars())
        assert not any(held.available for held in holdings(self.session, numbers).values())


def test_what_was_spent_before_a_move_comes_back_as_old_as_it_was() -> None:
    """It is not as in one purse, where younger points spent since would be filled again first."""
    story = SharedStory()
    try:
        story.they_begin(0)
        for _ in range(2):
            story.earn(5)
            story.spend(5)
            story.they_move()
            story.a_month_begins()
        story.take_back_what_was_spent(0)
        story.what_is_left_and_what_goes_next_are_those_of_the_lots()
        assert [(lot.month, lot.left) for lot in story.lots.lots if lot.left] == [("2026-01", 5)]
    finally:
        story.teardown()


settings.register_profile(
    "purses",
    max_examples=45,
    stateful_step_count=25,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestSharedStory = SharedStory.TestCase
TestSharedStory.settings = settings.get_profile("purses")
pytestmark = pytest.mark.timeout(900)  # stories take long where many run beside them
