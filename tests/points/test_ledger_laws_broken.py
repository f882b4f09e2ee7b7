"""The same story where units meet and processes die: it goes on with what survived, and the laws hold."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from ledger_acts import NAMES, Act, Acts, Said, book_by, book_of, open_accounts
from ledger_house import DOORS, House
from ledger_model import ISSUED, Ask, Model
from ledger_process import endlessly
from ledger_story import ASKS, AWARDS, GIFTS, PICK, SMALL, SOMEBODY, STEPS, LedgerStory, tell
from sqlmodel import Session

from points import verify

AT_A_TIME = 30
DOOR = st.integers(1, DOORS)  # through one they share a commit, through two they meet
WHAT = st.sampled_from(("post", "post again", "capture", "place", "release", "lapse", "reverse"))
ANYTHING = st.tuples(WHAT, PICK, ASKS)
SEVERAL = st.lists(ANYTHING, min_size=2, max_size=3)
BEFORE, AFTER = timedelta(minutes=1), timedelta(minutes=5)


class BrokenStory(LedgerStory):
    """A story in a database of its own, each step a unit of work of the house with its commit."""

    def __init__(self, fresh: Callable[[], str]) -> None:
        super().__init__()
        self.house = House(fresh())
        self.count = 0
        self.acts = Acts(self.house.unit(Act(lambda _: None, open_accounts)))

    def teardown(self) -> None:
        try:
            assert verify(self.session).problems == ()
        finally:
            self.house.end()

    @property
    def session(self) -> Session:  # type: ignore[override]
        return self.house.session

    def unit(self, act: Act) -> Said:
        return self.house.unit(act)

    @invariant()
    def all_that_is_in_the_book_is_in_the_model(self) -> None:
        assert book_of(self.session, self.acts.numbers) == book_by(self.model)

    @rule(drawn=ANYTHING, spilled=st.booleans(), again=st.booleans())
    def die_before_the_commit(self, drawn: tuple[str, int, Ask], spilled: bool, again: bool) -> None:
        """Nothing is left of it; who asks again is answered as if for the first time."""
        act = self.some_act(*drawn)
        self.house.dies_before_commit(act, spilled=spilled)
        self.survived()
        if again:
            self.do(act)

    @rule(drawn=ANYTHING, again=st.booleans())
    def die_after_the_commit(self, drawn: tuple[str, int, Ask], again: bool) -> None:
        """All of it is there; who asks again, not knowing, is answered with the first."""
        act = self.some_act(*drawn)
        expected = act.expected(self.model)
        assert self.house.dies_after_commit(act) == expected
        self.survived()
        if again:
            self.do(act)

    @rule(asks=st.lists(st.one_of(AWARDS, GIFTS), min_size=1, max_size=4), after=st.integers(1, 9))
    def kill_a_process_that_posts(self, asks: list[Ask], after: int) -> None:
        """All that it was told is there, and at most the one in flight besides."""
        prefix = self.new("process")
        numbers = self.acts.numbers
        told = self.house.a_process_is_killed(numbers, asks, prefix, self.now, after=after)
        asked = endlessly(asks, prefix)
        for said in told:
            assert self.acts.posting([next(asked)], self.now).expected(self.model) == said
        in_flight = next(asked)
        if in_flight.key in book_of(self.session, numbers)["transfers"]:
            assert self.model.post([in_flight], self.now) == ["posted"]
        self.survived()

    @rule(several=SEVERAL, doors=DOOR)
    def anything_at_once(self, several: list[tuple[str, int, Ask]], doors: int) -> None:
        self.meet([self.some_act(*each) for each in several], doors)

    @rule(pick=PICK, amounts=st.lists(SMALL, min_size=2, max_size=3), doors=DOOR)
    def several_capture_one_hold(self, pick: int, amounts: list[int], doors: int) -> None:
        key = self.open_hold(pick)
        asks = [self.capturing(key, self.new("at once"), amount) for amount in amounts]
        self.meet([self.acts.posting([ask], self.now) for ask in asks], doors)

    @rule(pick=PICK, amount=SMALL, release=st.booleans(), doors=DOOR)
    def a_hold_lapses_while_it_is_captured(self, pick: int, amount: int, release: bool, doors: int) -> None:
        key = self.open_hold(pick)
        self.now += AFTER
        in_time = (self.model.holds[key].lapses_at or self.now) - BEFORE
        acts = [
            self.acts.posting([self.capturing(key, self.new("in time"), amount)], in_time),
            self.acts.lapsing(self.now),
            self.acts.releasing(key, in_time),
        ]
        self.meet(acts if release else acts[:2], doors)

    @rule(
        giver=SOMEBODY,
        takers=st.lists(SOMEBODY, min_size=2, max_size=3),
        less=st.integers(0, 5),
        doors=DOOR,
    )
    def several_give_all_one_has(self, giver: str, takers: list[str], less: int, doors: int) -> None:
        """Only one of them can, unless there comes back what was taken."""
        asks = [self.gift(giver, taker, less) for taker in takers]
        self.meet([self.acts.posting([ask], self.now) for ask in asks], doors)

    @rule(giver=SOMEBODY, taker=SOMEBODY, then=SOMEBODY, doors=DOOR)
    def a_link_and_a_plain_gift_want_the_same(self, giver: str, taker: str, then: str, doors: int) -> None:
        first = replace(self.gift(giver, taker, 0), link="z")
        linked = [first, replace(self.gift(taker, then, 0), amount=first.amount, link="z")]
        plain = self.acts.posting([self.gift(giver, then, 0)], self.now)
        self.meet([self.acts.posting(linked, self.now), plain], doors)

    @rule(ask=st.one_of(AWARDS, GIFTS), other=st.booleans(), link=st.booleans(), doors=DOOR)
    def one_key_is_posted_twice(self, ask: Ask, other: bool, link: bool, doors: int) -> None:
        first = replace(ask, key=self.new("key"), link=None)
        second = replace(first, amount=first.amount + 1) if other else first
        asks = [[first], [replace(second, link="z"), self.gift("mei", "wang", 0, "z")] if link else [second]]
        self.meet([self.acts.posting(each, self.now) for each in asks], doors)

    @rule(pick=PICK, once=st.booleans(), aside=st.booleans(), doors=DOOR)
    def one_transfer_is_taken_back_twice_while_it_is_spent(
        self, pick: int, once: bool, aside: bool, doors: int
    ) -> None:
        key = self.transfer(pick)
        keys = [self.new("mend")] * 2 if once else [self.new("mend"), self.new("mend")]
        acts = [
            self.acts.reversing(key, by, f"onto:{by}" if aside and not once else None, self.now)
            for by in keys
        ]
        who = self.model.done[key].credit
        if who != ISSUED:
            acts.insert(1, self.acts.posting([self.gift(who, "fund", 0)], self.now))
        self.meet(acts, doors)

    def meet(self, acts: Sequence[Act], doors: int) -> None:
        """Run units at once: it must have been as in some order, one after the other."""
        said = self.house.at_once(acts, doors=doors)
        book = book_of(self.session, self.acts.numbers)
        orders = [self.in_order(acts, order) for order in permutations(range(len(acts)))]
        could_be = [model for model, expected in orders if expected == said and book_by(model) == book]
        assert could_be, f"in no order they say {said}, but {[expected for _, expected in orders]}"
        self.model = could_be[0]

    def in_order(self, acts: Sequence[Act], order: Sequence[int]) -> tuple[Model, list[Said]]:
        model = deepcopy(self.model)
        expected = {place: acts[place].expected(model) for place in order}
        return model, [expected[place] for place in range(len(acts))]

    def survived(self) -> None:
        assert book_of(self.session, self.acts.numbers) == book_by(self.model)
        assert verify(self.session).problems == ()

    def some_act(self, what: str, pick: int, ask: Ask) -> Act:
        """Make an act of what was drawn; where there is nothing to do it to, a posting."""
        plain = self.acts.posting([ask], self.now)
        if what == "lapse":
            return self.acts.lapsing(self.now)
        if what == "place":
            lapses_at = self.now + AFTER if pick % 2 else None
            account = "mei" if ask.debit == ISSUED else ask.debit
            return self.acts.placing(f"h{pick}", account, ask.amount, lapses_at, self.now)
        if what in {"release", "capture"} and self.model.holds:
            key = self.hold(pick)
            capture = self.acts.posting([self.capturing(key, str(pick), pick + 1)], self.now)
            return capture if what == "capture" else self.acts.releasing(key, self.now)
        if what == "reverse" and self.model.done:
            key = self.transfer(pick)
            return self.acts.reversing(key, f"mend:{key}:False", None, self.now)
        before = self.asked_before(pick) if what == "post again" else None
        return plain if before is None else self.acts.posting([before], self.now)

    def open_hold(self, pick: int) -> str:
        """Set something aside that lapses in five minutes, of what is given for it."""
        key, who = self.new("hold"), NAMES[pick % len(NAMES)]
        self.do(self.acts.posting([Ask(f"for:{key}", "award", ISSUED, who, 60)], self.now))
        amount = min(1 + pick % 20, self.model.available[who]) or 1
        self.do(self.acts.placing(key, who, amount, self.now + AFTER, self.now))
        return key if key in self.model.holds else self.open_hold(pick)

    def gift(self, giver: str, taker: str, less: int, link: str | None = None) -> Ask:
        amount = max(1, self.model.available[giver] - less)
        return Ask(self.new("gift"), "gift", giver, taker, amount, None, link)

    def new(self, what: str) -> str:
        self.count += 1
        return f"{what}:{self.count}"


@pytest.mark.timeout(0)
def test_a_story_in_which_units_meet_and_processes_die_keeps_the_laws(
    fresh_tables: Callable[[], str], request: pytest.FixtureRequest
) -> None:
    """Tell few, since each step has a commit and some a process: a twentieth, on PostgreSQL half of that."""
    on_sqlite = request.node.callspec.params["fresh_tables"] == "sqlite"
    steps = STEPS // (20 if on_sqlite else 40)
    tell(partial(BrokenStory, fresh_tables), steps=steps, at_a_time=AT_A_TIME, shrinking=False)
