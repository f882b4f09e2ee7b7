"""Gifts: what may be given to whom, limits of the month, what a second tap does, and how old points stay."""

from datetime import datetime
from typing import Any

import pytest
from ledger_asked import NOON, SHANGHAI, earned, earns, held, mends
from points_town import Town
from sqlalchemy import select
from sqlmodel import Session

from points import (
    BadAmount,
    KeyConflict,
    LimitReached,
    Posted,
    Run,
    expire,
    exported,
    forget_owner,
    month_start,
    place_hold,
    release_hold,
    resident_account,
    standing,
    verify,
)
from points.gift_errors import GiftsOff, GivenEnough, NotEnoughToGive, OwnGift, ReceivedEnough
from points.gifts import Gift, GiftLimits, GiftRoom, Receiver, gift_room, give
from points.models import transfers

LIMITS = GiftLimits(give=50, receive=80)
MEI, WEI, ANN, LIN = 1, 2, 3, 4


def gives(session: Session, giver: int, to: int | str, amount: int, key: str = "g", **more: Any) -> Gift:
    receiver = Receiver(fund=to) if isinstance(to, str) else Receiver(resident_id=to)
    more = {"limits": LIMITS, "now": NOON, **more}
    return give(session, key=key, giver_id=giver, to=receiver, amount=amount, zone=SHANGHAI, **more)


def moved(session: Session) -> list[tuple[str, int]]:
    rows = session.connection().execute(select(transfers).where(transfers.c.kind == "gift"))
    return [(row.month, row.amount) for row in rows]


def at(month: str) -> datetime:
    return month_start(month, SHANGHAI)


def expires(session: Session, month: str, life: int) -> int:
    run, taken = Run(month), 0
    while not run.over:
        step = expire(session, run, expire_months=life, now=at(month), zone=SHANGHAI)
        run, taken = step.run, taken + step.points
    return taken


def test_a_gift_goes_over_once_and_counts_on_no_board(session: Session) -> None:
    earns(session, MEI, 70, "a")
    before = earned(session)
    first = gives(session, MEI, WEI, 30)
    assert (first.balance, first.left, first.received, first.new) == (40, 20, 30, True)
    again = gives(session, MEI, WEI, 30)
    assert (again.balance, again.left, again.received, again.new) == (40, 20, 30, False)
    assert earned(session) == before
    assert verify(session).problems == ()
    with pytest.raises(KeyConflict):
        gives(session, MEI, WEI, 20)
    with pytest.raises(KeyConflict):
        gives(session, MEI, ANN, 30)


@pytest.mark.parametrize("amount", [0, -5, 2**63, 10**13])
def test_what_is_no_amount_is_refused(session: Session, amount: int) -> None:
    earns(session, MEI, 70, "a")
    with pytest.raises(GivenEnough if amount > 0 else BadAmount):
        gives(session, MEI, WEI, amount)
    assert moved(session) == []


def test_nobody_gives_to_themselves_nor_where_gifts_are_off(session: Session) -> None:
    earns(session, MEI, 70, "a")
    with pytest.raises(OwnGift):
        gives(session, MEI, MEI, 10)
    with pytest.raises(GiftsOff):
        gives(session, MEI, WEI, 10, limits=GiftLimits(0, 80))


def test_what_is_on_hold_or_owed_is_not_given(session: Session) -> None:
    first = earns(session, MEI, 40, "a")
    place_hold(session, account=resident_account(session, MEI), amount=25, key="h", now=NOON)
    with pytest.raises(NotEnoughToGive) as short:
        gives(session, MEI, WEI, 20)
    assert (short.value.available, short.value.amount) == (15, 20)
    mends(session, first, "wrong")
    earns(session, MEI, 20, "b")
    assert held(session, MEI).owed == 5
    with pytest.raises(NotEnoughToGive):
        gives(session, MEI, WEI, 1)
    earns(session, MEI, 30, "c")
    assert gives(session, MEI, WEI, 25).balance == 0


def test_a_gift_repays_what_the_receiver_owes_first(session: Session) -> None:
    wrong = earns(session, WEI, 40, "w")
    gives(session, WEI, ANN, 30, "away")
    mends(session, wrong, "wrong")
    earns(session, MEI, 50, "a")
    assert gives(session, MEI, WEI, 40, "help").received == 10
    assert held(session, WEI).owed == 0
    assert verify(session).problems == ()


