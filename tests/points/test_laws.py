"""Laws 1 to 4 of the design, held after every step of any story."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from memory import books_in_memory
from points_town import CALLOUT, GARDEN, HAIRCUT, RICE, SHANGHAI, settle

from points import (
    AlreadyHandedOver,
    AlreadyReversed,
    CodeCancelled,
    CodeLapsed,
    KeyConflict,
    NotEnoughPoints,
    NotHandedOver,
    OutOfStock,
    PointsError,
    Redeemed,
    UndoTooLate,
    cancel,
    community_account,
    lapse,
    open_account,
    reverse,
    total,
    verify,
)
from points.models import AccountKind

PEOPLE = st.sampled_from((1, 2))
FACTS = st.integers(1, 4)
PICK = st.integers(0, 9)
ENDED: dict[str, type[PointsError]] = {
    "handed_over": AlreadyHandedOver,
    "lapsed": CodeLapsed,
    "cancelled": CodeCancelled,
}


@dataclass
class Code:
    redeemed: Redeemed
    state: str = "waiting"
    handed_over: Any = None

    def is_over(self, now: Any) -> bool:
        return bool(now >= self.redeemed.lapses_at)


@dataclass
class Model:
    """What should be, in a few plain values."""

    available: Counter[int] = field(default_factory=Counter)
    owed: Counter[int] = field(default_factory=Counter)
    issued: int = 0
    shop: int = 0
    awards: dict[str, Any] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    codes: list[Code] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return sum(code.state in {"waiting", "handed_over"} for code in self.codes)

    def gains(self, who: int, amount: int) -> None:
        """Let points come to somebody, who repays first; below zero they go, and what is lacking is owed."""
        figure = self.available[who] - self.owed[who] + amount
        self.available[who], self.owed[who] = max(figure, 0), max(-figure, 0)

    def held(self, who: int) -> int:
        mine = [code for code in self.codes if code.redeemed.resident_id == who and code.state == "waiting"]
        return RICE.price * len(mine)


class Story(RuleBasedStateMachine):
    """The real rules on a real SQLite database, one savepoint a unit as in the house, beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.session = books_in_memory()
        self.town = settle(self.session)
        # The limit has tests of its own.
        self.town.set_up(rules=[CALLOUT, GARDEN], offers=[replace(RICE, limit=None), HAIRCUT])
        self.rice = self.town.reward("rice")
        self.model = Model()

    def teardown(self) -> None:
        self.session.close()
        self.session.get_bind().engine.dispose()

    def attempt(self, act: Callable[[], Any], *, refused: type[PointsError] | None) -> Any:
        """Do an act as one unit of work; it must be refused exactly as the model says."""
        done, reason = None, None
        try:
            with self.session.begin_nested():
                done = act()
        except PointsError as error:
            reason = error
        assert (type(reason) if reason else None) is refused, reason
        return done

    @rule(who=PEOPLE, fact=FACTS)
    def award(self, who: int, fact: int) -> None:
        key = f"deed:{fact}:{who}"
        given = self.attempt(lambda: self.town.earns(who, key), refused=None)
        assert given.replayed == (key in self.model.awards)
        first = self.model.awards.setdefault(key, given)
        assert (given.transfer_id, given.amount) == (first.transfer_id, first.amount)
        if not given.replayed:
            self.model.gains(who, given.amount)
            self.model.issued += given.amount

    @rule(who=PEOPLE, fact=FACTS)
    def award_under_a_key_that_paid_another_deed(self, who: int, fact: int) -> None:
        key = f"deed:{fact}:{who}"
        if key in self.model.awards:
            self.attempt(lambda: self.town.earns(who, key, minutes=7), refused=KeyConflict)

    @rule(who=PEOPLE, fact=FACTS)
    def take_an_award_back(self, who: int, fact: int) -> None:
        key = f"deed:{fact}:{who}"
        first = self.model.awards.get(key)
        if first is None:
            return
        refused = AlreadyReversed if key in self.model.reversed else None
        again = f"mend:{key}:{len(self.model.reversed)}:{refused}"
        self.attempt(lambda: self._reverse(first.transfer_id, again), refused=refused)
        if refused is None:
            self.model.reversed.add(key)
            self.model.gains(who, -first.amount)
            self.model.issued -= first.amount

    @rule(who=PEOPLE)
    def redeem(self, who: int) -> None:
        short = self.model.available[who] < RICE.price
        refused = OutOfStock if self.model.kept == RICE.stock else NotEnoughPoints if short else None
        redeemed = self.attempt(lambda: self._redeem(who), refused=refused)
        if redeemed:
            self.model.codes.append(Code(redeemed))
            self.model.available[who] -= RICE.price
            assert redeemed.balance == self.model.available[who]

    @rule(pick=PICK)
    def hand_over(self, pick: int) -> None:
        if not self.model.codes:
            return
        code = self.model.codes[pick % len(self.model.codes)]
        late = CodeLapsed if code.is_over(self.town.now) else None
        refused = ENDED.get(code.state, late)
        self.attempt(lambda: self.town.hands_over(code.redeemed.code), refused=refused)
        if refused is None:
            code.state, code.handed_over = "handed_over", self.town.now
            self.model.shop += RICE.price

    @rule(pick=PICK)
    def undo(self, pick: int) -> None:
        if not self.model.codes:
            return
        code = self.model.codes[pick % len(self.model.codes)]
        refused: type[PointsError] | None = None
        if code.state != "handed_over":
            refused = NotHandedOver
        elif (self.town.now - code.handed_over).total_seconds() > 600:
            refused = UndoTooLate
        self.attempt(lambda: self.town.undoes(code.redeemed.code), refused=refused)
        if refused is None:
            code.state = "waiting"
            self.model.shop -= RICE.price

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        if not self.model.codes:
            return
        code = self.model.codes[pick % len(self.model.codes)]
        refused = ENDED.get(code.state)
        self.attempt(lambda: self._cancel(code), refused=refused)
        if refused is None:
            self._give_back(code, "cancelled")

    @rule(pick=PICK)
    def lapse(self, pick: int) -> None:
        if not self.model.codes:
            return
        code = self.model.codes[pick % len(self.model.codes)]
        number, now = code.redeemed.redemption_id, self.town.now
        lapsed = self.attempt(lambda: lapse(self.session, redemption_id=number, now=now), refused=None)
        assert (lapsed is not None) == (code.state == "waiting" and code.is_over(now))
        if lapsed:
            self._give_back(code, "lapsed")

    @rule(minutes=st.sampled_from((1, 9, 11, 60 * 24 * 20)))
    def time_passes(self, minutes: int) -> None:
        self.town.passes(minutes=minutes)

    @invariant()
    def law_1_the_sum_is_zero_and_everything_kept_agrees_with_the_transfers(self) -> None:
        assert verify(self.session).problems == ()
        assert total(self.session, community_account(self.session, AccountKind.ISSUED)) == -self.model.issued

    @invariant()
    def law_4_nobody_is_below_zero_and_everybody_has_what_the_model_says(self) -> None:
        for who in (1, 2):
            stands = self.town.stands(who)
            assert stands.available == self.model.available[who] >= 0
            assert stands.held == self.model.held(who)
            assert stands.owed == self.model.owed[who] >= 0
        shop = open_account(self.session, AccountKind.MERCHANT, "corner-shop")
        assert total(self.session, shop) == self.model.shop
        assert self.town.left() == (RICE.stock or 0) - self.model.kept >= 0

    def _give_back(self, code: Code, state: str) -> None:
        code.state = state
        self.model.gains(code.redeemed.resident_id, RICE.price)

    def _redeem(self, who: int) -> Redeemed:
        return self.town.redeems(who)

    def _cancel(self, code: Code) -> Any:
        owner, number = code.redeemed.resident_id, code.redeemed.redemption_id
        return cancel(self.session, redemption_id=number, resident_id=owner, now=self.town.now)

    def _reverse(self, transfer_id: int, key: str) -> Any:
        return reverse(self.session, transfer_id=transfer_id, key=key, now=self.town.now, zone=SHANGHAI)


# A failing story is printed step by step, with the blob that replays it.
settings.register_profile("laws", max_examples=20, stateful_step_count=20, deadline=None, print_blob=True)
TestStory = Story.TestCase
TestStory.settings = settings.get_profile("laws")
pytestmark = pytest.mark.timeout(900)  # stories take long where many run beside them
