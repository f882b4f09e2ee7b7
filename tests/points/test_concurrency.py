"""Many at once on a real PostgreSQL: what two units of work both want, one gets."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from points_town import Town, settle
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from points import AlreadyHandedOver, NotEnoughPoints, OutOfStock, PointsError, verify

AT_ONCE = 12
TRY_AGAIN = {"40001", "40P01"}  # serialisation failure, deadlock
Act = Callable[[Town], Any]


@pytest.fixture(params=["READ COMMITTED", "SERIALIZABLE"])
def engine(request: pytest.FixtureRequest, postgres_tables_url: str) -> Iterator[Engine]:
    url = postgres_tables_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, pool_size=AT_ONCE, isolation_level=request.param)
    with Session(engine) as session:
        settle(session)
        session.commit()
    yield engine
    engine.dispose()


def unit(engine: Engine, act: Act) -> str:
    """Run one unit of work as the house does: again after a serialisation failure or a deadlock."""
    while True:
        try:
            with Session(engine) as session:
                act(Town(session))
                session.commit()
                return "done"
        except PointsError as error:
            return type(error).__name__
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in TRY_AGAIN:
                raise


def all_at_once(engine: Engine, acts: list[Act]) -> Counter[str]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return Counter(threads.map(lambda act: unit(engine, act), acts))


def sound(engine: Engine) -> bool:
    with Session(engine) as session:
        return verify(session).problems == ()


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
