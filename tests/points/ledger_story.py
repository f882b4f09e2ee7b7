"""A story of the ledger: anything it does, in any order, beside the model, by rules to draw from."""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test, initialize, invariant, rule
from ledger_acts import NAMES, Act, Acts, Said, earned_by, earned_in
from ledger_asked import NOON
from ledger_model import ISSUED, Ask, Model
from sqlmodel import Session

from points import total, verify
from points.accounts import holdings

# How many steps on SQLite; a long run has many more: LINLI_LAW_STEPS=1000000.
STEPS = int(os.environ.get("LINLI_LAW_STEPS", "9200"))
SEED = int(os.environ.get("LINLI_LAW_SEED", random.randrange(2**32)))
RECOUNTED = 20  # steps after which all that is kept is worked out again, as it is at a story's end

SOMEBODY = st.sampled_from(NAMES)
SMALL = st.integers(1, 40)
KEYS = st.integers(0, 500).map("k{}".format)
HOLD_KEYS = st.integers(0, 100).map("h{}".format)
LINKS = st.sampled_from((None, None, "x", "y"))
PICK = st.integers(0, 50)
AWARDS = st.builds(
    Ask, KEYS, st.just("award"), st.just(ISSUED), SOMEBODY, st.integers(20, 100), st.none(), LINKS
)
GIFTS = st.builds(Ask, KEYS, st.just("gift"), SOMEBODY, SOMEBODY, SMALL, st.none(), LINKS)
ODD = st.builds(
    Ask,
    KEYS,
    st.sampled_from(("award", "gift")),
    st.sampled_from((*NAMES, ISSUED)),
    st.sampled_from((*NAMES, ISSUED)),
    st.sampled_from((0, -5, True, 10**12 + 1, 2**63, 1, 10**12)),
)
ASKS = st.one_of(AWARDS, GIFTS, AWARDS, GIFTS, ODD)


