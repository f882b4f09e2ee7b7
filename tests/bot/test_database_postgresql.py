"""The lanes of PostgreSQL: shared commits, slow units overtaken, collisions that go again some times."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session
from together import Together, commits_of

from bot.database import Database, commits, engines, lanes, pool, reading_engine, writing_engine

COLLIDE = "DO $$ BEGIN RAISE EXCEPTION 'collided' USING ERRCODE = '40001'; END $$"


@pytest.fixture
async def db(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(commits, "_LONGEST_PAUSE", 0)
    engine = writing_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE tally (name TEXT PRIMARY KEY, count INTEGER)"))
        connection.execute(text("INSERT INTO tally VALUES ('a', 0), ('b', 0)"))
    engine.dispose()
    async with Database(postgres_url) as opened:
        yield opened


def counts(session: Session) -> list[int]:
    return list(session.execute(text("SELECT count FROM tally ORDER BY name")).scalars())


async def test_what_two_read_and_both_change_adds_up(db: Database) -> None:
    def count_up(session: Session) -> None:
        known = session.execute(text("SELECT count FROM tally WHERE name = 'a'")).scalar_one()
        session.execute(text("UPDATE tally SET count = :count WHERE name = 'a'"), {"count": known + 1})

    await asyncio.gather(*(db.write(count_up) for _ in range(50)))
    assert await db.read(counts) == [50, 0]


async def test_two_who_lock_in_opposite_order_both_end(db: Database) -> None:
    both_hold_one = threading.Barrier(2)
    tries: list[str] = []

    def change(session: Session, first: str, second: str) -> None:
        tries.append(first)
        session.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
        for name in (first, second):
            session.execute(text("UPDATE tally SET count = count + 1 WHERE name = :name"), {"name": name})
            if name == first and tries.count(first) == 1:
                both_hold_one.wait(30)

    await asyncio.gather(db.write(change, "a", "b"), db.write(change, "b", "a"))
    assert await db.read(counts) == [2, 2]
    assert len(tries) > 2


async def test_who_collided_goes_again_alone(db: Database) -> None:
    changing = threading.Lock()
    beside: set[str] = set()
    seen: set[str] = set()
    runs: list[int] = []

    def other(session: Session, name: str) -> None:
        with changing:
            beside.add(name)
        counts(session)
        with changing:
            beside.remove(name)

    def collide_once(session: Session) -> None:
        runs.append(1)
        if len(runs) == 1:
            session.execute(text(COLLIDE))
        for _ in range(50):
            counts(session)
            with changing:
                seen.update(beside)

    others = [db.write(other, str(number)) for number in range(100)]
    await asyncio.gather(db.write(collide_once), *others)
    assert len(runs) == 2
    assert not seen


async def test_nothing_is_left_of_a_run_that_collided(db: Database) -> None:
    runs: list[int] = []

    def collide_twice(session: Session) -> str:
        runs.append(len(runs))
        session.execute(text("UPDATE tally SET count = count + 1"))
        if len(runs) < 3:
            session.execute(text(COLLIDE))
        return "held"

    assert await db.write(collide_twice) == "held"
    assert len(runs) == 3
    assert await db.read(counts) == [1, 1]


async def test_trying_again_has_an_end(db: Database) -> None:
    runs: list[int] = []

    def always(session: Session) -> None:
        runs.append(1)
        session.execute(text(COLLIDE))

    with pytest.raises(OperationalError, match="collided"):
        await db.write(always)
    assert len(runs) == commits.MOST_ATTEMPTS


async def test_other_errors_are_not_tried_again(db: Database) -> None:
    runs: list[int] = []

    def wrong(session: Session) -> None:
        runs.append(1)
        session.execute(text("SELECT 1 / 0"))

    with pytest.raises(Exception, match="division by zero"):
        await db.write(wrong)
    assert len(runs) == 1


async def test_a_restarted_server_is_found_again(db: Database) -> None:
    def lose_connections(session: Session) -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        session.execute(text(f"{others} AND datname = current_database()"))

    await asyncio.gather(*(db.write(counts) for _ in range(8)))
    await db.write(lose_connections)
    assert await asyncio.gather(*(db.write(counts) for _ in range(8))) == [[0, 0]] * 8


async def test_units_run_side_by_side(db: Database) -> None:
    meeting = threading.Barrier(2)
    await asyncio.gather(*(db.write(lambda _: meeting.wait(30)) for _ in range(2)))


async def test_a_unit_that_hides_its_broken_transaction_is_no_success(db: Database) -> None:
    def hide(session: Session) -> None:
        session.execute(text("UPDATE tally SET count = 7"))
        with suppress(DBAPIError):
            session.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="aborted"):
        await db.write(hide)
    assert await db.read(counts) == [0, 0]


def add(session: Session, name: str, more: int) -> int:
    row = {"name": name, "more": more}
    session.execute(text("UPDATE tally SET count = count + :more WHERE name = :name"), row)
    return more


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no machine be so slow that a group ends early or another lane opens."""
    monkeypatch.setattr(pool, "MOST_SECONDS", 60)
    monkeypatch.setattr(lanes, "SLOW", 60)


@pytest.mark.usefixtures("patient")
async def test_many_units_share_one_commit_up_to_a_bound(db: Database) -> None:
    made = commits_of(db)
    async with Together(db) as group:
        for _ in range(pool.MOST_UNITS):
            group.write(add, "a", 1)
    assert await db.read(counts) == [pool.MOST_UNITS, 0]
    assert len(made) == 2


@pytest.mark.usefixtures("patient")
async def test_who_fails_takes_back_only_its_own(db: Database) -> None:
    def regret(session: Session) -> None:
        add(session, "b", 100)
        raise LookupError("no such door")

    def hide(session: Session) -> str:
        with suppress(DBAPIError):
            session.execute(text("SELECT no_such_column FROM tally"))
        return "never mind"

    for unit, failure in ((regret, LookupError), (hide, psycopg.Error)):
        made = commits_of(db)
        async with Together(db) as group:
            group.write(add, "a", 1)
            group.write(unit)
            group.write(add, "a", 1)
        assert [type(result) for result in group.results[::2]] == [int, int]
        assert isinstance(group.results[1], failure)
        assert len(made) == 1
    assert await db.read(counts) == [4, 0]


async def test_a_slow_unit_is_overtaken(db: Database) -> None:
    overtaken = threading.Event()

    def slow(_: Session) -> bool:
        return overtaken.wait(30)

    def fast(_: Session) -> None:
        overtaken.set()

    assert await asyncio.gather(db.write(slow), db.write(fast)) == [True, None]


async def test_a_connection_whose_server_left_is_replaced(
    db: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_UNUSED", 0)
    await db.write(add, "a", 1)
    await db.read(counts)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert await db.write(add, "a", 1) == 1
    assert await db.read(counts) == [2, 0]


async def test_who_was_cut_off_is_told_and_goes_no_second_time(db: Database) -> None:
    runs: list[int] = []

    def cut_off(session: Session) -> None:
        runs.append(1)
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DBAPIError):
        await db.write(cut_off)
    assert len(runs) == 1
    assert await db.write(add, "a", 1) == 1


def test_the_server_ends_a_writer_that_does_nothing_and_lets_a_reader_take_its_time(
    postgres_url: str,
) -> None:
    asked = text("SELECT current_setting('idle_in_transaction_session_timeout')")
    for opened, expected in ((writing_engine, "15s"), (reading_engine, "0")):
        engine = opened(postgres_url)
        with engine.connect() as connection:
            assert connection.scalar(asked) == expected
        engine.dispose()
