"""How fast points are posted: beside bare sqlite3 on SQLite, beside pgbench on PostgreSQL."""

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager

from bot.database import Database
from bot.migrating import migrate
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledger_posts import (
    Books,
    by_callers,
    in_batches,
    open_books,
    with_guards,
    without_fingerprints,
    without_guards,
)
from tests.benchmarks.ledger_raw import Pgbench, five_rows_a_commit, postgres

ROUNDS = 3
SECONDS = 1.5
BATCH = 1000
FIVE = ", five month totals"  # of a resident, a household, a team, a building and a grid; else of a resident
Round = dict[str, float]
OneRound = Callable[[Database, Books], Awaitable[Round]]


def measure() -> Iterator[Figure]:
    """Measure in rounds, each beside its own reference; the figures are the medians of the rounds."""
    yield from _sqlite()
    yield from _price()
    yield from _postgresql()


def _sqlite() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        rounds = asyncio.run(_rounds(f"sqlite:///{folder}/ledger.db", _sqlite_round))
    raw = _median(rounds, "R")
    yield Figure(name="R: five rows a commit on bare sqlite3", value=raw, unit="/s")
    yield from _ratios(rounds, "R", {"one caller": 0.35, "64 callers": 0.8, "a batch of 1,000": 5})
    yield Figure(name="  64 callers, p99", value=_median(rounds, "p99") * 1000, unit="ms", at_most=60)
    yield from _ratios(
        rounds, "R", dict.fromkeys(_with_five(("one caller", "64 callers", "a batch of 1,000")))
    )


async def _sqlite_round(database: Database, books: Books) -> Round:
    many = await by_callers(database, books.award_alone, 64, SECONDS)
    return {
        "R": await asyncio.to_thread(five_rows_a_commit, SECONDS),
        "one caller": (await by_callers(database, books.award_alone, 1, SECONDS)).each_second,
        "64 callers": many.each_second,
        "p99": many.p99,
        "a batch of 1,000": await in_batches(database, books.award_alone, BATCH, SECONDS),
        "one caller" + FIVE: (await by_callers(database, books.award, 1, SECONDS)).each_second,
        "64 callers" + FIVE: (await by_callers(database, books.award, 64, SECONDS)).each_second,
        "a batch of 1,000" + FIVE: await in_batches(database, books.award, BATCH, SECONDS),
    }


def _price() -> Iterator[Figure]:
    """Say what month totals, fingerprints and guards cost a posting: with them, beside without any."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = asyncio.run(_rounds(f"sqlite:///{folder}/ledger.db", _price_round))
    for name, goal in (("one month total", 25), ("five month totals", None)):
        share = statistics.median(1 - each[name] / each["without"] for each in rounds)
        yield Figure(name=f"price of {name}, hash, guards", value=share * 100, unit="%", at_most=goal)


async def _price_round(database: Database, books: Books) -> Round:
    five = await by_callers(database, books.award, 64, SECONDS)
    one = await by_callers(database, books.award_alone, 64, SECONDS)
    with without_fingerprints():
        await database.write(without_guards)
        without = await by_callers(database, books.issue, 64, SECONDS)
        await database.write(with_guards)
    return {
        "five month totals": five.each_second,
        "one month total": one.each_second,
        "without": without.each_second,
    }


def _postgresql() -> Iterator[Figure]:
    with postgres() as server:
        bench = Pgbench(server)

        async def one_round(database: Database, books: Books) -> Round:
            return {
                "P8": await asyncio.to_thread(bench.rate, 8, SECONDS),
                "8 callers": (await by_callers(database, books.award_alone, 8, SECONDS)).each_second,
                "a batch of 1,000": await in_batches(database, books.award_alone, BATCH, SECONDS),
                "8 callers" + FIVE: (await by_callers(database, books.award, 8, SECONDS)).each_second,
                "a batch of 1,000" + FIVE: await in_batches(database, books.award, BATCH, SECONDS),
                "spread": (await by_callers(database, books.gift, 8, SECONDS)).each_second,
                "hot": (await by_callers(database, books.issue, 8, SECONDS)).each_second,
            }

        rounds = asyncio.run(_rounds(str(server.get_uri()), one_round))
    yield Figure(name="P8: pgbench, 8 clients", value=_median(rounds, "P8"), unit="/s")
    yield from _ratios(rounds, "P8", {"8 callers": 0.7, "a batch of 1,000": 3.5})
    yield from _ratios(rounds, "P8", dict.fromkeys(_with_five(("8 callers", "a batch of 1,000"))))
    yield from _ratios(rounds, "spread", {"hot": 0.8})


async def _rounds(url: str, one_round: OneRound) -> list[Round]:
    async with _opened(url) as database:
        books = await database.write(open_books)
        return [await one_round(database, books) for _ in range(ROUNDS)]


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    migrate(url, backup_folder=None)
    async with Database(url) as database:
        yield database


def _with_five(names: Iterable[str]) -> list[str]:
    return [name + FIVE for name in names]


def _ratios(rounds: list[Round], reference: str, goals: Mapping[str, float | None]) -> Iterator[Figure]:
    for name, goal in goals.items():
        ratio = statistics.median(each[name] / each[reference] for each in rounds)
        yield Figure(
            name=f"{name}: {_median(rounds, name):.0f}/s", value=ratio, unit=reference, at_least=goal
        )


def _median(rounds: list[Round], name: str) -> float:
    return statistics.median(each[name] for each in rounds)
