from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ledger_asked import HOME, NOON, SHANGHAI, award_of, earned, gift_of, reasons
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from points import (
    AccountKind,
    AlreadyReversed,
    BadAmount,
    HoldEnded,
    KeyConflict,
    NotEnoughPoints,
    NothingToReverse,
    Posted,
    Posting,
    Refused,
    ReservedKey,
    SameAccount,
    TransferKind,
    UnknownAccount,
    community_account,
    open_account,
    place_hold,
    post,
    post_one,
    resident_account,
    reverse,
    total,
    verify,
)
from points.accounts import held_by
from points.postings import fingerprint


def test_an_award_moves_points_from_the_community_and_the_sum_stays_zero(session: Session) -> None:
    post_one(session, award_of(session, 1, 20, "a"), NOON, zone=SHANGHAI)
    account = resident_account(session, 1)
    assert total(session, account) == held_by(session, account).available == 20
    assert total(session, community_account(session, AccountKind.ISSUED)) == -20
    assert verify(session).problems == ()


def test_a_batch_is_decided_in_order_and_a_refusal_stops_nobody(session: Session) -> None:
    outcomes = reasons(
        session,
        gift_of(session, 1, 2, 5, "too early"),
        award_of(session, 1, 20, "award"),
        gift_of(session, 1, 2, 15, "gift"),
        gift_of(session, 1, 2, 15, "too much"),
        gift_of(session, 2, 3, 15, "handed on"),
    )
    assert outcomes == [NotEnoughPoints, None, None, NotEnoughPoints, None]
    assert [total(session, resident_account(session, who)) for who in (1, 2, 3)] == [5, 0, 15]
    assert verify(session).problems == ()


def test_the_same_key_posts_once_for_ever_also_within_a_batch(session: Session) -> None:
    award = award_of(session, 1, 20, "a")
    first, second = post(session, [award, award], NOON, zone=SHANGHAI)
    later = post_one(session, award, NOON + timedelta(days=999), zone=SHANGHAI)
    assert isinstance(first, Posted)
    assert (first.replayed, second, later) == (
        False,
        replace(first, replayed=True),
        replace(first, replayed=True),
    )
    assert total(session, resident_account(session, 1)) == 20


def test_the_same_key_for_something_else_is_refused_and_both_are_shown(session: Session) -> None:
    post_one(session, award_of(session, 1, 20, "a"), NOON, zone=SHANGHAI)
    with pytest.raises(KeyConflict) as caught:
        post_one(session, award_of(session, 1, 21, "a"), NOON, zone=SHANGHAI)
    assert (caught.value.first["amount"], caught.value.second["amount"]) == (20, 21)
    assert total(session, resident_account(session, 1)) == 20


def test_within_a_batch_too_both_contents_of_a_key_are_shown(session: Session) -> None:
    asked = [award_of(session, 1, 20, "a"), award_of(session, 1, 21, "a")]
    _, refused = post(session, asked, NOON, zone=SHANGHAI)
    assert isinstance(refused, Refused)
    assert isinstance(refused.reason, KeyConflict)
    assert (refused.reason.first["amount"], refused.reason.second["amount"]) == (20, 21)
    assert set(refused.reason.first) == set(refused.reason.second)


def test_a_request_is_recognised_as_it_was_before_there_were_links() -> None:
    asked = Posting("k", TransferKind.AWARD, 1, 2, 20, HOME, "callout", 1, 60)
    assert fingerprint(asked).hex() == "5186e3a84c819c743cfcdb046a6e517f10a5f86a62f0c40984e0c496a2f37b6f"


def test_every_kind_of_owner_has_a_floor_and_the_community_has_none(session: Session) -> None:
    for kind, owner in ((AccountKind.FUND, "g1"), (AccountKind.HOUSEHOLD, "7"), (AccountKind.MERCHANT, "s")):
        account = open_account(session, kind, owner)
        award = replace(award_of(session, 1, 5, f"to {owner}"), credit=account)
        spend = Posting(f"by {owner}", TransferKind.GIFT, account, resident_account(session, 1), 6)
        assert reasons(session, award, spend) == [None, NotEnoughPoints]
    assert verify(session).problems == ()


def test_impossible_postings_are_refused_by_name(session: Session) -> None:
    award = award_of(session, 1, 20, "a")
    assert reasons(
        session,
        replace(award, amount=0, key="zero"),
        replace(award, amount=-5, key="negative"),
        replace(award, amount=2**63, key="huge"),
        replace(award, amount=True, key="yes"),
        replace(award, amount=1.5, key="and a half"),  # type: ignore[arg-type]
        replace(award, debit=award.credit, key="itself"),
        replace(award, credit=987_654, key="nobody"),
        replace(award, hold=99, key="no hold"),
        replace(award, kind=TransferKind.REVERSAL, reverses=99, key="nothing to reverse"),
        replace(award, key="repay:a"),
    ) == [*[BadAmount] * 5, SameAccount, UnknownAccount, HoldEnded, NothingToReverse, ReservedKey]
    assert verify(session).transfers == 0


