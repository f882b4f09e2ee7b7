"""However things go on at the shops, their settlements add up to what was handed over and not given back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from memory import books_in_memory
from points_town import GARDEN, SHANGHAI, Town

from points import (
    COMMUNITY,
    AccountKind,
    By,
    Limit,
    Per,
    PointsError,
    Redeemed,
    RewardOffer,
    SponsorEntry,
    Terms,
    community_account,
    month_of,
    month_start,
    months_later,
    open_account,
    synchronise_activities,
    synchronise_rewards,
    total,
    verify,
)
from points.shops import dispute, give_points_back, settle_every_shop, settlement, uphold_handover

SHOPS = ("baker", "grocer")
OFFERS = [
    RewardOffer("bread", {"*": "Bread"}, 30, "baker", 40, terms=Terms(cost_fen=700, payer=COMMUNITY)),
    RewardOffer("cake", {"*": "Cake"}, 50, "baker", 40, terms=Terms(cost_fen=1999, payer="mill")),
    RewardOffer("rice", {"*": "Rice"}, 90, "grocer", 40, terms=Terms(cost_fen=2500, payer="mill")),
    RewardOffer("salt", {"*": "Salt"}, 10, "grocer", 40, limit=Limit(9, Per.EVER, By.RESIDENT)),
]
BUDGET = 8_000
PICK = st.integers(0, 30)


@dataclass
class Fetched:
    redeemed: Redeemed
    offer: RewardOffer
    fen: int
    at: datetime
    returned: bool = False

    @property
    def number(self) -> int:
        return self.redeemed.redemption_id

    @property
    def code(self) -> str:
        return self.redeemed.code

    @property
    def shop(self) -> str:
        return self.offer.merchant

    @property
    def points(self) -> int:
        return self.offer.price


class Story(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.session = books_in_memory()
        self.town = Town(self.session)
        synchronise_activities(self.session, [GARDEN], self.town.now)
        mill = SponsorEntry("mill", {"*": "Mill"}, budget_fen=BUDGET)
        synchronise_rewards(self.session, OFFERS, [], self.town.now, [mill])
        self.first = month_of(self.town.now, SHANGHAI)
        self.unsettled = self.first
        self.fetched: list[Fetched] = []
        self.codes: list[tuple[Redeemed, RewardOffer]] = []

    def teardown(self) -> None:
        self.session.close()
        self.session.get_bind().engine.dispose()

    def attempt(self, act: Callable[[], Any]) -> Any:
        """Do an act as one unit of work, or leave everything as it was."""
        try:
            with self.session.begin_nested():
                return act()
        except PointsError:
            return None

    @rule()
    def earn(self) -> None:
        self.attempt(lambda: self.town.earns(1))

    @rule(which=st.sampled_from(OFFERS))
    def redeem(self, which: RewardOffer) -> None:
        redeemed = self.attempt(lambda: self.town.redeems(1, which.code))
        if redeemed is not None:
            self.codes.append((redeemed, which))

    @rule(pick=PICK)
    def fetch(self, pick: int) -> None:
        if not self.codes:
            return
        redeemed, which = self.codes.pop(pick % len(self.codes))
        if self.attempt(lambda: self.town.hands_over(redeemed.code)) is None:
            return
        fen = which.terms.cost_fen or 0
        one = Fetched(redeemed, which, fen, self.town.now)
        self.fetched.append(one)

    @rule(pick=PICK)
    def undo(self, pick: int) -> None:
        if self.fetched:
            one = self.fetched[pick % len(self.fetched)]
            if self.attempt(lambda: self.town.undoes(one.code)) is not None:
                self.fetched.remove(one)
                self.codes.append((one.redeemed, one.offer))

    @rule(pick=PICK, received=st.booleans())
    def complain(self, pick: int, received: bool) -> None:
        if not self.fetched:
            return
        one, now = self.fetched[pick % len(self.fetched)], self.town.now
        said = self.attempt(lambda: dispute(self.session, redemption_id=one.number, resident_id=1, now=now))
        if said is None:
            return
        if received:
            uphold_handover(self.session, dispute_id=said.dispute_id, decided_by=2, now=now)
        else:
            give_points_back(self.session, dispute_id=said.dispute_id, decided_by=2, now=now, zone=SHANGHAI)
            one.returned = True

    @rule(days=st.sampled_from((0, 1, 9, 20, 45)))
    def time_passes_and_months_are_settled(self, days: int) -> None:
        self.town.passes(days=days, minutes=3)
        while month_start(months_later(self.unsettled, 1), SHANGHAI) <= self.town.now:
            for _ in range(2):
                settle_every_shop(self.session, month=self.unsettled, now=self.town.now, zone=SHANGHAI)
            self.unsettled = months_later(self.unsettled, 1)

    @invariant()
    def the_books_agree(self) -> None:
        assert verify(self.session).problems == ()

    @invariant()
    def settlements_add_up_to_what_was_had_and_kept(self) -> None:
        for shop in SHOPS:
            months = [self.first]
            while months[-1] < self.unsettled:
                months.append(months_later(months[-1], 1))
            views = [settlement(self.session, merchant=shop, month=month, zone=SHANGHAI) for month in months]
            mine = [one for one in self.fetched if one.shop == shop and not one.returned]
            assert sum(view.points for view in views) == sum(one.points for one in mine)
            assert sum(view.due_fen for view in views) == sum(one.fen for one in mine)
            counted = sum(view.handed_over - view.corrections for view in views)
            assert counted == len(mine)

    @invariant()
    def no_sponsor_owes_more_than_its_budget_for_any_month(self) -> None:
        months = [self.first]
        while months[-1] < month_of(self.town.now, SHANGHAI):
            months.append(months_later(months[-1], 1))
        for month in months:
            views = [settlement(self.session, merchant=shop, month=month, zone=SHANGHAI) for shop in SHOPS]
            owed = [payer.cost_fen for view in views for payer in view.payers if payer.payer == "mill"]
            assert sum(owed) <= BUDGET

    @invariant()
    def a_shop_has_what_is_not_settled_and_the_community_the_rest(self) -> None:
        start = month_start(self.unsettled, SHANGHAI)
        held = 0
        for shop in SHOPS:
            has = total(self.session, open_account(self.session, AccountKind.MERCHANT, shop))
            fresh = [one for one in self.fetched if one.shop == shop and not one.returned and one.at >= start]
            assert has == sum(one.points for one in fresh)
            held += has
        redeemed = total(self.session, community_account(self.session, AccountKind.REDEEMED))
        assert redeemed + held == sum(one.points for one in self.fetched if not one.returned)


settings.register_profile("shops", max_examples=16, stateful_step_count=25, deadline=None, print_blob=True)
TestStory = Story.TestCase
TestStory.settings = settings.get_profile("shops")
pytestmark = pytest.mark.timeout(900)  # stories take long where many run beside them
