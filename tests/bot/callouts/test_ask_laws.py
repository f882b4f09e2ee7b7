"""No order of taps, deliveries and stand-downs breaks the laws of an ask."""

from collections.abc import Callable
from dataclasses import astuple

import pytest
from callout_street import Street
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, col, select

from bot import callouts
from bot.callouts import Answer, AskState, CallOutState, Closed, NotArrived
from bot.callouts.states import RELEASABLE
from bot.database import writing_engine
from points.models import Transfer

PEOPLE = 3
people = st.integers(0, PEOPLE - 1)
etas = st.none() | st.integers(1, 60)


class AskMachine(RuleBasedStateMachine):
    """Three volunteers tap in one real call-out, in any order; nothing is committed, so runs start anew."""

    def __init__(self, street: Street, volunteers: list[int]) -> None:
        super().__init__()
        self.street = street
        self.volunteers = volunteers
        self.callout = street.opens()
        self.version = 0
        self.ended = False

    @rule(who=people, answer=st.sampled_from(Answer), eta=etas)
    def answers(self, who: int, answer: Answer, eta: int | None) -> None:
        self.tap(lambda: self.street.answers(self.callout, self.volunteers[who], answer, eta))

    @rule(who=people)
    def arrives(self, who: int) -> None:
        self.tap(lambda: self.street.arrives(self.callout, self.volunteers[who]))

    @rule(who=people)
    def finishes(self, who: int) -> None:
        there = self.state(who) in (AskState.ARRIVED, AskState.DONE)
        if there or self.ended:
            self.tap(lambda: self.street.finishes(self.callout, self.volunteers[who]))
            return
        with pytest.raises(NotArrived):
            self.street.finishes(self.callout, self.volunteers[who])

    @rule(who=people, minutes=st.integers(0, 90))
    def taps_twice(self, who: int, minutes: int) -> None:
        """Tap the last answer again, later: nothing is new."""
        state = self.state(who)
        if self.ended or state not in set(map(AskState, Answer)):
            return
        self.street.later(minutes=minutes)
        assert not self.street.answers(self.callout, self.volunteers[who], Answer(state.value)).changed

    @rule(some=st.sets(people))
    def is_delivered(self, some: set[int]) -> None:
        callouts.mark_delivered(
            self.street.session,
            callout_id=self.callout,
            resident_ids=[self.volunteers[one] for one in some],
            at=self.street.now,
        )

    @rule(some=st.sets(people))
    def is_unreachable(self, some: set[int]) -> None:
        callouts.mark_unreachable(
            self.street.session,
            callout_id=self.callout,
            resident_ids=[self.volunteers[one] for one in some],
            at=self.street.now,
        )

    @rule(confirmed=st.booleans())
    def stands_down(self, confirmed: bool) -> None:
        self.street.stands_down(self.callout, confirmed=confirmed)
        state = callouts.callout(self.street.session, self.callout).state
        self.ended = state is CallOutState.STOOD_DOWN
        assert self.ended or not confirmed

    @invariant()
    def everyone_is_counted_once(self) -> None:
        board = self.street.board(self.callout)
        asked, delivered, *rest = astuple(board.figures)
        assert asked == sum(rest) == PEOPLE
        assert delivered <= asked
        assert board.version >= self.version
        self.version = board.version

    @invariant()
    def done_comes_after_arrived_and_nothing_after_done(self) -> None:
        for who in self.volunteers:
            steps = self.street.history(self.callout, who)
            assert steps[0] == "queued"
            if "done" in steps:
                assert steps[-2:] == ["arrived", "done"]
                assert steps.count("done") == 1

    @invariant()
    def who_is_done_is_paid_once_and_nobody_else(self) -> None:
        paid = self.street.session.exec(
            select(Transfer.key).where(col(Transfer.key).startswith(f"callout:{self.callout}:"))
        ).all()
        done = [one for one in self.volunteers if self.street.history(self.callout, one)[-1] == "done"]
        assert sorted(paid) == sorted(f"callout:{self.callout}:resident:{one}" for one in done)

    @invariant()
    def nobody_waits_after_stand_down(self) -> None:
        states = {self.state(who) for who in range(PEOPLE)}
        assert not self.ended or not states & {*RELEASABLE, AskState.ARRIVED}

    def tap(self, act: Callable[[], object]) -> None:
        if not self.ended:
            act()
            return
        with pytest.raises(Closed):
            act()

    def state(self, who: int) -> AskState:
        return AskState(self.street.history(self.callout, self.volunteers[who])[-1])

    def teardown(self) -> None:
        self.street.session.rollback()


def test_no_order_of_taps_breaks_the_laws(tables_url: str) -> None:
    engine = writing_engine(tables_url)
    with Session(engine, expire_on_commit=False) as session:
        street = Street(session)
        volunteers = street.volunteers(PEOPLE)
        session.commit()
        run_state_machine_as_test(
            lambda: AskMachine(street, volunteers),
            settings=settings(max_examples=25, stateful_step_count=20, deadline=None),
        )
    engine.dispose()
