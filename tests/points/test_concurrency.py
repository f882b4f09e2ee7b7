"""Many at once on a real PostgreSQL: what two units of work both want, one gets."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import units
from points_town import HAIRCUT, NOON, RICE, SHANGHAI, Town, settle
from sqlalchemy import Engine, select
from sqlmodel import Session
from units import sound, tried

from points import (
    AlreadyHandedOver,
    BudgetSpent,
    NotEnoughPoints,
    OutOfStock,
    Redeemed,
    SponsorEntry,
    Terms,
    cancel,
    lapse,
    synchronise_rewards,
)
from points.counter import waits as waiting
from points.shelf import rewards
from points.shops import (
    DisputeEnded,
    dispute,
    give_points_back,
    serve_line,
    settle_every_shop,
    settlement,
    wait_for,
)

AT_ONCE = 12
MONTHS = ("2026-03", "2026-04")
Act = Callable[[Town], Any]


@pytest.fixture(params=units.ON_POSTGRESQL)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = units.opened(request, connections=AT_ONCE)
    units.unit(engine, settle)
    yield engine
    engine.dispose()


def unit(engine: Engine, act: Act) -> str:
    return tried(engine, in_town(act))


def all_at_once(engine: Engine, acts: list[Act]) -> Counter[str]:
    return units.all_at_once(engine, map(in_town, acts), threads=AT_ONCE)


def in_town(act: Act) -> units.Act:
    def in_session(session: Session) -> None:
        act(Town(session))

    return in_session


def test_the_last_item_goes_to_as_many_as_there_are(engine: Engine) -> None:
    for who in range(AT_ONCE):
        unit(engine, lambda town, who=who: town.earns(who, "k" + str(who)))  # type: ignore[misc]
    takers: list[Act] = [lambda town, who=who: town.redeems(who) for who in range(AT_ONCE)]  # type: ignore[misc]
    assert all_at_once(engine, takers) == {"done": 3, OutOfStock.__name__: AT_ONCE - 3}
    assert sound(engine)


def test_nobody_spends_the_same_points_twice(engine: Engine) -> None:
    unit(engine, lambda town: town.earns(1, "all there is"))
    results = all_at_once(engine, [lambda town: town.redeems(1, "haircut")] * AT_ONCE)
    assert results == {"done": 8, NotEnoughPoints.__name__: AT_ONCE - 8}  # 500 points, 60 each
    assert sound(engine)


def test_a_code_is_handed_over_once(engine: Engine) -> None:
    codes: list[str] = []
    unit(engine, lambda town: town.earns(1, "award"))
    unit(engine, lambda town: codes.append(town.redeems(1).code))
    results = all_at_once(engine, [lambda town: town.hands_over(codes[-1])] * AT_ONCE)
    assert results == {"done": 1, AlreadyHandedOver.__name__: AT_ONCE - 1}
    assert sound(engine)


def test_one_key_pays_once(engine: Engine) -> None:
    paid: list[Any] = []
    all_at_once(engine, [lambda town: paid.append(town.earns(1, "one fact"))] * AT_ONCE)
    with Session(engine) as session:
        assert Town(session).stands(1).available == 500
    assert sound(engine)


def test_a_household_gets_its_share_once(engine: Engine) -> None:
    for who in range(AT_ONCE):
        unit(engine, lambda town, who=who: town.earns(who, "k" + str(who)))  # type: ignore[misc]
    together: list[Act] = [
        lambda town, who=who: town.redeems(who, household="us")  # type: ignore[misc]
        for who in range(AT_ONCE)
    ]
    results = all_at_once(engine, together)
    assert results["done"] == 1
    assert sound(engine)


def test_what_comes_back_goes_to_who_waited_and_never_to_two(engine: Engine) -> None:
    for who in range(AT_ONCE):
        unit(engine, lambda town, who=who: town.earns(who, "k" + str(who)))  # type: ignore[misc]
    codes: list[Redeemed] = []
    for who in range(3):
        unit(engine, lambda town, who=who: codes.append(town.redeems(who)))  # type: ignore[misc]
    for who in range(3, 8):
        unit(engine, lambda town, who=who: waits(town, who))  # type: ignore[misc]
    returning: list[Act] = [lambda town, code=code: gives_back(town, code) for code in codes[:3]]  # type: ignore[misc]
    taking: list[Act] = [lambda town, who=who: town.redeems(who) for who in range(3, AT_ONCE)]  # type: ignore[misc]
    results = all_at_once(engine, [*returning, *taking])
    with Session(engine) as session:
        kept = session.execute(select(waiting.c.account).where(waiting.c.state == "offered")).all()
        taken = session.execute(select(rewards.c.taken).where(rewards.c.code == "rice")).scalar_one()
    assert taken + len(kept) == 3
    assert results["done"] == 3 + taken
    assert sound(engine)


def test_a_code_lapses_or_is_handed_over_but_never_both(engine: Engine) -> None:
    codes: list[Redeemed] = []
    for who in range(4):
        unit(engine, lambda town, who=who: town.earns(who, "k" + str(who)))  # type: ignore[misc]
        unit(engine, lambda town, who=who: codes.append(town.redeems(who, "haircut")))  # type: ignore[misc]
        code = codes[-1]
        acts: list[Act] = [
            lambda town, code=code: lapses(town, code),  # type: ignore[misc]
            lambda town, code=code: town.hands_over(code.code),  # type: ignore[misc]
        ]
        assert all_at_once(engine, acts * (AT_ONCE // 2))["done"] == 1
    assert sound(engine)


def test_a_complaint_is_decided_once_also_while_the_month_is_settled(engine: Engine) -> None:
    codes: list[Redeemed] = []
    said: list[int] = []
    unit(engine, lambda town: town.earns(1, "award"))
    unit(engine, lambda town: codes.append(town.redeems(1)))
    unit(engine, lambda town: town.hands_over(codes[-1].code))
    unit(engine, lambda town: said.append(complains(town, codes[-1])))
    acts: list[Act] = [lambda town: gives_back_points(town, said[-1]), settles]
    results = all_at_once(engine, acts * (AT_ONCE // 2))
    assert results == {"done": 1 + AT_ONCE // 2, DisputeEnded.__name__: AT_ONCE // 2 - 1}
    with Session(engine) as session:
        assert Town(session).stands(1).available == 500
    assert sound(engine)


def test_a_sponsor_never_pays_more_than_its_budget(engine: Engine) -> None:
    for who in range(AT_ONCE):
        unit(engine, lambda town, who=who: town.earns(who, "k" + str(who)))  # type: ignore[misc]
    unit(engine, sponsored)
    takers: list[Act] = [
        lambda town, who=who: town.redeems(who, ("rice", "haircut")[who % 2])  # type: ignore[misc]
        for who in range(AT_ONCE)
    ]
    assert all_at_once(engine, takers) == {"done": 4, BudgetSpent.__name__: AT_ONCE - 4}
    assert sound(engine)


def test_a_sponsor_never_owes_twice_its_budget_where_codes_wait_over_a_month(engine: Engine) -> None:
    for who in range(AT_ONCE):
        unit(engine, lambda town, who=who: town.earns(who, "k" + str(who)))  # type: ignore[misc]
    unit(engine, sponsored)
    codes: list[Redeemed] = []
    late, new = timedelta(days=21, hours=11), timedelta(days=21, hours=13)  # the last day, the next month
    for who in (0, 2, 4, 6):
        unit(engine, lambda town, who=who: codes.append(_redeems(town, late, who)))  # type: ignore[misc]
    takers: list[Act] = [
        lambda town, who=who: _redeems(town, new, who)  # type: ignore[misc]
        for who in range(1, AT_ONCE, 2)
    ]
    fetching: list[Act] = [
        lambda town, one=one: _fetches(town, new, one)  # type: ignore[misc]
        for one in codes
    ]
    assert all_at_once(engine, takers + fetching) == {"done": 4, BudgetSpent.__name__: len(takers)}
    with Session(engine) as session:
        months = [settlement(session, merchant=RICE.merchant, month=month, zone=SHANGHAI) for month in MONTHS]
    assert [view.due_fen for view in months] == [0, 4000]
    assert sound(engine)


def _redeems(town: Town, after: timedelta, who: int) -> Redeemed:
    town.now = NOON + after
    return town.redeems(who)


def _fetches(town: Town, after: timedelta, code: Redeemed) -> None:
    town.now = NOON + after
    town.hands_over(code.code)


def sponsored(town: Town) -> None:
    terms = Terms(cost_fen=1000, payer="mill")
    offers = [replace(offer, stock=None, limit=None, terms=terms) for offer in (RICE, HAIRCUT)]
    mill = SponsorEntry("mill", {"*": "Mill"}, budget_fen=4999)
    synchronise_rewards(town.session, offers, [], town.now, [mill])


def lapses(town: Town, code: Redeemed) -> None:
    if lapse(town.session, redemption_id=code.redemption_id, now=code.lapses_at) is None:
        raise AlreadyHandedOver(code.code, town.now)


def complains(town: Town, code: Redeemed) -> int:
    made = dispute(town.session, redemption_id=code.redemption_id, resident_id=1, now=town.now)
    return made.dispute_id


def gives_back_points(town: Town, number: int) -> None:
    give_points_back(town.session, dispute_id=number, decided_by=9, now=town.now, zone=SHANGHAI)


def settles(town: Town) -> None:
    settle_every_shop(town.session, month="2026-03", now=town.now, zone=SHANGHAI)


def waits(town: Town, who: int) -> None:
    wait_for(
        town.session,
        resident_id=who,
        household=f"h{who}",
        reward_id=town.reward("rice"),
        now=town.now,
        zone=SHANGHAI,
    )


def gives_back(town: Town, code: Redeemed) -> None:
    cancel(town.session, redemption_id=code.redemption_id, resident_id=code.resident_id, now=town.now)
    serve_line(town.session, reward_id=town.reward("rice"), now=town.now, zone=SHANGHAI)
