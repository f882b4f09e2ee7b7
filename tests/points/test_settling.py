"""A shop's month: settled once, payer by payer; what is given back later is put right in the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from points_town import CALLOUT, GARDEN, HAIRCUT, RICE, SHANGHAI, Town
from sqlalchemy import update
from sqlmodel import Session

from points import (
    COMMUNITY,
    AccountKind,
    LimitReached,
    NotHandedOver,
    NotYourReward,
    SponsorEntry,
    Terms,
    UndoTooLate,
    community_account,
    forget_owner,
    open_account,
    synchronise_rewards,
    total,
    verify,
)
from points.shelf import redemptions
from points.shops import (
    AlreadyDisputed,
    CodeReturned,
    DisputeEnded,
    DisputeTooLate,
    MonthSettled,
    OwnDispute,
    SettlementView,
    UnknownDispute,
    complaint,
    complaint_of,
    dispute,
    give_points_back,
    handovers_of,
    settle_every_shop,
    settlement,
    still_waiting,
    uphold_handover,
    yuan,
)

SPONSORED = replace(RICE, stock=None, limit=None, terms=Terms(cost_fen=2500, payer="grain-store"))
OIL = replace(
    SPONSORED, code="oil", names={"*": "Oil"}, price=120, terms=Terms(cost_fen=3000, payer=COMMUNITY)
)
SOAP = replace(
    SPONSORED, code="soap", names={"*": "Soap"}, price=60, terms=Terms(cost_fen=800, payer="corner-shop")
)
TORCH = replace(SPONSORED, code="torch", names={"*": "Torch"}, price=20, terms=Terms())
GRAIN = SponsorEntry("grain-store", {"*": "Grain store"}, budget_fen=1_000_000)
FIRST_OF_APRIL = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def town(town: Town) -> Town:
    offers = [SPONSORED, OIL, SOAP, TORCH, HAIRCUT]
    town.set_up(rules=[CALLOUT, GARDEN], offers=offers)
    synchronise_rewards(town.session, offers, [], town.now, [GRAIN])
    town.earns(1)
    town.earns(2)
    return town


def fetches(town: Town, who: int, code: str) -> int:
    redeemed = town.redeems(who, code)
    town.hands_over(redeemed.code)
    return redeemed.redemption_id


def settles(town: Town, month: str = "2026-03") -> list[str]:
    done = settle_every_shop(town.session, month=month, now=town.now, zone=SHANGHAI)
    assert all(isinstance(one, MonthSettled) for one in done)
    return [one.merchant for one in done]


def views(town: Town, month: str = "2026-03", merchant: str = "corner-shop") -> SettlementView:
    return settlement(town.session, merchant=merchant, month=month, zone=SHANGHAI)


def shop_has(session: Session, merchant: str = "corner-shop") -> int:
    return total(session, open_account(session, AccountKind.MERCHANT, merchant))


def redeemed_in_all(session: Session) -> int:
    return total(session, community_account(session, AccountKind.REDEEMED))


def complains(town: Town, number: int, who: int = 1) -> int:
    return dispute(town.session, redemption_id=number, resident_id=who, now=town.now).dispute_id


def gives_back(town: Town, number: int) -> None:
    give_points_back(town.session, dispute_id=number, decided_by=9, now=town.now, zone=SHANGHAI)


def test_a_month_is_settled_by_payer_and_its_points_leave_the_shop(town: Town) -> None:
    for code in ("rice", "oil", "soap", "torch"):
        fetches(town, 1, code)
    fetches(town, 2, "rice")
    fetches(town, 2, "haircut")
    so_far = views(town)
    assert so_far.settled_at is None
    town.now = FIRST_OF_APRIL
    assert settles(town) == ["barber", "corner-shop"]
    view = views(town)
    assert view.settled_at == FIRST_OF_APRIL
    assert (view.items, view.payers) == (so_far.items, so_far.payers)
    sums = {one.payer: (one.handed_over, one.points, one.cost_fen) for one in view.payers}
    assert sums == {
        COMMUNITY: (1, 120, 3000),
        "corner-shop": (1, 60, 800),
        "grain-store": (2, 300, 5000),
        None: (1, 20, 0),
    }
    assert (view.handed_over, view.points, view.due_fen) == (5, 500, 8000)
    assert {one.payer: one.names["*"] for one in view.payers}["grain-store"] == "Grain store"
    assert shop_has(town.session) == 0
    assert redeemed_in_all(town.session) == 560
    assert verify(town.session).problems == ()


def test_a_month_is_settled_once(town: Town) -> None:
    fetches(town, 1, "rice")
    town.now = FIRST_OF_APRIL
    assert settles(town) == ["corner-shop"]
    assert settles(town) == []
    assert redeemed_in_all(town.session) == 150


def test_what_is_handed_over_after_the_month_belongs_to_the_next(town: Town) -> None:
    fetches(town, 1, "rice")
    code = town.redeems(2).code
    town.now = datetime(2026, 3, 31, 16, tzinfo=UTC)  # in Shanghai it is April
    town.earns(2)
    town.hands_over(town.redeems(2, "soap").code)
    with pytest.raises(Exception, match="CodeLapsed"):
        town.hands_over(code)
    settles(town)
    assert [one.reward for one in views(town).items] == ["rice"]
    assert [one.reward for one in views(town, "2026-04").items] == ["soap"]


def test_a_handover_that_was_undone_is_not_settled(town: Town) -> None:
    code = town.redeems(1).code
    town.hands_over(code)
    town.undoes(code)
    assert views(town).items == ()
    town.now = FIRST_OF_APRIL
    assert settles(town) == []


def test_a_settled_handover_cannot_be_undone_even_when_the_clock_was_set_back(town: Town) -> None:
    code = town.redeems(1).code
    town.hands_over(code)
    before = town.now
    town.now = FIRST_OF_APRIL
    settles(town)
    town.now = before
    with pytest.raises(UndoTooLate):
        town.undoes(code)


def test_what_was_not_received_gives_the_points_back_before_it_is_settled(town: Town) -> None:
    number = fetches(town, 1, "rice")
    said = complains(town, number)
    assert still_waiting(town.session, said) is not None
    gives_back(town, said)
    assert town.stands(1).available == 500
    assert views(town).items == ()
    assert shop_has(town.session) == 0
    town.now = FIRST_OF_APRIL
    assert settles(town) == []
    assert verify(town.session).problems == ()


def test_what_is_given_back_after_settling_is_put_right_in_the_next_settlement(town: Town) -> None:
    number = fetches(town, 1, "rice")
    fetches(town, 2, "oil")
    town.passes(days=13, hours=23)
    said = complains(town, number)
    town.now = FIRST_OF_APRIL
    settles(town)
    settled = views(town)
    town.passes(days=2)
    gives_back(town, said)
    assert (town.stands(1).available, shop_has(town.session)) == (500, 0)
    assert redeemed_in_all(town.session) == 120
    assert views(town) == settled
    april = views(town, "2026-04")
    assert (april.points, april.due_fen, april.corrections, april.handed_over) == (-150, -2500, 1, 0)
    town.now = FIRST_OF_APRIL + timedelta(days=30)
    assert settles(town, "2026-04") == ["corner-shop"]
    assert views(town, "2026-04").items == april.items
    assert views(town, "2026-05").items == ()
    assert verify(town.session).problems == ()


def test_a_complaint_is_the_owners_once_and_within_fourteen_days(town: Town) -> None:
    waiting = town.redeems(1, "torch")
    with pytest.raises(NotHandedOver):
        complains(town, waiting.redemption_id)
    number = fetches(town, 1, "rice")
    with pytest.raises(NotYourReward):
        complains(town, number, who=2)
    complains(town, number)
    with pytest.raises(AlreadyDisputed):
        complains(town, number)
    late = fetches(town, 1, "soap")
    town.passes(days=14, seconds=1)
    with pytest.raises(DisputeTooLate):
        complains(town, late)


def test_a_complaint_is_decided_once_and_by_somebody_else(town: Town) -> None:
    said = complains(town, fetches(town, 1, "rice"))
    with pytest.raises(OwnDispute):
        uphold_handover(town.session, dispute_id=said, decided_by=1, now=town.now)
    assert uphold_handover(town.session, dispute_id=said, decided_by=9, now=town.now).balance == 350
    assert still_waiting(town.session, said) is None
    with pytest.raises(DisputeEnded) as caught:
        gives_back(town, said)
    assert caught.value.state == "kept"
    with pytest.raises(UnknownDispute):
        complaint(town.session, 999)
    assert views(town).points == 150


def test_an_undone_handover_leaves_nothing_to_decide_and_can_be_complained_of_again(town: Town) -> None:
    redeemed = town.redeems(1)
    town.hands_over(redeemed.code)
    said = complains(town, redeemed.redemption_id)
    town.undoes(redeemed.code)
    with pytest.raises(DisputeEnded):
        gives_back(town, said)
    town.hands_over(redeemed.code)
    assert complains(town, redeemed.redemption_id) != said


def test_a_returned_code_is_good_for_nothing_more_and_the_share_is_free_again(town: Town) -> None:
    town.set_up(rules=[CALLOUT, GARDEN], offers=[RICE, HAIRCUT])
    redeemed = town.redeems(1)
    town.hands_over(redeemed.code)
    with pytest.raises(LimitReached), town.session.begin_nested():
        town.redeems(1)
    gives_back(town, complains(town, redeemed.redemption_id))
    for act in (town.hands_over, town.undoes):
        with pytest.raises(CodeReturned):
            act(redeemed.code)
    assert handovers_of(town.session, "corner-shop", since=town.now) == []
    assert town.redeems(1).code
    assert verify(town.session).problems == ()


def test_who_is_forgotten_leaves_nothing_to_decide(town: Town) -> None:
    number = fetches(town, 1, "rice")
    said = complains(town, number)
    forget_owner(town.session, 1, town.now)
    assert still_waiting(town.session, said) is None
    before = complaint_of(town.session, number)
    assert before is not None
    assert before.resident_id is None


def test_a_settlement_that_moved_something_else_is_found(town: Town) -> None:
    fetches(town, 1, "rice")
    fetches(town, 1, "torch")
    town.now = FIRST_OF_APRIL
    settles(town)
    assert verify(town.session).problems == ()
    lost = update(redemptions).where(redemptions.c.price == 20).values(settlement=None)
    town.session.connection().execute(lost)
    assert verify(town.session).problems == ("settlement 1 moved 170, its handovers say 150",)


def test_money_is_written_with_two_digits() -> None:
    assert [yuan(fen) for fen in (0, 5, 2500, -2505, 123456789)] == [
        "0.00",
        "0.05",
        "25.00",
        "-25.05",
        "1,234,567.89",
    ]
