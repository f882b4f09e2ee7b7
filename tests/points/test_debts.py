"""A reversal takes what is there, notes what is not as owed, and whatever comes later repays it first."""

from datetime import UTC, datetime, timedelta

import pytest
from ledger_asked import (
    NOON,
    SHANGHAI,
    award_of,
    earned,
    earns,
    gift_of,
    gives,
    held,
    mends,
    reasons,
    shop_of,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from points import (
    AccountKind,
    AlreadyReversed,
    DebtStep,
    NothingToReverse,
    Posted,
    Posting,
    TransferKind,
    UnknownAccount,
    capture_hold,
    community_account,
    exported,
    lapse_holds,
    open_account,
    place_hold,
    post,
    release_hold,
    resident_account,
    standing,
    total,
    verify,
)
from points.models import transfers


@pytest.fixture
def wrong(session: Session) -> Posted:
    """Give an award of 50 by mistake, of which 30 were given away."""
    award = earns(session, 1, 50, "wrong")
    gives(session, 1, 2, 30, "g")
    return award


def stands(session: Session, resident_id: int = 1) -> tuple[int, int]:
    now = standing(session, resident_id, NOON, SHANGHAI)
    return now.available, now.owed


def keys(session: Session) -> list[str]:
    query = transfers.select().order_by(transfers.c.id)
    return [row.key for row in session.connection().execute(query)]


def sound(session: Session) -> bool:
    return verify(session).problems == ()


def test_what_was_spent_since_is_owed_and_the_month_loses_all_of_it(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    assert stands(session) == (0, 30)
    assert earned(session) == {}
    assert total(session, community_account(session, AccountKind.ISSUED)) == 0
    assert keys(session)[-2:] == ["owe:mend", "mend"]
    assert sound(session)


def test_later_earnings_repay_first_by_transfers_of_their_own(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    earns(session, 1, 10, "first")
    assert stands(session) == (0, 20)
    earns(session, 1, 100, "second")
    assert stands(session) == (80, 0)
    assert keys(session)[-4:] == ["first", "repay:first", "second", "repay:second"]
    assert earned(session)["2026-03", "resident", str(resident_account(session, 1))] == 110
    earns(session, 1, 7, "third")
    assert stands(session) == (87, 0)
    assert sound(session)


def test_each_credit_of_a_batch_repays_before_the_next_spends(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    gift = gift_of(session, 1, 3, 5, "gift")
    assert reasons(session, award_of(session, 1, 20, "a"), award_of(session, 1, 15, "b"), gift) == [None] * 3
    assert stands(session) == (0, 0)
    assert stands(session, 3) == (5, 0)
    assert sound(session)


def test_a_replay_repays_nothing_again(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    earns(session, 1, 10, "first")
    assert earns(session, 1, 10, "first").replayed
    assert mends(session, wrong, "mend").replayed
    assert stands(session) == (0, 20)


def test_the_entries_tell_how_a_debt_came_and_went(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    earns(session, 1, 100, "later")
    entries = standing(session, 1, NOON, SHANGHAI).entries
    assert [(entry.amount, entry.debt) for entry in entries] == [
        (-30, DebtStep.REPAID),
        (100, None),
        (-50, None),
        (30, DebtStep.OWED),
        (-30, None),
        (50, None),
    ]
    assert exported(session, 1)["owed"] == 0


def test_points_on_hold_stay_on_hold_and_repay_when_they_are_free(session: Session) -> None:
    wrong = earns(session, 1, 50, "wrong")
    account = resident_account(session, 1)
    first, second = (place_hold(session, account=account, amount=20, key=k, now=NOON) for k in "hi")
    mends(session, wrong, "mend")
    assert (held(session, 1).available, held(session, 1).held, held(session, 1).owed) == (0, 40, 40)
    capture_hold(session, hold=first, credit=shop_of(session), amount=5, now=NOON, zone=SHANGHAI)
    assert (held(session, 1).available, held(session, 1).held, held(session, 1).owed) == (0, 20, 25)
    release_hold(session, hold=second, now=NOON)
    assert (held(session, 1).available, held(session, 1).held, held(session, 1).owed) == (0, 0, 5)
    assert sound(session)


def test_a_hold_that_lapses_repays_too_also_to_who_only_looks(session: Session) -> None:
    wrong = earns(session, 1, 50, "wrong")
    late = NOON + timedelta(hours=1)
    account = resident_account(session, 1)
    place_hold(session, account=account, amount=45, key="h", now=NOON, lapses_at=late)
    mends(session, wrong, "mend")
    earns(session, 2, 1, "else")
    assert held(session, 1).owed == 45
    assert standing(session, 1, late, SHANGHAI).owed == 0
    lapse_holds(session, now=late)
    assert stands(session) == (0, 0)
    assert sound(session)


def test_a_reversal_waits_for_nothing_that_can_only_lapse(session: Session) -> None:
    wrong = earns(session, 1, 50, "wrong")
    late = NOON + timedelta(hours=1)
    account = resident_account(session, 1)
    place_hold(session, account=account, amount=45, key="h", now=NOON, lapses_at=late)
    mends(session, wrong, "mend", late)
    assert held(session, 1).owed == 0
    assert "owe:mend" not in keys(session)
    assert sound(session)


def test_what_comes_back_onto_a_hold_repays_nothing(session: Session, wrong: Posted) -> None:
    gift = gives(session, 1, 2, 20, "all the rest")
    mends(session, wrong, "mend")
    mends(session, gift, "undo", onto_hold="h2")
    assert (held(session, 1).available, held(session, 1).held, held(session, 1).owed) == (0, 20, 50)
    assert sound(session)


def test_whoever_has_a_floor_can_owe(session: Session) -> None:
    earns(session, 1, 50, "a")
    shop, redeemed = shop_of(session), community_account(session, AccountKind.REDEEMED)
    account = resident_account(session, 1)
    [sold] = post(session, [Posting("s", TransferKind.CAPTURE, account, shop, 40)], NOON, zone=SHANGHAI)
    settled = Posting("month", TransferKind.SETTLEMENT, shop, redeemed, 40)
    assert reasons(session, settled) == [None]
    assert isinstance(sold, Posted)
    mends(session, sold, "dispute")
    assert stands(session) == (50, 0)
    assert reasons(session, Posting("again", TransferKind.CAPTURE, account, shop, 50)) == [None]
    assert total(session, shop) == 10
    assert sound(session)


def test_a_reversal_that_repaid_can_be_owed_again(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    second = earns(session, 1, 100, "second")
    assert stands(session) == (70, 0)
    mends(session, second, "mend the second")
    assert stands(session) == (0, 30)
    with pytest.raises(AlreadyReversed):
        mends(session, second, "once more")
    assert sound(session)


def test_what_expires_next_knows_of_debts(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    earns(session, 1, 100, "in April", NOON + timedelta(days=30))
    now = standing(session, 1, NOON + timedelta(days=31), SHANGHAI, expire_months=12)
    assert (now.available, now.expiring) == (70, 70)
    assert now.expiring_at == datetime(2027, 4, 30, 16, tzinfo=UTC)


def test_the_ledgers_own_transfers_are_never_reversed(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    earns(session, 1, 10, "first")
    query = transfers.select().where(transfers.c.debt.is_not(None))
    own = session.connection().execute(query).all()
    assert len(own) == 2
    for row in own:
        with pytest.raises(NothingToReverse):
            mends(session, Posted(row.id, replayed=False), f"mend {row.id}")


def test_nobody_posts_to_a_debt_by_hand(session: Session, wrong: Posted) -> None:
    mends(session, wrong, "mend")
    account = resident_account(session, 1)
    debt = open_account(session, AccountKind.DEBT, str(account))
    earns(session, 2, 5, "b")
    by_hand = Posting("k", TransferKind.SETTLEMENT, resident_account(session, 2), debt, 5)
    forged = Posting("l", TransferKind.SETTLEMENT, debt, account, 5)
    assert reasons(session, by_hand, forged) == [UnknownAccount, UnknownAccount]


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE balance SET owed = -1", "owed_not_negative"),
        ("UPDATE balance SET owed = 1 WHERE posted > held", "who_owes_has_nothing_available"),
    ],
)
def test_the_database_itself_lets_nobody_spend_while_they_owe(
    session: Session, statement: str, refusal: str
) -> None:
    earns(session, 1, 20, "a")
    with pytest.raises(DBAPIError, match=refusal), session.begin_nested():
        session.connection().execute(text(statement))
