from dataclasses import replace
from datetime import UTC, datetime

import pytest
from points_town import CALLOUT, GARDEN, HAIRCUT, NOON, RICE, SHANGHAI, Town

from points import (
    AlreadyHandedOver,
    CodeCancelled,
    CodeLapsed,
    LimitReached,
    NotEnoughPoints,
    NotHandedOver,
    NotYourReward,
    OutOfStock,
    PriceChanged,
    RedemptionState,
    RewardRetired,
    UndoTooLate,
    UnknownCode,
    UnknownReward,
    cancel,
    catalogue,
    current_merchants,
    exported,
    forget_owner,
    lapse,
    lapsing,
    look_up,
    month_board,
    open_account,
    redeem,
    total,
    verify,
    waiting_codes,
)
from points.models import AccountKind, GroupKind


def test_redeeming_holds_the_price_and_handing_over_captures_it_for_the_merchant(town: Town) -> None:
    town.earns(1)
    redeemed = town.redeems(1)
    assert (redeemed.price, redeemed.balance, redeemed.merchant_names["en"]) == (150, 350, "Corner shop")
    assert (town.stands(1).available, town.stands(1).held) == (350, 150)
    done = town.hands_over(redeemed.code, frozenset({"corner-shop"}))
    assert (done.price, done.resident_id, done.names["en"]) == (150, 1, "Rice, 5 kg")
    assert (town.stands(1).available, town.stands(1).held) == (350, 0)
    assert total(town.session, open_account(town.session, AccountKind.MERCHANT, "corner-shop")) == 150
    assert verify(town.session).problems == ()


def test_a_code_is_found_however_it_is_typed(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1).code
    typed = f" {code[:4].lower()}-{code[4:].replace('0', 'o').replace('1', 'l')} "
    assert look_up(town.session, typed).code == code
    with pytest.raises(UnknownCode):
        look_up(town.session, "UUUUUUUU")


def test_a_code_is_handed_over_once(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1).code
    town.hands_over(code)
    with pytest.raises(AlreadyHandedOver) as caught:
        town.hands_over(code)
    assert caught.value.at == NOON


def test_another_merchant_cannot_hand_over_or_undo(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1).code
    with pytest.raises(NotYourReward):
        town.hands_over(code, frozenset({"barber"}))
    town.hands_over(code)
    with pytest.raises(NotYourReward):
        town.undoes(code, frozenset({"barber"}))


def test_a_handover_can_be_undone_for_ten_minutes_and_done_again(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1).code
    with pytest.raises(NotHandedOver):
        town.undoes(code)
    town.hands_over(code)
    town.passes(minutes=10)
    town.undoes(code)
    assert look_up(town.session, code).state is RedemptionState.WAITING
    assert (town.stands(1).available, town.stands(1).held) == (350, 150)
    assert verify(town.session).problems == ()
    town.hands_over(code)
    town.passes(minutes=10, seconds=1)
    with pytest.raises(UndoTooLate):
        town.undoes(code)
    assert verify(town.session).problems == ()


def test_the_price_shown_is_the_price_paid(town: Town) -> None:
    town.earns(1)
    reward = town.reward("rice")
    town.set_up(rules=[CALLOUT, GARDEN], offers=[replace(RICE, price=160), HAIRCUT])
    with pytest.raises(PriceChanged) as caught:
        redeem(
            town.session,
            resident_id=1,
            household="h1",
            reward_id=reward,
            price_shown=150,
            now=NOON,
            zone=SHANGHAI,
        )
    assert (caught.value.shown, caught.value.price) == (150, 160)


def test_nobody_redeems_with_too_few_points_and_the_shelf_is_as_before(town: Town) -> None:
    town.earns(1, activity="callout")
    with pytest.raises(NotEnoughPoints) as caught, town.session.begin_nested():
        town.redeems(1)
    assert (caught.value.available, caught.value.price) == (20, 150)
    assert town.left() == 3


def test_stock_runs_out_counting_codes_that_wait(town: Town) -> None:
    for who in (1, 2, 3, 4):
        town.earns(who)
    codes = [town.redeems(who) for who in (1, 2, 3)]
    assert town.left() == 0
    with pytest.raises(OutOfStock):
        town.redeems(4)
    cancel(town.session, redemption_id=codes[0].redemption_id, resident_id=1, now=NOON)
    assert town.redeems(4).code
    assert verify(town.session).problems == ()


def test_a_household_has_one_share_a_month(town: Town) -> None:
    town.earns(1)
    town.earns(2)
    first = town.redeems(1, household="us")
    with pytest.raises(LimitReached) as caught, town.session.begin_nested():
        town.redeems(2, household="us")
    assert (caught.value.count, caught.value.per, caught.value.by) == (1, "month", "household")
    cancel(town.session, redemption_id=first.redemption_id, resident_id=1, now=NOON)
    town.redeems(2, household="us")
    town.passes(days=22)  # April
    town.redeems(1, household="us")


