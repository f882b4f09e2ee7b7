"""How the two kinds of database are opened: drivers, promises of durability, where transactions begin."""

import math
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

PATIENCE = 10.0  # seconds that other processes may keep the database to themselves
_POLL = 0.002
# The server ends a writer's transaction that does nothing for so long: others may wait for it. Nobody waits
# for a reader, and one that checks or exports the books may take longer over a page.
_THAWED = "-c idle_in_transaction_session_timeout=15s"
_UNUSED = 1.0  # seconds after which a connection to PostgreSQL is asked whether it still is one
_POSTGRES = {"postgres", "postgresql", "postgresql+psycopg"}
_DURABLE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_READING = (*_DURABLE, "query_only = ON")
# Only BEGIN can find the place taken, and it waits in its own way. What a savepoint would give back stays in
# memory: from 64 KiB on it went to a file of its own, for each unit.
_MEMORY = ("temp_store = MEMORY", "cache_size = -32768")  # KiB
# A page that many commits write, such as the end of an index, is brought home once for all of them.
_SELDOM = "wal_autocheckpoint = 4000"
_WRITING = (*_DURABLE, *_MEMORY, _SELDOM, "busy_timeout = 0")


class UnknownDatabase(ValueError):
    """The address names no database that Linli can open; it is not repeated, as it may carry a password."""

    def __init__(self) -> None:
        super().__init__(
            "the database address must look like sqlite:///linli.db or postgresql://user@host/name"
        )


class DatabaseBusy(RuntimeError):
    """Another process has kept the database to itself for longer than we wait."""

    def __init__(self) -> None:
        super().__init__(f"another process has kept the database to itself for {PATIENCE:.0f} seconds")


def address(url: str) -> URL:
    """Read a database address and name its driver.

    Raises:
        UnknownDatabase: neither an SQLite file nor PostgreSQL.
    """
    try:
        read = make_url(url)
    except ArgumentError:
        raise UnknownDatabase from None
    if read.drivername in _POSTGRES:
        return read.set(drivername="postgresql+psycopg")
    if read.drivername == "sqlite" and read.database not in {None, "", ":memory:"}:
        return read
    raise UnknownDatabase


def writing_engine(url: str, *, connections: int = 1) -> Engine:
    """Open for writing; on SQLite a transaction takes the writer's place as it begins, never later."""
    where = address(url)
    if where.drivername == "sqlite":
        return _sqlite(where, connections, _WRITING, _begin_writing)
    return _postgres(where, connections, {"options": _THAWED}, isolation_level="SERIALIZABLE")


def reading_engine(url: str, *, connections: int = 4) -> Engine:
    """Open for reading only; each transaction sees one moment of the database."""
    where = address(url)
    if where.drivername == "sqlite":
        return _sqlite(where, connections, _READING, _begin_reading)
    engine = _postgres(where, connections, {}, isolation_level="REPEATABLE READ")
    return engine.execution_options(postgresql_readonly=True)


def _postgres(where: URL, connections: int, driver: dict[str, str], **options: Any) -> Engine:
    own = {} if "options" in where.query else driver
    engine = create_engine(where, pool_size=connections, max_overflow=0, connect_args=own, **options)
    event.listen(engine, "checkin", _used)
    event.listen(engine, "checkout", _still_there)
    _speak_plainly_of_savepoints(engine.dialect)
    dialect: Any = engine.dialect
    dialect.do_release_savepoint = _release_or_undo
    return engine


def _release_or_undo(connection: Connection, name: str) -> None:
    """Release a savepoint, or take back what was done in it where a failure there was hidden."""
    try:
        _savepoint("RELEASE", connection, name)
    except psycopg.errors.InFailedSqlTransaction:
        _savepoint("ROLLBACK TO", connection, name)
        raise


def _used(_driver: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _still_there(driver: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that nobody used for a while whether its server is still there.

    Raises:
        DisconnectionError: it is not; the pool then opens another.
    """
    if time.monotonic() - record.info.get("used", math.inf) > _UNUSED:
        try:
            driver.execute("SELECT 1")
            driver.rollback()
        except psycopg.Error as error:
            raise DisconnectionError from error


def _sqlite(
    where: URL, connections: int, pragmas: tuple[str, ...], begin: Callable[[Connection], None]
) -> Engine:
    # Left to itself the driver opens no transaction for a savepoint, and releasing that would show its rows.
    driver = {"isolation_level": None, "check_same_thread": False, "timeout": PATIENCE}
    engine = create_engine(where, pool_size=connections, max_overflow=0, connect_args=driver)
    Path(where.database or "").parent.mkdir(parents=True, exist_ok=True)

    def configure(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            # While another one opens the same new file, SQLite may refuse to change its mode without waiting.
            _insist(connection, f"PRAGMA {pragma}")

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
    _speak_plainly_of_savepoints(engine.dialect)
    return engine


def _speak_plainly_of_savepoints(dialect: Any) -> None:
    """Say SAVEPOINT and its kind to the driver as they are: compiled each time they cost more than a unit."""
    for word, method in (
        ("SAVEPOINT", "do_savepoint"),
        ("ROLLBACK TO", "do_rollback_to_savepoint"),
        ("RELEASE", "do_release_savepoint"),
    ):
        setattr(dialect, method, partial(_savepoint, word))


def _savepoint(word: str, connection: Connection, name: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"{word} {name}").close()


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Take the writer's place, asking every few milliseconds: SQLite's own ten times a second would starve.

    Raises:
        DatabaseBusy: another process kept it for too long.
    """
    _insist(connection.connection.driver_connection, "BEGIN IMMEDIATE")


def _insist(driver: Any, statement: str) -> None:
    until = time.monotonic() + PATIENCE
    while not _done(driver, statement):
        if time.monotonic() >= until:
            raise DatabaseBusy
        time.sleep(_POLL)


def _done(driver: Any, statement: str) -> bool:
    try:
        driver.execute(statement).close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True