class LedgerStory(RuleBasedStateMachine):
    """What happens in any story; how a unit of work is run, and where from, is its tellers' matter."""

    session: Session  # to look
    acts: Acts

    def __init__(self) -> None:
        super().__init__()
        self.model, self.now, self.steps = Model(), NOON, 0

    def unit(self, act: Act) -> Said:
        """Run one unit of work; say what came of it, or the name of what it was refused with."""
        raise NotImplementedError

    def do(self, act: Act) -> None:
        expected = act.expected(self.model)
        assert self.unit(act) == expected

    @initialize(amounts=st.lists(st.integers(1, 100), min_size=len(NAMES), max_size=len(NAMES)))
    def begin(self, amounts: list[int]) -> None:
        """Give everybody something to begin with."""
        given = zip(NAMES, amounts, strict=True)
        asks = [Ask(f"first:{name}", "award", ISSUED, name, amount) for name, amount in given]
        self.do(self.acts.posting(asks, self.now))

    @rule(asks=st.lists(ASKS, min_size=1, max_size=4))
    def post(self, asks: list[Ask]) -> None:
        self.do(self.acts.posting(asks, self.now))

    @rule(pick=PICK, other=st.booleans())
    def post_again(self, pick: int, other: bool) -> None:
        """Ask once more for what was posted, perhaps for another amount under the same key."""
        ask = self.asked_before(pick)
        if ask is not None:
            again = replace(ask, amount=ask.amount + 1) if other else ask
            self.do(self.acts.posting([again], self.now))

    @rule(pick=PICK, thief=st.booleans(), amount=SMALL, other=st.one_of(st.none(), ASKS))
    def capture(self, pick: int, thief: bool, amount: int, other: Ask | None) -> None:
        """Capture a hold, in full, in part or too much; perhaps with another posting linked to it."""
        if not self.model.holds:
            return
        capture = self.capturing(self.hold(pick), str(pick), amount)
        if thief:
            capture = replace(capture, debit="wang")
        both = [capture] if other is None else [replace(capture, link="z"), replace(other, link="z")]
        self.do(self.acts.posting(both, self.now))

    @rule(key=HOLD_KEYS, account=SOMEBODY, amount=SMALL, minutes=st.sampled_from((None, 5, 60)))
    def place(self, key: str, account: str, amount: int, minutes: int | None) -> None:
        lapses_at = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.do(self.acts.placing(key, account, amount, lapses_at, self.now))

    @rule(pick=PICK, more=st.sampled_from((0, 1, -1000)))
    def place_again(self, pick: int, more: int) -> None:
        if self.model.holds:
            key = self.hold(pick)
            hold = self.model.holds[key]
            self.do(self.acts.placing(key, hold.account, hold.amount + more, hold.lapses_at, self.now))

    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        if self.model.holds:
            self.do(self.acts.releasing(self.hold(pick), self.now))

    @rule(minutes=st.sampled_from((1, 10, 100)), lapse=st.booleans())
    def time_passes(self, minutes: int, lapse: bool) -> None:
        self.now += timedelta(minutes=minutes)
        if lapse:
            self.do(self.acts.lapsing(self.now))

    @rule(key=KEYS, who=SOMEBODY, amount=st.integers(20, 60))
    def award_by_mistake(self, key: str, who: str, amount: int) -> None:
        """Award, let it be spent, and only then take it back: so that there are debts."""
        other = "mei" if who == "wang" else "wang"
        spent = self.model.available[who] + amount - self.model.owed[who]
        asks = [Ask(key, "award", ISSUED, who, amount), Ask(f"{key}s", "gift", who, other, spent)]
        self.do(self.acts.posting(asks, self.now))
        if key in self.model.done:
            self.do(self.acts.reversing(key, f"mend:{key}", None, self.now))

    @rule(pick=PICK, again=st.booleans(), aside=st.booleans())
    def reverse(self, pick: int, again: bool, aside: bool) -> None:
        """Take back anything there is, also a reversal, also twice, also with the points set aside."""
        if self.model.done:
            key = self.transfer(pick)
            by = f"mend:{key}:{again}"
            self.do(self.acts.reversing(key, by, f"onto:{by}" if aside else None, self.now))

    @invariant()
    def the_sum_is_zero_and_whatever_is_kept_can_be_worked_out_again(self) -> None:
        self.steps += 1
        assert self.steps % RECOUNTED or verify(self.session).problems == ()

    @invariant()
    def nobody_is_below_zero_and_everybody_has_what_the_model_says(self) -> None:
        numbers = self.acts.numbers
        everybody = holdings(self.session, [numbers[name] for name in NAMES])
        for name in NAMES:
            has = everybody[numbers[name]]
            assert has.available == self.model.available[name] >= 0
            assert has.held == self.model.held[name] >= 0
            assert has.owed == self.model.owed[name] >= 0
            assert not (has.owed and has.available)
        assert total(self.session, numbers[ISSUED]) == self.model.issued

    @invariant()
    def the_month_counts_what_was_earned(self) -> None:
        assert earned_by(self.session, self.acts.numbers) == earned_in(self.model)

    def asked_before(self, pick: int) -> Ask | None:
        asked = [done.asked for done in self.model.done.values() if isinstance(done.asked, Ask)]
        return asked[pick % len(asked)] if asked else None

    def capturing(self, key: str, by: str, amount: int) -> Ask:
        hold = self.model.holds[key]
        taker = "fund" if hold.account == "shop" else "shop"
        return Ask(f"capture:{key}:{by}", "capture", hold.account, taker, min(amount, hold.amount + 1), key)

    def hold(self, pick: int) -> str:
        """Pick a hold by its key, the open ones first."""
        holds = self.model.holds
        return sorted(holds, key=lambda key: (holds[key].state != "open", key))[pick % len(holds)]

    def transfer(self, pick: int) -> str:
        """Pick a transfer by its key, those that were not mended first."""
        done = sorted(self.model.done, key=lambda key: (self.model.done[key].mended, key))
        return done[pick % len(done)]


def tell(story: Callable[[], LedgerStory], *, steps: int, at_a_time: int, shrinking: bool) -> None:
    """Tell stories of so many steps together; a law that breaks prints the seed."""
    how = settings(
        max_examples=max(1, steps // at_a_time),
        stateful_step_count=at_a_time,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrinking else (Phase.generate,),
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    try:
        seed(SEED)(get_state_machine_test(story, settings=how))()
    except BaseException as failure:
        failure.add_note(f"Tell it again with LINLI_LAW_SEED={SEED} LINLI_LAW_STEPS={STEPS}")
        raise
