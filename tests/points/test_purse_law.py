"""Law: points that lie together, move as a whole and come back from hold are those of one book of lots."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from points_town import SHANGHAI
from sqlalchemy import select
from test_expiry_law import AMOUNT, PICK, ExpiryStory

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


class SharedStory(ExpiryStory):
    """The story of one account, told of three people who live together and move as a whole now and then."""

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
            self.lots.lose(lot, self.month)

    @invariant()
    def nothing_stays_where_it_is_passed_on(self) -> None:
        numbers = list(self.session.execute(select(purses.c.account)).scalars())
        assert not any(held.available for held in holdings(self.session, numbers).values())


settings.register_profile(
    "purses",
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestSharedStory = SharedStory.TestCase
TestSharedStory.settings = settings.get_profile("purses")
pytestmark = pytest.mark.timeout(900)  # stories take long where many run beside them
