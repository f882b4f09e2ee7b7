"""The one writer of an SQLite file: one commit for many, and each trap on the way there."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session
from together import Together, commits_of

from bot.database import Database, DatabaseBusy, engines, group, writing_engine

TABLES = (
    "CREATE TABLE note (id INTEGER PRIMARY KEY, said TEXT)",
    "CREATE TABLE reply (note INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TRIGGER polite BEFORE INSERT ON note WHEN NEW.said = 'rude'"
    " BEGIN SELECT RAISE(ABORT, 'not here'); END",
    "CREATE TRIGGER wrathful BEFORE INSERT ON note WHEN NEW.said = 'outrage'"
    " BEGIN SELECT RAISE(ROLLBACK, 'everybody out'); END",
)


def note(session: Session, said: str) -> str:
    session.execute(text("INSERT INTO note (said) VALUES (:said)"), {"said": said})
    return said


def noted(session: Session) -> list[str]:
    return list(session.execute(text("SELECT said FROM note ORDER BY id")).scalars())


@pytest.fixture
async def db(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(group, "MOST_SECONDS", 60)  # a slow machine makes no smaller groups here
    engine = writing_engine(sqlite_url)
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(table))
    engine.dispose()
    async with Database(sqlite_url) as opened:
        yield opened


async def test_many_units_share_one_commit(db: Database) -> None:
    commits = commits_of(db)
    async with Together(db) as group_of:
        for number in range(group.MOST_UNITS - 1):
            group_of.write(note, str(number))
    assert len(commits) == 1
    assert len(await db.read(noted)) == group.MOST_UNITS - 1


async def test_a_group_is_bounded_by_units(db: Database) -> None:
    commits = commits_of(db)
    async with Together(db) as group_of:
        for number in range(group.MOST_UNITS):
            group_of.write(note, str(number))
    assert len(commits) == 2


async def test_a_group_is_bounded_by_time(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "MOST_SECONDS", 0)
    commits = commits_of(db)
    async with Together(db) as group_of:
        for number in range(3):
            group_of.write(note, str(number))
    assert len(commits) == 4


async def test_a_released_savepoint_is_not_seen_before_the_commit(db: Database) -> None:
    other = create_engine(db.engine.url)

    def look(_: Session) -> list[str]:
        with Session(other) as elsewhere:
            return noted(elsewhere)

    async with Together(db) as group_of:
        group_of.write(note, "early")
        group_of.write(look)
    other.dispose()
    assert group_of.results == ["early", []]


async def test_a_trigger_that_aborts_fails_its_unit_only(db: Database) -> None:
    commits = commits_of(db)
    async with Together(db) as group_of:
        for said in ("a", "rude", "b"):
            group_of.write(note, said)
    assert [type(result) for result in group_of.results] == [str, IntegrityError, str]
    assert await db.read(noted) == ["a", "b"]
    assert len(commits) == 1


async def test_a_lost_group_runs_again_one_by_one(db: Database) -> None:
    async with Together(db) as group_of:
        for said in ("a", "outrage", "b"):
            group_of.write(note, said)
    assert [type(result) for result in group_of.results] == [str, IntegrityError, str]
    assert await db.read(noted) == ["a", "b"]


async def test_a_unit_that_hides_the_loss_of_the_group_keeps_nothing_by_half(db: Database) -> None:
    def stubborn(session: Session) -> str:
        try:
            note(session, "outrage")
        except DBAPIError:
            return "never mind"
        return "well"

    async with Together(db) as group_of:
        group_of.write(note, "a")
        group_of.write(stubborn)
        group_of.write(note, "b")
    assert [type(result) for result in group_of.results] == [str, group.TransactionLost, str]
    assert await db.read(noted) == ["a", "b"]


async def test_a_failed_commit_runs_the_group_again_one_by_one(db: Database) -> None:
    def orphan(session: Session) -> None:
        session.execute(text("INSERT INTO reply (note) VALUES (404)"))

    async with Together(db) as group_of:
        group_of.write(note, "a")
        group_of.write(orphan)
        group_of.write(note, "b")
    assert [type(result) for result in group_of.results] == [str, IntegrityError, str]
    assert await db.read(noted) == ["a", "b"]


async def test_a_full_disk_fails_who_needs_room_and_nobody_else(db: Database) -> None:
    def fill(session: Session) -> None:
        note(session, "x" * 500_000)

    await db.write(lambda session: session.execute(text("PRAGMA max_page_count = 20")).close())
    async with Together(db) as group_of:
        group_of.write(note, "a")
        group_of.write(fill)
        group_of.write(note, "b")
    assert [type(result) for result in group_of.results] == [str, OperationalError, str]
    assert "full" in str(group_of.results[1])
    assert await db.read(noted) == ["a", "b"]


async def test_the_file_is_opened_as_promised(db: Database) -> None:
    def settings(session: Session) -> list[Any]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [session.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]

    assert await db.write(settings) == ["wal", 2, 1]
    assert await db.read(settings) == ["wal", 2, 1]


async def test_readers_do_not_wait_for_the_writer(db: Database) -> None:
    await db.write(note, "before")
    async with Together(db):
        assert await db.read(noted) == ["before"]


COUNT_UP = """
import asyncio, sys
from sqlalchemy import text
from bot.database import Database

def count_up(session):
    number = session.execute(text("SELECT count(*) FROM note")).scalar_one()
    row = {"id": number + 1, "said": sys.argv[2]}
    session.execute(text("INSERT INTO note (id, said) VALUES (:id, :said)"), row)

async def main():
    async with Database(sys.argv[1]) as db:
        print("ready", flush=True)
        for _ in range(10):
            await asyncio.gather(*(db.write(count_up) for _ in range(10)))

asyncio.run(main())
"""


async def test_two_processes_write_side_by_side(db: Database) -> None:
    url = str(db.engine.url)
    others = [await _start(COUNT_UP, url, name) for name in ("one", "two")]
    for other in others:
        _, errors = await other.communicate()
        assert (other.returncode, errors.decode()) == (0, "")
    assert len(await db.read(noted)) == 200


async def test_a_busy_writer_leaves_room_for_other_processes(db: Database) -> None:
    other = await _start(COUNT_UP, str(db.engine.url), "other")
    finished = asyncio.create_task(other.communicate())

    async def chatter() -> None:
        while not finished.done():
            await db.write(lambda session: session.execute(text("UPDATE note SET said = said")).close())

    await asyncio.gather(*(chatter() for _ in range(20)))
    assert (other.returncode, (await finished)[1].decode()) == (0, "")
    assert len(await db.read(noted)) == 100


async def test_processes_may_open_a_new_file_at_the_same_moment(sqlite_url: str) -> None:
    script = "import asyncio, sys; from bot.database import Database\n"
    script += "async def main():\n async with Database(sys.argv[1]): pass\nasyncio.run(main())"
    for other in [await _start(script, sqlite_url) for _ in range(3)]:
        _, errors = await other.communicate()
        assert (other.returncode, errors.decode()) == (0, "")


def test_a_new_file_that_somebody_writes_to_at_this_moment_is_waited_for(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("CREATE TABLE first (id INTEGER)")
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(engines.time, "sleep", lambda _: other.in_transaction and other.commit())
        engine = writing_engine(sqlite_url)
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        engine.dispose()


async def test_a_file_kept_by_somebody_else_is_said_plainly(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 0.01)
    hog = writing_engine(str(db.engine.url))
    with hog.begin(), pytest.raises(DatabaseBusy, match="another process"):
        await db.write(note, "no chance")
    hog.dispose()
    assert await db.write(note, "now") == "now"


async def _start(script: str, *args: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *args, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
