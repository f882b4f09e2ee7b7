"""What a unit of work is promised on either kind of database."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.orm import registry
from sqlmodel import Session
from together import Together

from bot.database import Database, DatabaseClosed, UnknownDatabase, writing_engine

metadata = MetaData()
notes = Table("note", metadata, Column("id", Integer, primary_key=True), Column("said", String, unique=True))


class Note:
    def __init__(self, said: str) -> None:
        self.said = said


registry().map_imperatively(Note, notes)


def note(session: Session, said: str) -> str:
    session.execute(insert(notes).values(said=said))
    return said


def noted(session: Session) -> list[str]:
    return list(session.execute(select(notes.c.said).order_by(notes.c.said)).scalars())


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    engine = writing_engine(database_url)
    metadata.create_all(engine)
    engine.dispose()
    async with Database(database_url) as opened:
        yield opened


async def test_what_was_written_is_read(db: Database) -> None:
    assert await db.write(note, "hello") == "hello"
    assert await db.read(noted) == ["hello"]


async def test_keyword_arguments_reach_the_unit(db: Database) -> None:
    await db.write(note, said="by name")
    assert await db.read(noted) == ["by name"]


async def test_a_unit_that_raises_rolls_back_alone(db: Database) -> None:
    def regretted(session: Session) -> None:
        note(session, "regretted")
        raise LookupError("no such door")

    results = await asyncio.gather(
        db.write(note, "a"), db.write(regretted), db.write(note, "b"), return_exceptions=True
    )
    assert isinstance(results[1], LookupError)
    assert await db.read(noted) == ["a", "b"]


async def test_a_broken_constraint_reaches_its_caller_only(db: Database) -> None:
    results = await asyncio.gather(
        db.write(note, "a"), db.write(note, "a"), db.write(note, "b"), return_exceptions=True
    )
    assert [type(result) for result in results].count(IntegrityError) == 1
    assert await db.read(noted) == ["a", "b"]


async def test_what_a_cancelled_caller_asked_for_is_done_and_disturbs_nobody(db: Database) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        begun.set()
        assert go.wait(30)
        note(session, "slow")

    running = asyncio.create_task(db.write(slow))
    await asyncio.to_thread(begun.wait, 30)
    queued = asyncio.create_task(db.write(note, "queued"))
    behind = asyncio.create_task(db.write(note, "behind"))
    await asyncio.sleep(0)
    running.cancel()
    queued.cancel()
    await asyncio.wait((running, queued))
    go.set()
    assert await behind == "behind"
    await db.__aexit__()
    async with Database(str(db.engine.url.render_as_string(hide_password=False))) as again:
        assert await again.read(noted) == ["behind", "queued", "slow"]


async def test_closing_waits_for_what_is_queued(database_url: str) -> None:
    engine = writing_engine(database_url)
    metadata.create_all(engine)
    engine.dispose()
    async with Database(database_url) as db:
        tasks = [asyncio.create_task(db.write(note, f"{number:03}")) for number in range(100)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*tasks) == [f"{number:03}" for number in range(100)]


async def test_a_database_that_is_not_open_says_so(database_url: str) -> None:
    db = Database(database_url)
    with pytest.raises(DatabaseClosed):
        await db.write(note, "early")
    async with db:
        """Open and close it."""
    with pytest.raises(DatabaseClosed):
        await db.read(noted)


async def test_readers_cannot_write(db: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await db.read(note, "sly")
    assert await db.read(noted) == []


async def test_a_reader_sees_one_moment(db: Database) -> None:
    seen, written = threading.Event(), threading.Event()

    def twice(session: Session) -> tuple[list[str], list[str]]:
        first = noted(session)
        seen.set()
        assert written.wait(30)
        return first, noted(session)

    reading = asyncio.create_task(db.read(twice))
    await asyncio.to_thread(seen.wait, 30)
    await db.write(note, "meanwhile")
    written.set()
    assert await reading == ([], [])


async def test_only_the_database_ends_a_unit(db: Database) -> None:
    for ending in (lambda session: session.commit(), lambda session: session.rollback()):
        with pytest.raises(RuntimeError, match="a unit of work never"):
            await db.write(ending)


async def test_a_savepoint_inside_a_unit_is_its_own_business(db: Database) -> None:
    def careful(session: Session) -> str:
        note(session, "kept")
        try:
            with session.begin_nested():
                note(session, "kept")
        except IntegrityError:
            return note(session, "and went on")
        return "never"

    assert await db.write(careful) == "and went on"
    assert await db.read(noted) == ["and went on", "kept"]


async def test_whatever_a_unit_raises_reaches_its_caller(db: Database) -> None:
    def run_dry(_: Session) -> None:
        raise StopIteration

    def leave(_: Session) -> None:
        raise KeyError("gone")

    with pytest.raises(RuntimeError, match="StopIteration"):
        await db.write(run_dry)
    with pytest.raises(KeyError):
        await db.write(leave)
    with pytest.raises(KeyError):
        await db.read(leave)


async def test_a_commit_that_changed_a_row_is_announced(db: Database) -> None:
    heard: list[int] = []
    db.on_commit(lambda: heard.append(threading.get_ident()))
    await db.write(note, "news")
    assert heard == [threading.get_ident()]


async def test_a_commit_that_changed_nothing_is_not_announced(db: Database) -> None:
    heard: list[None] = []
    db.on_commit(lambda: heard.append(None))
    await db.write(noted)
    await db.write(lambda session: session.execute(update(notes).values(said="x")).close())
    await db.read(noted)
    assert heard == []


async def test_a_row_that_was_only_looked_at_and_locked_is_not_announced(db: Database) -> None:
    await db.write(note, "news")
    heard: list[None] = []
    db.on_commit(lambda: heard.append(None))
    await db.write(lambda session: session.execute(select(notes).with_for_update()).close())
    assert heard == []
    await db.write(lambda session: session.execute(update(notes).values(said="x")).close())
    assert len(heard) == 1


async def test_nobody_increments_from_a_stale_sight(db: Database) -> None:
    def count_up(session: Session) -> None:
        known = session.execute(select(func.max(notes.c.id))).scalar() or 0
        session.execute(insert(notes).values(id=known + 1, said=f"number {known + 1}"))

    await asyncio.gather(*(db.write(count_up) for _ in range(40)))
    assert len(await db.read(noted)) == 40


async def test_a_committed_answer_survives_the_next_failure(db: Database) -> None:
    await db.write(note, "first")
    with pytest.raises(DBAPIError):
        await db.write(lambda session: session.execute(text("SELECT no_such_column FROM note")).close())
    assert await db.write(note, "second") == "second"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "linli.db", ""])
def test_other_addresses_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(UnknownDatabase) as refusal:
        Database(url)
    assert "sqlite:///linli.db or postgresql://" in str(refusal.value)
    assert "secret" not in str(refusal.value)


async def test_no_unit_meets_the_rows_of_another_and_none_changes_them_afterwards(db: Database) -> None:
    await db.write(note, "said")
    kept: list[Note] = []
    met: list[int] = []

    def look(session: Session) -> None:
        met.append(len(session.identity_map))
        found = session.execute(select(Note)).scalar_one()
        for other in kept:
            other.said = "something else"
        kept.append(found)

    await asyncio.gather(*(db.write(look) for _ in range(3)))
    assert met == [0, 0, 0]
    assert len({id(found) for found in kept}) == 3
    assert await db.read(noted) == ["said"]


async def test_an_answer_comes_after_the_commit(db: Database) -> None:
    committed: list[str] = []
    event.listen(db.engine, "commit", lambda _: committed.append("commit"))
    await db.write(note, "told")
    assert committed == ["commit"]


async def test_who_hides_that_a_flush_failed_takes_nobody_along(db: Database) -> None:
    def hide(session: Session) -> None:
        session.add_all([Note(said="twice"), Note(said="twice")])
        with suppress(IntegrityError):
            session.flush()

    async with Together(db) as together:
        together.write(note, "before")
        together.write(hide)
    assert together.results[0] == "before"
    assert isinstance(together.results[1], PendingRollbackError)
    assert await db.read(noted) == ["before"]


async def test_a_savepoint_left_open_takes_nobody_along(db: Database) -> None:
    def leave_open(session: Session) -> None:
        session.begin_nested()
        note(session, "half done")

    async with Together(db) as together:
        together.write(note, "before")
        together.write(leave_open)
        together.write(note, "after")
    assert isinstance(together.results[1], RuntimeError)
    assert [together.results[0], together.results[2]] == ["before", "after"]
    assert await db.read(noted) == ["after", "before"]