def test_a_retired_or_unknown_reward_is_not_on_offer(town: Town) -> None:
    town.earns(1)
    rice = town.reward("rice")
    town.set_up(rules=[GARDEN], offers=[HAIRCUT])
    assert [offer.code for offer in catalogue(town.session)] == ["haircut"]
    for reward, error in ((rice, RewardRetired), (999, UnknownReward)):
        with pytest.raises(error):
            redeem(
                town.session,
                resident_id=1,
                household="h1",
                reward_id=reward,
                price_shown=150,
                now=NOON,
                zone=SHANGHAI,
            )


def test_a_changed_stock_keeps_what_was_taken(town: Town) -> None:
    town.earns(1)
    town.redeems(1)
    for stock, left in ((10, 9), (0, 0), (3, 2)):
        town.set_up(rules=[GARDEN], offers=[replace(RICE, stock=stock), HAIRCUT])
        assert town.left() == left
    assert town.left("haircut") is None


def test_a_merchant_exists_by_being_named_in_a_reward(town: Town) -> None:
    assert {entry.code: entry.names for entry in current_merchants(town.session)} == {
        "barber": {"*": "barber"},
        "corner-shop": {"zh": "街角小店", "en": "Corner shop"},
    }


def test_a_code_is_good_until_the_end_of_its_last_local_day_and_lapses_once(town: Town) -> None:
    town.earns(1)
    redeemed = town.redeems(1)
    assert redeemed.lapses_at == datetime(2026, 3, 24, 16, tzinfo=UTC)
    town.now = datetime(2026, 3, 24, 15, 59, tzinfo=UTC)
    assert lapse(town.session, redemption_id=redeemed.redemption_id, now=town.now) is None
    town.passes(minutes=1)
    with pytest.raises(CodeLapsed):
        town.hands_over(redeemed.code)
    assert lapsing(town.session, town.now) == [redeemed.redemption_id]
    lapsed = lapse(town.session, redemption_id=redeemed.redemption_id, now=town.now)
    assert lapsed is not None
    assert (lapsed.resident_id, lapsed.price, lapsed.balance) == (1, 150, 500)
    assert lapse(town.session, redemption_id=redeemed.redemption_id, now=town.now) is None
    assert town.left() == 3
    assert verify(town.session).problems == ()


def test_only_the_owner_cancels_and_only_what_waits(town: Town) -> None:
    town.earns(1)
    redeemed = town.redeems(1)
    with pytest.raises(NotYourReward):
        cancel(town.session, redemption_id=redeemed.redemption_id, resident_id=2, now=NOON)
    cancelled = cancel(town.session, redemption_id=redeemed.redemption_id, resident_id=1, now=NOON)
    assert cancelled.balance == 500
    with pytest.raises(CodeCancelled):
        cancel(town.session, redemption_id=redeemed.redemption_id, resident_id=1, now=NOON)
    with pytest.raises(CodeCancelled):
        town.hands_over(redeemed.code)


def test_standing_lists_the_last_entries_by_what_they_were_for(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1).code
    town.hands_over(code)
    town.undoes(code)
    entries = [(entry.amount, entry.names.get("en") or entry.names["*"]) for entry in town.stands(1).entries]
    assert entries == [(150, "Rice, 5 kg"), (-150, "Rice, 5 kg"), (500, "Garden")]
    assert town.stands(99).available == 0


def test_what_was_earned_first_is_spent_first_and_expires_at_the_end_of_its_month(town: Town) -> None:
    town.earns(1)
    town.passes(days=31)
    town.earns(1, activity="callout")
    assert town.stands(1).expiring == 0
    standing = town.stands(1, expire_months=12)
    assert (standing.expiring, standing.expiring_at) == (500, datetime(2027, 3, 31, 16, tzinfo=UTC))
    code = town.redeems(1).code
    assert town.stands(1, expire_months=12).expiring == 350
    town.hands_over(code)
    assert town.stands(1, expire_months=12).expiring == 350
    town.undoes(code)
    town.passes(days=500)  # long over, and no month began since: it goes when the next one does
    assert town.stands(1, expire_months=12).expiring_at == datetime(2027, 8, 31, 16, tzinfo=UTC)


def test_a_forgotten_resident_leaves_arithmetic_and_no_name(town: Town) -> None:
    town.earns(1)
    town.earns(2)
    redeemed = town.redeems(1)
    [cancelled] = forget_owner(town.session, 1, NOON)
    assert cancelled.redemption_id == redeemed.redemption_id
    assert exported(town.session, 1) == {
        "available": 0,
        "held": 0,
        "owed": 0,
        "entries": [],
        "waiting": [],
        "without_points": [],
        "codes": [],
        "waiting_for": [],
        "complaints": [],
    }
    assert look_up(town.session, redeemed.code).resident_id is None
    board = month_board(town.session, month="2026-03", group_kind=GroupKind.RESIDENT, top=10, own_key="1")
    assert ([rank.key for rank in board.rows], board.own) == (["2"], None)
    assert verify(town.session).problems == ()
    assert town.earns(1, "new life").balance == 500


def test_the_export_of_a_resident_is_ready_for_json(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1).code
    export = exported(town.session, 1)
    assert (export["available"], export["held"]) == (350, 150)
    assert export["entries"][0]["names"] == {"*": "Garden"}
    assert [(one["code"], one["state"]) for one in export["codes"]] == [(code, "waiting")]
    assert [view.code for view in waiting_codes(town.session, 1)] == [code]