def test_a_month_has_a_limit_for_each_giver_and_each_receiver(session: Session) -> None:
    for who in (MEI, ANN, LIN):
        earns(session, who, 100, f"a{who}")
    gives(session, MEI, WEI, 40, "1")
    with pytest.raises(GivenEnough) as enough:
        gives(session, MEI, ANN, 11, "2")
    assert (enough.value.most, enough.value.left) == (50, 10)
    gives(session, MEI, ANN, 10, "2")
    gives(session, ANN, WEI, 40, "3")
    with pytest.raises(ReceivedEnough) as full:
        gives(session, LIN, WEI, 1, "4")
    assert (full.value.most, full.value.left) == (80, 0)
    gives(session, LIN, WEI, 1, "4", now=at("2026-04"))
    room = gift_room(session, giver_id=MEI, limits=LIMITS, now=at("2026-04"), zone=SHANGHAI)
    assert room == GiftRoom(50, 50, 50)


def test_a_fund_is_given_to_within_the_givers_limit_only(session: Session) -> None:
    for who in (MEI, ANN, LIN):
        earns(session, who, 100, f"a{who}")
        gives(session, who, "b1", 50, f"g{who}")
    with pytest.raises(GivenEnough):
        gives(session, MEI, "b1", 1, "more")
    assert gives(session, ANN, "b1", 50, f"g{ANN}").received == 150


def test_a_gift_that_was_reversed_counts_no_more(session: Session) -> None:
    earns(session, MEI, 100, "a")
    gives(session, MEI, WEI, 50)
    [row] = session.connection().execute(select(transfers.c.id).where(transfers.c.key == "g")).all()
    mends(session, Posted(row.id, replayed=False), "undo")
    assert gives(session, MEI, WEI, 50, "again").balance == 50
    assert verify(session).problems == ()


def test_points_keep_their_age_when_they_are_given(session: Session) -> None:
    earns(session, MEI, 30, "a", at("2026-01"))
    earns(session, MEI, 40, "b", at("2026-02"))
    assert gives(session, MEI, WEI, 50, now=at("2026-03")).new
    assert moved(session) == [("2026-01", 30), ("2026-02", 20)]
    assert not gives(session, MEI, WEI, 50, now=at("2026-04")).new
    stands = standing(session, WEI, at("2026-03"), SHANGHAI, expire_months=2)
    assert [(entry.amount, entry.other) for entry in stands.entries] == [(50, MEI)]
    assert (stands.available, stands.expiring, stands.expiring_at) == (50, 30, at("2026-04"))
    assert expires(session, "2026-04", 2) == 30
    assert expires(session, "2026-05", 2) == 40
    assert held(session, WEI).posted == held(session, MEI).posted == 0


def test_giving_back_and_forth_makes_nothing_younger(session: Session) -> None:
    earns(session, MEI, 50, "a", at("2026-01"))
    for month in ("2026-02", "2026-03"):
        gives(session, MEI, WEI, 50, f"to {month}", now=at(month))
        gives(session, WEI, MEI, 50, f"fro {month}", now=at(month))
    assert expires(session, "2026-04", 2) == 50


def test_fresh_points_stay_when_a_given_award_turns_out_wrong(session: Session) -> None:
    """The older points were on hold when the younger were given: the correction takes the older ones."""
    earns(session, MEI, 50, "old", at("2026-01"))
    hold = place_hold(session, account=resident_account(session, MEI), amount=50, key="h", now=at("2026-01"))
    wrong = earns(session, MEI, 50, "wrong", at("2026-02"))
    gives(session, MEI, WEI, 50, now=at("2026-02"))
    release_hold(session, hold=hold, now=at("2026-02"))
    mends(session, wrong, "undo", at("2026-02"))
    earns(session, MEI, 10, "fresh", at("2026-03"))
    assert expires(session, "2026-04", 2) == 0
    assert (held(session, MEI).available, held(session, WEI).available) == (10, 50)
    assert expires(session, "2026-05", 2) == 50


def test_a_gift_gives_no_household_a_second_share(town: Town) -> None:
    """Rewards are limited by who took them, never by whose points they were."""
    for key in ("a", "b"):
        town.earns(MEI, key)
    town.redeems(MEI, household="home")
    gives(town.session, MEI, WEI, 150, limits=GiftLimits(200, 200))
    with pytest.raises(LimitReached):
        town.redeems(WEI, household="home")
    assert town.stands(WEI).available == 150


def test_who_is_forgotten_leaves_gifts_without_a_name(session: Session) -> None:
    earns(session, MEI, 40, "a")
    gives(session, MEI, WEI, 10)
    gives(session, MEI, "b1", 5, "f")
    forget_owner(session, MEI, NOON)
    [entry] = standing(session, WEI, NOON, SHANGHAI).entries
    assert (entry.amount, entry.other, entry.fund) == (10, None, None)
    assert "other" not in exported(session, WEI)["entries"][0]
    assert verify(session).problems == ()
