"""Laws of gifts: nothing gets younger by being given, limits of the month hold, nothing is earned by it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from ledger_asked import SHANGHAI, award_of, held
from memory import books_in_memory
from sqlalchemy import select

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
    verify,
)
from points.errors import NotEnoughPoints
from points.gift_errors import GivenEnough, NotEnoughToGive, ReceivedEnough
from points.gifts import GiftLimits, Receiver, give
from points.models import monthly_totals, transfers

pytestmark = pytest.mark.timeout(900)  # stories take long where many run beside them

LIFE = 2  # months
LIMITS = GiftLimits(give=40, receive=60)
PEOPLE = (1, 2, 3)
WHO, AMOUNT, PICK = st.sampled_from(PEOPLE), st.integers(1, 30), st.integers(0, 9)


class GiftStory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.session = books_in_memory()
        self.used = community_account(self.session, AccountKind.REDEEMED)
        self.now = datetime(2026, 1, 10, tzinfo=UTC)
        self.month = "2026-01"
        self.run = Run("2026-02")
        self.came: Counter[str] = Counter()  # by month: what was earned, or noted as owed
        self.awards: list[int] = []
        self.gifts: list[str] = []
        self.holds: list[int] = []
        self.gave: Counter[tuple[str, int]] = Counter()
        self.got: Counter[tuple[str, int]] = Counter()
        self.earned = 0
        self.count = 0

    def teardown(self) -> None:
        """Let time pass in which nothing comes in: gifts keep nothing alive."""
        for last in range(LIFE + 1):
            for giver, taker in ((1, 2), (2, 3), (3, 1)):
                self.gift(giver, taker, 1 + last)
            self.a_month_begins()
            self.lets_everything_go()
        self.a_month_begins()
        assert [held(self.session, who).available for who in PEOPLE] == [0, 0, 0]
        self.session.close()
        self.session.get_bind().engine.dispose()

    def key(self) -> str:
        self.count += 1
        return f"fact:{self.count}"

    def lets_everything_go(self) -> None:
        while self.holds:
            release_hold(self.session, hold=self.holds.pop(), now=self.now)

    @rule(who=WHO, amount=AMOUNT)
    def earn(self, who: int, amount: int) -> None:
        posting = award_of(self.session, who, amount, self.key())
        self.awards.append(post_one(self.session, posting, self.now, zone=SHANGHAI).transfer_id)
        self.came[self.month] += amount
        self.earned += amount

    @rule(who=WHO, amount=AMOUNT)
    def spend(self, who: int, amount: int) -> None:
        mine = resident_account(self.session, who)
        posting = Posting(self.key(), TransferKind.SETTLEMENT, mine, self.used, amount)
        with suppress(NotEnoughPoints):
            post_one(self.session, posting, self.now, zone=SHANGHAI)

    @rule(who=WHO, amount=AMOUNT)
    def hold(self, who: int, amount: int) -> None:
        account = resident_account(self.session, who)
        with suppress(NotEnoughPoints):
            self.holds.append(
                place_hold(self.session, account=account, amount=amount, key=self.key(), now=self.now)
            )

    @rule(pick=PICK)
    def let_go(self, pick: int) -> None:
        if self.holds:
            release_hold(self.session, hold=self.holds.pop(pick % len(self.holds)), now=self.now)

    @rule(giver=WHO, taker=WHO, amount=AMOUNT)
    def gift(self, giver: int, taker: int, amount: int) -> None:
        if giver == taker:
            return
        key, both = self.key(), held(self.session, giver).available + held(self.session, taker).available
        owed = held(self.session, taker).owed
        with suppress(NotEnoughToGive, GivenEnough, ReceivedEnough):
            done = self.gives(key, giver, taker, amount)
            assert done.balance + done.received == both - min(owed, amount)
            assert done == self.gives(key, giver, taker, amount, new=False)
            self.gifts.append(key)
            self.gave[self.month, giver] += amount
            self.got[self.month, taker] += amount

    def gives(self, key: str, giver: int, taker: int, amount: int, *, new: bool = True) -> Any:
        done = give(
            self.session,
            key=key,
            giver_id=giver,
            to=Receiver(taker),
            amount=amount,
            limits=LIMITS,
            now=self.now,
            zone=SHANGHAI,
        )
        assert done.new is new
        return done if new else type(done)(**{**vars(done), "new": True})

    @rule(pick=PICK)
    def take_back_an_award(self, pick: int) -> None:
        if self.awards:
            self.takes_back(self.awards.pop(pick % len(self.awards)), real=True)

    @rule(pick=PICK)
    def take_back_a_gift(self, pick: int) -> None:
        if self.gifts:
            for transfer in self.parts(self.gifts.pop(pick % len(self.gifts))):
                self.takes_back(transfer, real=False)

    def parts(self, key: str) -> list[int]:
        found = self.session.connection().execute(select(transfers.c.id).where(transfers.c.link == key))
        return list(found.scalars())

    def takes_back(self, transfer: int, *, real: bool) -> None:
        before = sum(held(self.session, who).owed for who in PEOPLE)
        row = self.session.connection().execute(select(transfers).where(transfers.c.id == transfer)).one()
        reverse(self.session, transfer_id=transfer, key=self.key(), now=self.now, zone=SHANGHAI)
        self.came[self.month] += max(0, sum(held(self.session, who).owed for who in PEOPLE) - before)
        if real:
            self.earned -= row.amount
        else:
            giver, taker = self.owner(row.debit), self.owner(row.credit)
            self.gave[self.month_of(row), giver] -= row.amount
            self.got[self.month_of(row), taker] -= row.amount
            self.came[self.month] += row.amount  # what was noted as owed may be repaid at once

    def owner(self, account: int) -> int:
        return next(who for who in PEOPLE if resident_account(self.session, who) == account)

    def month_of(self, row: Any) -> str:
        return f"{row.at.astimezone(SHANGHAI):%Y-%m}"

    @rule()
    def a_month_begins(self) -> None:
        self.month = months_later(self.month, 1)
        self.now = month_start(self.month, SHANGHAI)
        while not self.run.over:
            self.run = expire(self.session, self.run, expire_months=LIFE, now=self.now, zone=SHANGHAI).run
        self.run = self.run.next
        young = sum(amount for month, amount in self.came.items() if months_later(month, LIFE) >= self.month)
        assert sum(held(self.session, who).available for who in PEOPLE) <= young
        assert verify(self.session).problems == ()

    @invariant()
    def nobody_gives_or_gets_more_than_a_month_allows(self) -> None:
        assert all(amount <= LIMITS.give for amount in self.gave.values())
        assert all(amount <= LIMITS.receive for amount in self.got.values())

    @invariant()
    def only_awards_are_earned(self) -> None:
        assert sum(self.on_the_boards()) == self.earned

    def on_the_boards(self) -> Iterator[int]:
        query = select(monthly_totals.c.earned).where(monthly_totals.c.group_kind == "resident")
        return iter(self.session.connection().execute(query).scalars())


settings.register_profile("gifts", max_examples=40, stateful_step_count=25, deadline=None, print_blob=True)
TestGiftStory = GiftStory.TestCase
TestGiftStory.settings = settings.get_profile("gifts")