def test_an_award_counts_for_every_group_in_the_local_month(session: Session) -> None:
    last_evening = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    post_one(session, award_of(session, 1, 20, "march"), last_evening, zone=SHANGHAI)
    post_one(session, award_of(session, 1, 7, "april"), last_evening + timedelta(minutes=1), zone=SHANGHAI)
    account = str(resident_account(session, 1))
    everyone = [
        ("resident", account),
        ("household", "7"),
        ("team", "core"),
        ("building", "b1"),
        ("grid", "g1"),
    ]
    expected = {("2026-03", *who): 20 for who in everyone} | {("2026-04", *who): 7 for who in everyone}
    assert earned(session) == expected


def test_moments_are_kept_as_the_rest_of_the_house_keeps_them(session: Session) -> None:
    post_one(session, award_of(session, 1, 20, "a"), NOON, zone=SHANGHAI)
    place_hold(session, account=resident_account(session, 1), amount=1, key="h", now=NOON)
    kept = "SELECT at FROM {} UNION SELECT reached_at FROM monthlytotal"
    for table in ("transfer", "hold"):
        assert len(session.connection().execute(text(kept.format(table))).all()) == 1


def test_gifts_are_never_earned(session: Session) -> None:
    post(session, [award_of(session, 1, 20, "a"), gift_of(session, 1, 2, 20, "g")], NOON, zone=SHANGHAI)
    residents = {key: amount for (_, kind, key), amount in earned(session).items() if kind == "resident"}
    assert residents == {str(resident_account(session, 1)): 20}


def test_a_reversed_award_is_taken_from_the_month_it_was_earned_in(session: Session) -> None:
    first = post_one(session, award_of(session, 1, 20, "march"), NOON, zone=SHANGHAI)
    in_april = NOON + timedelta(days=30)
    post_one(session, award_of(session, 1, 7, "april"), in_april, zone=SHANGHAI)
    reverse(session, transfer_id=first.transfer_id, key="mend", now=in_april, zone=SHANGHAI)
    assert {month for month, _, _ in earned(session)} == {"2026-04"}
    assert total(session, resident_account(session, 1)) == 7
    assert verify(session).problems == ()


def test_a_transfer_is_reversed_once_and_a_reversal_never(session: Session) -> None:
    first = post_one(session, award_of(session, 1, 20, "a"), NOON, zone=SHANGHAI)
    once = reverse(session, transfer_id=first.transfer_id, key="mend", now=NOON, zone=SHANGHAI)
    again = reverse(session, transfer_id=first.transfer_id, key="mend", now=NOON, zone=SHANGHAI)
    assert again == replace(once, replayed=True)
    with pytest.raises(AlreadyReversed):
        reverse(session, transfer_id=first.transfer_id, key="mend more", now=NOON, zone=SHANGHAI)
    with pytest.raises(NothingToReverse):
        reverse(session, transfer_id=once.transfer_id, key="mend the mend", now=NOON, zone=SHANGHAI)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET amount = 999",
        "DELETE FROM transfer",
        "UPDATE transfer SET month = '2020-01' WHERE id = 1",
    ],
)
def test_a_posted_transfer_cannot_be_changed_or_removed(session: Session, statement: str) -> None:
    post_one(session, award_of(session, 1, 20, "a"), NOON, zone=SHANGHAI)
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.connection().execute(text(statement))
    assert total(session, resident_account(session, 1)) == 20


def test_a_posted_transfer_cannot_be_replaced_or_truncated(session: Session) -> None:
    post_one(session, award_of(session, 1, 20, "a"), NOON, zone=SHANGHAI)
    wipe = "INSERT OR REPLACE INTO transfer SELECT * FROM transfer"
    if session.get_bind().dialect.name == "postgresql":
        wipe = "TRUNCATE transfer CASCADE"
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.connection().execute(text(wipe))


@pytest.mark.parametrize("statement", ["UPDATE balance SET posted = -1", "UPDATE balance SET held = 21"])
def test_the_database_itself_refuses_an_overdrawn_balance(session: Session, statement: str) -> None:
    post_one(session, award_of(session, 1, 20, "a"), NOON, zone=SHANGHAI)
    with pytest.raises(DBAPIError, match="available_not_negative"), session.begin_nested():
        session.connection().execute(text(statement))


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**80])
def test_numbers_that_no_column_holds_are_of_nothing(session: Session, number: int) -> None:
    mine = resident_account(session, 1)
    with pytest.raises(UnknownAccount):
        post_one(session, Posting("k", TransferKind.GIFT, number, mine, 1), NOON, zone=SHANGHAI)
    with pytest.raises(NothingToReverse):
        reverse(session, transfer_id=number, key="r", now=NOON, zone=SHANGHAI)
