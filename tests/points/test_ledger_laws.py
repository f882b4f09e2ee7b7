"""Everything the ledger does, in any order, on both databases, beside a model: the laws hold at each step."""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test, initialize, invariant, rule
from ledger_asked import NOON, SHANGHAI
from ledger_model import ISSUED, Ask, Model
from sqlalchemy import Engine
from sqlmodel import Session

from bot.database import writing_engine
from points import (
    AccountKind,
    Posting,
    Refused,
    TransferKind,
    community_account,
    lapse_holds,
    place_hold,
    post,
    release_hold,
    resident_account,
    reverse,
    total,
    verify,
)
from points.accounts import holdings, open_account
from points.errors import PointsError
from points.holding import hold_under
from points.models import monthly_totals, transfers

# How many steps on SQLite, and a tenth of that on PostgreSQL, which takes ten times as long for each; a long
# run has many more: LINLI_LAW_STEPS=1000000.
STEPS = int(os.environ.get("LINLI_LAW_STEPS", "9200"))
SEED = int(os.environ.get("LINLI_LAW_SEED", random.randrange(2**32)))
AT_A_TIME = 40
RECOUNTED = 20  # steps after which all that is kept is worked out again, as it is at a story's end

NAMES = ("mei", "wang", "shop", "fund")
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
KINDS = {"award": TransferKind.AWARD, "gift": TransferKind.GIFT, "capture": TransferKind.CAPTURE}


