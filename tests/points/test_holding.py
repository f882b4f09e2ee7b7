"""Points set aside: taken once, in full or in part, or let go by wish or by time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ledger_asked import NOON, SHANGHAI, earns, gift_of, gives, held, reasons, shop_of
from sqlmodel import Session

from points import (
    BadAmount,
    HoldEnded,
    HoldExceeded,
    HoldLapsed,
    KeyConflict,
    NotEnoughPoints,
    PointsError,
    Posting,
    TransferKind,
    UnknownAccount,
    capture_hold,
    lapse_holds,
    place_hold,
    release_hold,
    resident_account,
    standing,
    total,
    verify,
)

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def hold(session: Session) -> int:
    """Give a hold of 15 that lapses in an hour; 5 are left."""
    earns(session, 1, 20, "a")
    return place(session, 15, "h", lapses_at=LATER)


def place(session: Session, amount: int, key: str, now: Any = NOON, **more: Any) -> int:
    account = resident_account(session, 1)
    return place_hold(session, account=account, amount=amount, key=key, now=now, **more)


def capture(session: Session, hold: int, amount: int | None = None, now: Any = NOON) -> bool:
    return capture_hold(
        session, hold=hold, credit=shop_of(session), amount=amount, now=now, zone=SHANGHAI
    ).replayed


def has(session: Session) -> tuple[int, int]:
    now = held(session, 1)
    return now.available, now.held


def test_points_on_hold_cannot_be_spent_until_released(session: Session) -> None:
    earns(session, 1, 20, "a")
    hold = place(session, 15, "h")
    with pytest.raises(NotEnoughPoints):
        place(session, 6, "h2")
    assert reasons(session, gift_of(session, 1, 2, 6, "g")) == [NotEnoughPoints]
    release_hold(session, hold=hold, now=NOON)
    assert reasons(session, gift_of(session, 1, 2, 6, "g")) == [None]
    with pytest.raises(HoldEnded):
        release_hold(session, hold=hold, now=NOON)
    assert verify(session).problems == ()


def test_a_hold_is_captured_once_and_by_nobody_else(session: Session, hold: int) -> None:
    account, shop = resident_account(session, 1), shop_of(session)
    taken = Posting(key="c", kind=TransferKind.CAPTURE, debit=account, credit=shop, amount=15, hold=hold)
    assert reasons(
        session,
        replace(taken, key="more", amount=16),
        replace(taken, key="stranger", debit=resident_account(session, 2)),
        taken,
        replace(taken, key="twice"),
    ) == [HoldExceeded, HoldEnded, None, HoldEnded]
    assert has(session) == (5, 0)
    assert total(session, shop) == 15
    assert verify(session).problems == ()


def test_what_is_not_captured_of_a_hold_is_free_again(session: Session, hold: int) -> None:
    assert capture(session, hold, 6) is False
    assert has(session) == (14, 0)
    assert total(session, shop_of(session)) == 6
    assert capture(session, hold, 6) is True
    with pytest.raises(KeyConflict):
        capture(session, hold, 7)
    assert verify(session).problems == ()


def test_an_ended_hold_stays_ended(session: Session, hold: int) -> None:
    release_hold(session, hold=hold, now=NOON)
    with pytest.raises(HoldEnded):
        capture(session, hold)
    with pytest.raises(HoldEnded):
        capture(session, 987_654)
    assert lapse_holds(session, now=LATER) == ()
    assert has(session) == (20, 0)


@pytest.mark.parametrize(
    "ending",
    [capture, lambda session, hold, now: release_hold(session, hold=hold, now=now)],
    ids=["capture", "release"],
)
def test_whose_time_is_over_can_only_lapse(session: Session, hold: int, ending: Callable[..., Any]) -> None:
    with pytest.raises(HoldLapsed) as refused:
        ending(session, hold, now=LATER)
    assert refused.value.at == LATER
    assert lapse_holds(session, now=LATER - timedelta(seconds=1)) == ()
    assert lapse_holds(session, now=LATER) == (hold,)
    assert lapse_holds(session, now=LATER) == ()
    assert has(session) == (20, 0)
    assert verify(session).problems == ()


def test_a_read_subtracts_only_what_is_open_at_that_moment(session: Session, hold: int) -> None:
    assert held(session, 1, now=NOON).available == 5
    assert held(session, 1, now=LATER).available == 20
    assert standing(session, 1, LATER, SHANGHAI).held == 0
    assert has(session) == (5, 15)  # nobody has ended it yet


def test_what_can_only_lapse_makes_room_for_who_needs_it(session: Session, hold: int) -> None:
    with pytest.raises(NotEnoughPoints):
        place(session, 6, "early")
    place(session, 20, "late", now=LATER)
    assert has(session) == (0, 20)
    with pytest.raises(HoldEnded):
        capture(session, hold, now=LATER)
    assert lapse_holds(session, now=LATER) == ()
    assert verify(session).problems == ()


def test_lapsing_goes_on_where_it_stopped(session: Session) -> None:
    earns(session, 1, 20, "a")
    holds = [place(session, 1, str(n), lapses_at=LATER + timedelta(minutes=n)) for n in range(5)]
    place(session, 1, "for ever")
    end = LATER + timedelta(minutes=3)
    assert lapse_holds(session, now=end, most=3) == tuple(holds[:3])
    assert lapse_holds(session, now=end, most=3) == (holds[3],)
    assert has(session) == (18, 2)


def test_the_same_request_to_hold_gives_the_same_hold(session: Session, hold: int) -> None:
    assert place(session, 15, "h", lapses_at=LATER) == hold
    with pytest.raises(KeyConflict) as refused:
        place(session, 16, "h", lapses_at=LATER)
    assert (refused.value.first["amount"], refused.value.second["amount"]) == (15, 16)
    release_hold(session, hold=hold, now=NOON)
    assert place(session, 15, "h", lapses_at=LATER) == hold
    assert has(session) == (20, 0)


@pytest.mark.parametrize("amount", [0, -1, 2**63, True])
def test_an_impossible_amount_is_not_held(session: Session, amount: int) -> None:
    earns(session, 1, 20, "a")
    with pytest.raises(BadAmount):
        place(session, amount, "h")


def test_nothing_is_held_where_there_is_no_floor(session: Session) -> None:
    for account in (earns(session, 1, 20, "a").transfer_id + 5000, shop_of(session) + 5000):
        with pytest.raises(UnknownAccount):
            place_hold(session, account=account, amount=1, key="h", now=NOON)


def test_two_holds_may_be_captured_in_one_batch(session: Session) -> None:
    earns(session, 1, 20, "a")
    gives(session, 1, 2, 5, "g")
    account, shop = resident_account(session, 1), shop_of(session)
    holds = [place(session, amount, f"h{amount}") for amount in (7, 8)]
    taken = [Posting(f"c{hold}", TransferKind.CAPTURE, account, shop, 7, hold=hold) for hold in holds]
    assert reasons(session, *taken) == [None, None]
    assert has(session) == (1, 0)


def test_every_refusal_is_one_of_points() -> None:
    assert issubclass(HoldLapsed, HoldEnded)
    assert issubclass(HoldExceeded, PointsError)
