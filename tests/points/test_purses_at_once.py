"""Many at once on a real PostgreSQL about one purse: spent once, nothing left behind, however people move."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from ledger_asked import NOON, SHANGHAI, shop_of
from sqlalchemy import Engine, select
from sqlmodel import Session
from units import ON_POSTGRESQL, Act, all_at_once, opened, sound, unit

from points import (
    AccountKind,
    Groups,
    Posting,
    TransferKind,
    award,
    community_account,
    find_resident_account,
    live_together,
    place_hold,
    post_one,
    release_hold,
    resident_account,
    synchronise_activities,
)
from points.accounts import holdings
from points.models import balances, holds, purses
from points.rules import ActivityRule

AT_ONCE = 9
MEI, BO, LI = 1, 2, 3
GARDEN = ActivityRule("garden", {"*": "Garden"}, points=10)


@pytest.fixture(params=ON_POSTGRESQL)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = opened(request, connections=AT_ONCE)
    unit(engine, shop_of)
    unit(engine, lambda session: synchronise_activities(session, [GARDEN], NOON))
    unit(engine, lives("7", MEI, BO))
    unit(engine, lives("9", LI))
    yield engine
    engine.dispose()


def lives(household: str, *residents: int) -> Act:
    return lambda session: live_together(session, household=household, residents=residents, now=NOON)


def earns(resident_id: int, key: str) -> Act:
    what: dict[str, Any] = {"activity": "garden", "groups": Groups("7"), "now": NOON, "zone": SHANGHAI}
    return lambda session: award(session, resident_id=resident_id, key=key, **what)


def spends(resident_id: int, key: str, amount: int) -> Act:
    def act(session: Session) -> object:
        mine, used = resident_account(session, resident_id), community_account(session, AccountKind.REDEEMED)
        return post_one(session, Posting(key, TransferKind.GIFT, mine, used, amount), NOON, zone=SHANGHAI)

    return act


def has(engine: Engine, resident_id: int) -> int:
    with Session(engine) as session:
        purse = find_resident_account(session, resident_id)
        return 0 if purse is None else holdings(session, [purse])[purse].available


def whole(engine: Engine) -> tuple[int, int]:
    """Give what all have together, and what of it lies where it should have been passed on."""
    with Session(engine) as session:
        numbers = list(session.execute(select(purses.c.account)).scalars())
        stranded = sum(held.available for held in holdings(session, numbers).values())
        return int(sum(session.execute(select(balances.c.posted)).scalars())), stranded


def test_what_two_spend_at_once_is_spent_once(engine: Engine) -> None:
    unit(engine, earns(MEI, "a"))
    acts = [spends(who, f"{who}:{number}", 10) for who in (MEI, BO) for number in range(4)]
    assert all_at_once(engine, acts, threads=AT_ONCE) == {"done": 1, "NotEnoughPoints": 7}
    assert has(engine, MEI) == has(engine, BO) == 0
    assert sound(engine)


@pytest.mark.parametrize("turn", [0, 2, 4, 6])
def test_nothing_is_left_behind_by_who_moves_while_others_earn(engine: Engine, turn: int) -> None:
    unit(engine, earns(MEI, "first"))
    hold = unit(engine, _hold)
    acts: list[Act] = [earns(who, f"{who}:{number}") for who in (MEI, BO, LI) for number in range(2)]
    acts += [lives("9", LI, BO), partial(_lets_go, hold), earns(MEI, "first")]
    all_at_once(engine, [*acts[turn:], *acts[:turn]], threads=AT_ONCE)
    assert whole(engine) == (70, 0)
    unit(engine, lives("9", LI, BO, MEI))
    assert [has(engine, who) for who in (MEI, BO, LI)] == [70] * 3
    assert whole(engine) == (70, 0)
    assert sound(engine)


def test_two_who_move_in_at_once_find_one_purse(engine: Engine) -> None:
    unit(engine, lives("8", MEI))
    for who in (MEI, BO, LI):
        unit(engine, earns(who, f"own:{who}"))
    all_at_once(engine, [lives("9", LI, MEI), lives("9", LI, BO)], threads=AT_ONCE)
    assert [has(engine, who) for who in (MEI, BO, LI)] == [30] * 3
    assert whole(engine) == (30, 0)
    assert sound(engine)


def _hold(session: Session) -> int:
    return place_hold(session, account=resident_account(session, BO), amount=5, key="hold", now=NOON)


def _lets_go(hold: object, session: Session) -> None:
    [number] = session.execute(select(holds.c.id).where(holds.c.id == hold)).scalars()
    release_hold(session, hold=number, now=NOON)