class Story(RuleBasedStateMachine):
    """One story in one transaction, each step a unit of work with a savepoint; nothing of it stays."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.connection = engine.connect()
        self.transaction = self.connection.begin()
        self.session = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.model, self.now, self.steps = Model(), NOON, 0
        self.numbers = _accounts(self.session)

    def teardown(self) -> None:
        try:
            assert verify(self.session).problems == ()
        finally:
            self.session.close()
            self.transaction.rollback()
            self.connection.close()

    @initialize(amounts=st.lists(st.integers(1, 100), min_size=len(NAMES), max_size=len(NAMES)))
    def begin(self, amounts: list[int]) -> None:
        """Give everybody something to begin with."""
        self._post(
            [
                Ask(f"first:{name}", "award", ISSUED, name, amount)
                for name, amount in zip(NAMES, amounts, strict=True)
            ]
        )

    @rule(asks=st.lists(ASKS, min_size=1, max_size=4))
    def post(self, asks: list[Ask]) -> None:
        self._post(asks)

    @rule(pick=PICK, other=st.booleans())
    def post_again(self, pick: int, other: bool) -> None:
        """Ask once more for what was posted, perhaps for another amount under the same key."""
        asked = [done.asked for done in self.model.done.values() if isinstance(done.asked, Ask)]
        if asked:
            ask = asked[pick % len(asked)]
            self._post([replace(ask, amount=ask.amount + 1) if other else ask])

    @rule(pick=PICK, thief=st.booleans(), amount=SMALL, other=st.one_of(st.none(), ASKS))
    def capture(self, pick: int, thief: bool, amount: int, other: Ask | None) -> None:
        """Capture a hold, in full, in part or too much; perhaps with another posting linked to it."""
        if not self.model.holds:
            return
        key = self._hold(pick)
        hold = self.model.holds[key]
        owner = "wang" if thief else hold.account
        taker = "fund" if owner == "shop" else "shop"
        link = None if other is None else "z"
        capture = Ask(
            f"capture:{key}:{pick}", "capture", owner, taker, min(amount, hold.amount + 1), key, link
        )
        self._post([capture] if other is None else [capture, replace(other, link="z")])

    @rule(key=HOLD_KEYS, account=SOMEBODY, amount=SMALL, minutes=st.sampled_from((None, 5, 60)))
    def place(self, key: str, account: str, amount: int, minutes: int | None) -> None:
        lapses_at = None if minutes is None else self.now + timedelta(minutes=minutes)
        self._place(key, account, amount, lapses_at)

    @rule(pick=PICK, more=st.sampled_from((0, 1, -1000)))
    def place_again(self, pick: int, more: int) -> None:
        if self.model.holds:
            key = self._hold(pick)
            hold = self.model.holds[key]
            self._place(key, hold.account, hold.amount + more, hold.lapses_at)

    def _place(self, key: str, account: str, amount: int, lapses_at: datetime | None) -> None:
        expected = self.model.place(key, account, amount, lapses_at, self.now)
        act = partial(place_hold, account=self.numbers[account], amount=amount, key=key, lapses_at=lapses_at)
        self._expects(lambda: act(self.session, now=self.now), expected)

    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        if self.model.holds:
            key = self._hold(pick)
            expected = self.model.release(key, self.now)
            number = hold_under(self.session, key)
            self._expects(lambda: release_hold(self.session, hold=number, now=self.now), expected)

    @rule(minutes=st.sampled_from((1, 10, 100)), lapse=st.booleans())
    def time_passes(self, minutes: int, lapse: bool) -> None:
        self.now += timedelta(minutes=minutes)
        if lapse:
            assert len(lapse_holds(self.session, now=self.now)) == self.model.lapse(self.now)

    @rule(key=KEYS, who=SOMEBODY, amount=st.integers(20, 60))
    def award_by_mistake(self, key: str, who: str, amount: int) -> None:
        """Award, let it be spent, and only then take it back: so that there are debts."""
        other = "mei" if who == "wang" else "wang"
        spent = self.model.available[who] + amount - self.model.owed[who]
        self._post([Ask(key, "award", ISSUED, who, amount), Ask(f"{key}s", "gift", who, other, spent)])
        if key in self.model.done:
            self._reverse(key, f"mend:{key}", None)

    @rule(pick=PICK, again=st.booleans(), aside=st.booleans())
    def reverse(self, pick: int, again: bool, aside: bool) -> None:
        """Take back anything there is, also a reversal, also twice, also with the points set aside."""
        if not self.model.done:
            return
        done = sorted(self.model.done, key=lambda key: (self.model.done[key].mended, key))
        key = done[pick % len(done)]
        by = f"mend:{key}:{again}"
        self._reverse(key, by, f"onto:{by}" if aside else None)

    def _reverse(self, key: str, by: str, onto: str | None) -> None:
        expected = self.model.reverse(key, by, self.now, onto)
        number = self._transfer(key)
        act = partial(reverse, transfer_id=number, key=by, onto_hold=onto, zone=SHANGHAI)
        self._expects(lambda: act(self.session, now=self.now), expected)

    @invariant()
    def the_sum_is_zero_and_whatever_is_kept_can_be_worked_out_again(self) -> None:
        self.steps += 1
        assert self.steps % RECOUNTED or verify(self.session).problems == ()

    @invariant()
    def nobody_is_below_zero_and_everybody_has_what_the_model_says(self) -> None:
        everybody = holdings(self.session, [self.numbers[name] for name in NAMES])
        for name in NAMES:
            has = everybody[self.numbers[name]]
            assert has.available == self.model.available[name] >= 0
            assert has.held == self.model.held[name] >= 0
            assert has.owed == self.model.owed[name] >= 0
            assert not (has.owed and has.available)
        assert total(self.session, self.numbers[ISSUED]) == self.model.issued

    @invariant()
    def the_month_counts_what_was_earned(self) -> None:
        query = monthly_totals.select().where(monthly_totals.c.group_kind == "resident")
        kept = {row.key: row.earned for row in self.session.connection().execute(query) if row.earned}
        earned = {str(self.numbers[name]): amount for name, amount in self.model.earned.items() if amount}
        assert kept == earned

    def _post(self, asks: list[Ask]) -> None:
        expected = self.model.post(asks, self.now)
        outcomes = post(self.session, [self._posting(ask) for ask in asks], self.now, zone=SHANGHAI)
        said = [
            type(outcome.reason).__name__
            if isinstance(outcome, Refused)
            else "replayed"
            if outcome.replayed
            else "posted"
            for outcome in outcomes
        ]
        assert said == expected

    def _hold(self, pick: int) -> str:
        """Pick a hold by its key, the open ones first."""
        holds = self.model.holds
        return sorted(holds, key=lambda key: (holds[key].state != "open", key))[pick % len(holds)]

    def _posting(self, ask: Ask) -> Posting:
        return Posting(
            key=ask.key,
            kind=KINDS[ask.kind],
            debit=self.numbers[ask.debit],
            credit=self.numbers[ask.credit],
            amount=ask.amount,
            hold=None if ask.hold is None else hold_under(self.session, ask.hold),
            link=ask.link,
        )

    def _expects(self, act: Callable[[], Any], expected: str) -> None:
        said = "posted"
        try:
            with self.session.begin_nested():
                done = act()
        except PointsError as error:
            said = type(error).__name__
        else:
            if getattr(done, "replayed", False):
                said = "replayed"
        assert said == expected or (said, expected) == ("posted", "replayed")

    def _transfer(self, key: str) -> int:
        query = transfers.select().where(transfers.c.key == key)
        return int(self.session.connection().execute(query).one().id)


def _accounts(session: Session) -> dict[str, int]:
    return {
        "mei": resident_account(session, 1),
        "wang": resident_account(session, 2),
        "shop": open_account(session, AccountKind.MERCHANT, "shop"),
        "fund": open_account(session, AccountKind.FUND, "g1"),
        ISSUED: community_account(session, AccountKind.ISSUED),
    }


@pytest.fixture
def engine(tables_url: str) -> Iterator[Engine]:
    engine = writing_engine(tables_url)
    yield engine
    engine.dispose()


@pytest.mark.timeout(0)
def test_any_story_of_the_ledger_keeps_the_laws(engine: Engine) -> None:
    steps = STEPS if engine.dialect.name == "sqlite" else STEPS // 10
    how = settings(
        max_examples=max(1, steps // AT_A_TIME),
        stateful_step_count=AT_A_TIME,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    tell = get_state_machine_test(partial(Story, engine), settings=how)
    try:
        seed(SEED)(tell)()
    except BaseException as failure:
        failure.add_note(f"Tell it again with LINLI_LAW_SEED={SEED} LINLI_LAW_STEPS={STEPS}")
        raise
