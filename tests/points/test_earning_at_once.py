"""Many awards at the same moment, on both databases: never above a cap, a limit or a month's budget."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import units
from points_town import Town, settle
from sqlalchemy import Engine
from units import sound

from points import ActivityRule, By, Cap, Limit, Multiplier, Per

AT_ONCE = 8
Act = Callable[[Town], Any]


@pytest.fixture(params=units.ON_BOTH)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = units.opened(request, connections=AT_ONCE)
    units.unit(engine, settle)
    yield engine
    engine.dispose()


def unit(engine: Engine, act: Act) -> Any:
    return units.unit(engine, lambda session: act(Town(session)))


def rule(engine: Engine, **more: Any) -> None:
    unit(engine, lambda town: town.rules(ActivityRule("visit", {"en": "Visit"}, 20, **more)))


def amounts(engine: Engine, acts: list[Act]) -> list[int]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sorted(one.amount for one in threads.map(lambda act: unit(engine, act), acts))


def visits(**more: Any) -> list[Act]:
    return [lambda town, who=who: town.did(who, f"k{who}", **more) for who in range(AT_ONCE)]  # type: ignore[misc]


def test_one_resident_never_passes_a_cap(engine: Engine) -> None:
    rule(engine, cap=Cap(50, Per.DAY))
    acts: list[Act] = [lambda town, n=n: town.did(1, f"k{n}") for n in range(AT_ONCE)]  # type: ignore[misc]
    assert amounts(engine, acts) == [0] * (AT_ONCE - 3) + [10, 20, 20]
    assert sound(engine)


def test_a_household_never_passes_a_cap(engine: Engine) -> None:
    rule(engine, cap=Cap(50, Per.DAY, By.HOUSEHOLD))
    assert amounts(engine, visits(household="us")) == [0] * (AT_ONCE - 3) + [10, 20, 20]
    assert sound(engine)


def test_a_household_never_does_it_too_often(engine: Engine) -> None:
    rule(engine, limits=(Limit(2, Per.DAY, By.HOUSEHOLD),))
    assert amounts(engine, visits(household="us")) == [0] * (AT_ONCE - 2) + [20, 20]
    assert sound(engine)


def test_the_first_time_comes_once(engine: Engine) -> None:
    rule(engine, multiplier=Multiplier(first_time_percent=150))
    acts: list[Act] = [lambda town, n=n: town.did(1, f"k{n}") for n in range(AT_ONCE)]  # type: ignore[misc]
    assert amounts(engine, acts) == [20] * (AT_ONCE - 1) + [30]
    assert sound(engine)


def test_a_month_never_gives_more_than_its_budget(engine: Engine) -> None:
    rule(engine)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        done = list(threads.map(lambda act: unit(engine, act), visits(budget=50)))
    waits = sorted(str(one.waiting_until or "")[:10] for one in done)
    assert waits == [
        "",
        "",
        "2026-03-31",
        "2026-03-31",
        "2026-04-30",
        "2026-04-30",
        "2026-05-31",
        "2026-05-31",
    ]
    assert sound(engine)


def test_two_batches_of_one_household_and_one_budget_end(engine: Engine) -> None:
    """Each locks accounts, the household and the month; whoever comes second waits, and neither for ever."""
    rule(engine, cap=Cap(90, Per.DAY, By.HOUSEHOLD))

    def batch(town: Town, number: int) -> Any:
        from points import Deserved, Groups  # noqa: PLC0415

        order = range(AT_ONCE) if number % 2 else reversed(range(AT_ONCE))
        mine = [Deserved(who, f"k{number}:{who}", Groups(household="us")) for who in order]
        return sum(one.amount for one in town.does(*mine, budget=1000))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        sums = list(threads.map(lambda n: unit(engine, lambda town: batch(town, n)), range(4)))
    assert sum(sums) == 90
    assert sound(engine)
