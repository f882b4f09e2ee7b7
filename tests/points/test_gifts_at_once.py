"""Many gifts, proposals and consents at the same moment, on both databases: no limit is passed."""

from collections.abc import Iterator

import pytest
from ledger_asked import NOON, SHANGHAI, earns, held
from sqlalchemy import Engine
from sqlmodel import Session
from units import ON_BOTH, Act, all_at_once, opened, sound, unit

from points.giving import GiftLimits, Proposer, Receiver, agree, fund, give, propose, refuse, withdraw

AT_ONCE = 8
PEOPLE = range(1, AT_ONCE + 1)


@pytest.fixture(params=ON_BOTH)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Open a database in which everybody has a hundred points."""
    engine = opened(request, connections=AT_ONCE)
    for who in PEOPLE:
        unit(engine, lambda session, who=who: earns(session, who, 100, f"a{who}"))
    yield engine
    engine.dispose()


def gift(giver: int, to: Receiver, amount: int, key: str, limits: GiftLimits) -> Act:
    return lambda session: give(
        session, key=key, giver_id=giver, to=to, amount=amount, limits=limits, now=NOON, zone=SHANGHAI
    )


def has(engine: Engine, who: int) -> int:
    with Session(engine) as session:
        return held(session, who).available


def test_one_giver_never_passes_the_months_limit(engine: Engine) -> None:
    limits = GiftLimits(50, 1000)
    acts = [gift(1, Receiver(who), 20, f"g{who}", limits) for who in PEOPLE if who != 1]
    assert all_at_once(engine, acts, threads=AT_ONCE) == {"done": 2, "GivenEnough": AT_ONCE - 3}
    assert has(engine, 1) == 60
    assert sound(engine)


def test_one_receiver_never_passes_the_months_limit(engine: Engine) -> None:
    limits = GiftLimits(50, 50)
    acts = [gift(who, Receiver(1), 20, f"g{who}", limits) for who in PEOPLE if who != 1]
    assert all_at_once(engine, acts, threads=AT_ONCE) == {"done": 2, "ReceivedEnough": AT_ONCE - 3}
    assert has(engine, 1) == 140
    assert sound(engine)


def test_the_same_gift_goes_over_once(engine: Engine) -> None:
    acts = [gift(1, Receiver(2), 20, "g", GiftLimits(1000, 1000))] * AT_ONCE
    assert all_at_once(engine, acts, threads=AT_ONCE) == {"done": AT_ONCE}
    assert (has(engine, 1), has(engine, 2)) == (80, 120)
    assert sound(engine)


def test_two_who_give_each_other_never_wait_for_ever(engine: Engine) -> None:
    limits = GiftLimits(1000, 1000)
    acts = [gift(1 + n % 2, Receiver(2 - n % 2), 5, f"g{n}", limits) for n in range(2 * AT_ONCE)]
    assert all_at_once(engine, acts, threads=AT_ONCE) == {"done": 2 * AT_ONCE}
    assert (has(engine, 1), has(engine, 2)) == (100, 100)
    assert sound(engine)


def proposal(key: str, amount: int) -> Act:
    return lambda session: propose(
        session, key=key, fund="b1", amount=amount, purpose="A bench", by=Proposer(1), now=NOON
    )


def fill(engine: Engine) -> None:
    unit(engine, gift(1, Receiver(fund="b1"), 50, "fund", GiftLimits(1000, 1000)))


def sums(engine: Engine) -> tuple[int, int]:
    with Session(engine) as session:
        shown = fund(session, "b1")
        return shown.available, shown.held


def test_a_fund_never_promises_more_than_it_has(engine: Engine) -> None:
    fill(engine)
    acts = [proposal(f"p{n}", 20) for n in range(AT_ONCE)]
    assert all_at_once(engine, acts, threads=AT_ONCE) == {"done": 2, "NotEnoughInFund": AT_ONCE - 2}
    assert sums(engine) == (10, 40)
    assert sound(engine)


def test_of_all_who_decide_at_once_one_comes_first(engine: Engine) -> None:
    fill(engine)
    number = unit(engine, proposal("p", 20)).spending_id

    def yes(by: int) -> Act:
        return lambda session: agree(
            session, spending_id=number, by=by, household=f"h{by}", now=NOON, zone=SHANGHAI
        )

    def no(by: int) -> Act:
        return lambda session: refuse(session, spending_id=number, by=by, household=f"h{by}", now=NOON)

    def back(session: Session) -> object:
        return withdraw(session, spending_id=number, by=1, now=NOON)

    acts = [yes(2), no(3), back, yes(4), no(5), back, yes(6), yes(7)]
    assert all_at_once(engine, acts, threads=AT_ONCE) == {"done": 1, "SpendingEnded": AT_ONCE - 1}
    assert sums(engine) in {(30, 0), (50, 0)}
    assert sound(engine)
