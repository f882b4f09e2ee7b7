"""Area funds: two people's consent, points on hold meanwhile, and every way in which it can end."""

from datetime import timedelta
from typing import Any

import pytest
from ledger_asked import NOON, SHANGHAI, earns
from sqlalchemy import update
from sqlmodel import Session

from points import BadAmount, KeyConflict, verify
from points.common_goods import SpendingState, spendings
from points.fund_keeping import exported_spendings, forget_spendings
from points.funds import Proposer, Spending, agree, fund, lapse, propose, refuse, spending, withdraw
from points.gift_errors import NoPurpose, NotEnoughInFund, OwnSpending, SpendingEnded, UnknownSpending
from points.gifts import GiftLimits, Receiver, give

MEI, LIN, GUO, ANN = 1, 2, 3, 4
BENCH = "A bench in the yard"


@pytest.fixture(autouse=True)
def given(session: Session) -> None:
    earns(session, MEI, 100, "a")
    give(
        session,
        key="g",
        giver_id=MEI,
        to=Receiver(fund="b1"),
        amount=100,
        limits=GiftLimits(100, 100),
        now=NOON,
        zone=SHANGHAI,
    )


def proposes(session: Session, amount: int = 60, key: str = "p", **more: Any) -> Spending:
    more = {"purpose": BENCH, "by": Proposer(LIN, "h1", (LIN, ANN)), "now": NOON, **more}
    return propose(session, key=key, fund="b1", amount=amount, **more)


def agrees(session: Session, one: Spending, by: int = GUO, household: str = "h2", **more: Any) -> Spending:
    more = {"now": NOON, **more}
    return agree(session, spending_id=one.spending_id, by=by, household=household, zone=SHANGHAI, **more)


def sums(session: Session) -> tuple[int, int]:
    shown = fund(session, "b1")
    return shown.available, shown.held


def test_what_two_agree_to_is_paid_and_can_be_read(session: Session) -> None:
    one = proposes(session)
    assert sums(session) == (40, 60)
    assert [each.purpose for each in fund(session, "b1").waiting] == [BENCH]
    paid = agrees(session, one)
    assert (paid.state, paid.proposed_by, paid.decided_by) == (SpendingState.AGREED, LIN, GUO)
    shown = fund(session, "b1")
    assert (shown.available, shown.held, shown.waiting, shown.paid) == (40, 0, (), (paid,))
    assert verify(session).problems == ()


def test_a_fund_nobody_gave_to_is_empty(session: Session) -> None:
    shown = fund(session, "b2")
    assert (shown.available, shown.held, shown.waiting, shown.paid) == (0, 0, (), ())


@pytest.mark.parametrize(("by", "household"), [(LIN, "h9"), (GUO, "h1"), (ANN, "h9")])
def test_nobody_agrees_to_their_own_nor_their_households(session: Session, by: int, household: str) -> None:
    one = proposes(session)
    for decide in (agrees, refuses):
        with pytest.raises(OwnSpending):
            decide(session, one, by, household)
    assert sums(session) == (40, 60)


def refuses(session: Session, one: Spending, by: int = GUO, household: str = "h2") -> Spending:
    return refuse(session, spending_id=one.spending_id, by=by, household=household, now=NOON)


def test_what_is_refused_is_the_funds_again(session: Session) -> None:
    one = refuses(session, proposes(session))
    assert (one.state, sums(session)) == (SpendingState.REFUSED, (100, 0))
    with pytest.raises(SpendingEnded) as ended:
        agrees(session, one)
    assert (ended.value.state, ended.value.by, ended.value.at) == ("refused", GUO, NOON)
    assert verify(session).problems == ()


def test_a_second_consent_changes_nothing(session: Session) -> None:
    one = proposes(session)
    agrees(session, one)
    with pytest.raises(SpendingEnded):
        agrees(session, one, by=ANN + 1, household="h5")
    assert sums(session) == (40, 0)


def test_who_proposed_can_take_it_back_and_nobody_else(session: Session) -> None:
    one = proposes(session)
    with pytest.raises(UnknownSpending):
        withdraw(session, spending_id=one.spending_id, by=GUO, now=NOON)
    assert withdraw(session, spending_id=one.spending_id, by=LIN, now=NOON).state is SpendingState.WITHDRAWN
    with pytest.raises(SpendingEnded):
        withdraw(session, spending_id=one.spending_id, by=LIN, now=NOON)
    assert sums(session) == (100, 0)


def test_what_nobody_decides_lapses_after_a_week_once(session: Session) -> None:
    one = proposes(session)
    late = one.lapses_at
    assert late == NOON + timedelta(days=7)
    assert lapse(session, spending_id=one.spending_id, now=late - timedelta(seconds=1)) is None
    with pytest.raises(SpendingEnded) as ended:
        agrees(session, one, now=late)
    assert ended.value.state == "lapsed"
    lapsed = lapse(session, spending_id=one.spending_id, now=late)
    assert lapsed is not None
    assert lapsed.state is SpendingState.LAPSED
    assert lapse(session, spending_id=one.spending_id, now=late) is None
    assert sums(session) == (100, 0)
    assert verify(session).problems == ()


def test_a_fund_pays_no_more_than_is_in_it(session: Session) -> None:
    proposes(session)
    with pytest.raises(NotEnoughInFund) as short:
        proposes(session, 41, "q")
    assert (short.value.available, short.value.amount) == (40, 41)


def test_the_same_proposal_again_is_the_first_one(session: Session) -> None:
    one = proposes(session)
    assert proposes(session) == one
    with pytest.raises(KeyConflict):
        proposes(session, 61)
    assert sums(session) == (40, 60)


@pytest.mark.parametrize("amount", [0, -1, 2**63])
def test_what_is_no_amount_is_refused(session: Session, amount: int) -> None:
    with pytest.raises(BadAmount):
        proposes(session, amount)


@pytest.mark.parametrize("purpose", ["", " 🪑 ", "x" * 201, "\n"])
def test_what_it_is_for_is_said_in_a_few_words(session: Session, purpose: str) -> None:
    with pytest.raises(NoPurpose):
        proposes(session, purpose=purpose)


def test_who_is_forgotten_is_nobody_there_and_takes_back_what_waited(session: Session) -> None:
    paid, waits = agrees(session, proposes(session)), proposes(session, 10, "q")
    assert [one["act"] for one in exported_spendings(session, LIN)] == ["proposed", "proposed"]
    assert [one["act"] for one in exported_spendings(session, GUO)] == ["decided"]
    [ended] = forget_spendings(session, resident_id=LIN, now=NOON)
    assert (ended.spending_id, ended.state) == (waits.spending_id, SpendingState.WITHDRAWN)
    assert forget_spendings(session, resident_id=GUO, now=NOON) == ()
    forget_spendings(session, resident_id=ANN, now=NOON)
    left = spending(session, paid.spending_id)
    assert (left.proposed_by, left.household, left.kin, left.decided_by) == (None, None, (), None)
    assert left.purpose == BENCH
    assert [exported_spendings(session, who) for who in (LIN, GUO)] == [[], []]
    assert sums(session) == (40, 0)


def test_verifying_names_a_proposal_that_does_not_fit_its_points(session: Session) -> None:
    one = proposes(session)
    session.execute(update(spendings).values(amount=61))
    assert verify(session).problems == (f"spending {one.spending_id} is open, but its hold 1 is open",)
