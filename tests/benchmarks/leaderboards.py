"""How fast a month's leaderboard is read and drawn, and that it takes no longer with more transfers."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlmodel import Session

from bot.database import reading_engine
from bot.pictures import LeaderboardPicture, Row, Section, draw_leaderboard
from points import GroupKind, month_places, period_board
from tests.benchmarks.board_books import on_postgresql
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledger_raw import postgres
from tests.benchmarks.points_books import unsealed

SIZES = (10_000, 1_000_000)
OTHER_SIZE = "LINLI_BENCH_TRANSFERS"
RESIDENT = GroupKind.RESIDENT
MONTH, QUARTER, YEAR = "2025-12", "2025-Q4", "2025"
TOP = 20
TIMES = 100
DRAWN = 10
MIDDLE = 7  # how many boards of a quarter and a year are read


def measure() -> Iterator[Figure]:
    """Read boards on both databases, of few transfers and of many, and draw one.

    With another size in the environment, on SQLite only, of few transfers and of so many.
    """
    if OTHER_SIZE in os.environ:
        yield from _on_sqlite((SIZES[0], int(os.environ[OTHER_SIZE])))
        return
    yield from _on_sqlite(SIZES)
    with postgres() as server:
        for transfers in SIZES:
            url = on_postgresql(server, transfers)
            yield from on_books(url, f"PostgreSQL, {transfers:,} transfers")
    yield _picture()


def _on_sqlite(sizes: Iterable[int]) -> Iterator[Figure]:
    for transfers in sizes:
        with tempfile.TemporaryDirectory() as folder:
            yield from on_books(unsealed(Path(folder), transfers), f"SQLite, {transfers:,} transfers")


def on_books(url: str, where: str) -> Iterator[Figure]:
    """Time what is read of a month, quarter and year; the medians, each call for another reader."""
    engine = reading_engine(url, connections=1)
    with engine.connect() as connection, Session(connection) as session:

        def top(_: int) -> object:
            return month_places(session, month=MONTH, group_kind=RESIDENT, top=TOP)

        def mine(number: int) -> object:
            return month_places(session, month=MONTH, group_kind=RESIDENT, top=0, own_key=str(number * 499))

        def of(period: str) -> Callable[[int], object]:
            return lambda number: period_board(
                session, period=period, group_kind=RESIDENT, top=TOP, own_key=str(number * 499)
            )

        yield Figure(name=f"month's top {TOP}, {where}", value=_median(top), unit="ms", at_most=2)
        yield Figure(name="  own rank and those around", value=_median(mine), unit="ms", at_most=5)
        yield Figure(name="  both, and how many there are", value=_median(of(MONTH)), unit="ms")
        for name, period in (("quarter", QUARTER), ("year", YEAR)):
            yield Figure(name=f"  the same of a {name}", value=_median(of(period), MIDDLE), unit="ms")
    engine.dispose()


def _median(read: Callable[[int], object], times: int = TIMES) -> float:
    read(0)
    return statistics.median(_milliseconds(lambda number=number: read(number)) for number in range(times))


def _milliseconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _picture() -> Figure:
    rows = tuple(Row(place, f"王小英{place}", 900 - place, "K7QM", mine=place == 7) for place in range(1, 11))
    sections = tuple(Section(title, rows[:many]) for title, many in (("邻居", 10), ("队伍", 5), ("楼栋", 5)))
    picture = LeaderboardPicture("邻里积分排行榜", "柳岸社区 · 2026年10月", sections, "每一次帮忙，都算数")
    draw_leaderboard(picture)
    taken = statistics.median(_milliseconds(lambda: draw_leaderboard(picture)) for _ in range(DRAWN))
    return Figure(name="leaderboard picture, 20 rows", value=taken, unit="ms", at_most=150)
