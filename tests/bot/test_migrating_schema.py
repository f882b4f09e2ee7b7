"""What migrations make is what the models say, guards included, and no row is lost on the way."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Engine, MetaData, Table, func, insert, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

import bot
import drills
import points
from bot import tables
from bot.database import writing_engine
from bot.migrating import STEPS, latest, migrate
from bot.migrations.comparing import options
from bot.migrations.upgrading import configuration, upgrade
from points.ddl import missing_guards

REVISIONS = [
    step.revision
    for step in reversed(list(ScriptDirectory.from_config(configuration(STEPS)).walk_revisions()))
]
AS_WRITTEN = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index')",
    "postgresql": "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) || tgenabled::text || prosrc"
    " FROM pg_trigger JOIN pg_proc ON tgfoid = pg_proc.oid WHERE NOT tgisinternal"
    " UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
ATTACKS = {
    "sqlite": (
        "UPDATE transfer SET amount = 1000",
        "DELETE FROM transfer",
        "INSERT OR REPLACE INTO transfer SELECT * FROM transfer",
    ),
    "postgresql": (
        "UPDATE transfer SET amount = 1000",
        "DELETE FROM transfer",
        "TRUNCATE transfer CASCADE",
    ),
}
# One row of everything a first and a second time; what a CHECK asks beyond that is said here.
VALUES: dict[type, Callable[[int], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda number: number == 1,
    bytes: lambda number: bytes([number]),
    object: lambda number: {"en": str(number)},  # JSON
    time: time,
    datetime: lambda number: datetime(2026, 1, number, tzinfo=UTC),
}
PARTICULAR: dict[tuple[str, str], Callable[[int], Any]] = {("transfer", "credit"): lambda number: 3 - number}


@pytest.fixture
def migrated(database_url: str) -> Iterator[Connection]:
    migrate(database_url)
    with opened(database_url) as engine, engine.connect() as connection:
        yield connection


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = writing_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def opened_at(url: str, revision: str) -> Iterator[tuple[Engine, dict[str, int]]]:
    """Fill a database of a past revision and upgrade it to the latest."""
    with opened(url) as engine:
        with engine.begin() as connection:
            upgrade(connection, STEPS, revision)
            before = fill(connection)
        migrate(url)
        yield engine, before


def test_every_model_is_known_to_the_migrations() -> None:
    for room in (bot, points, drills):
        folder = Path(room.__path__[0])
        for file in folder.rglob("*.py"):
            if "table=True" in file.read_text():
                name = ".".join((room.__name__, *file.relative_to(folder).with_suffix("").parts))
                assert import_module(name) in tables.ROOMS, f"bot/tables.py misses {name}"


def test_steps_follow_each_other_by_number() -> None:
    assert sorted(REVISIONS) == REVISIONS
    assert latest() == REVISIONS[-1]


def test_a_current_database_needs_no_alembic(sqlite_url: str) -> None:
    migrate(sqlite_url)
    script = "import sys; from bot.migrating import migrate; migrate(sys.argv[1])"
    script += "; print('alembic' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script, sqlite_url], check=True, capture_output=True)
    assert said.stdout == b"False\n"


@pytest.mark.filterwarnings("ignore:.*expression-based")  # indexes that SQLite cannot show; compared below
def test_a_migrated_database_is_what_the_models_say(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts=options(migrated.dialect.name))
    assert compare_metadata(context, tables.metadata) == []


def test_also_in_what_alembic_does_not_compare(migrated: Connection, request: pytest.FixtureRequest) -> None:
    kind = "sqlite" if migrated.dialect.name == "sqlite" else "postgres"
    url = request.getfixturevalue(f"{kind}_tables_url")
    with opened(url) as engine, engine.connect() as modelled:
        assert described(migrated) == described(modelled)


@pytest.mark.parametrize("revision", REVISIONS)
def test_rows_of_every_version_survive_the_upgrade(database_url: str, revision: str) -> None:
    with opened_at(database_url, revision) as (engine, before), engine.connect() as connection:
        after = count_rows(connection)
        assert before["transfer"] == 2
        assert {name: after[name] for name in before if name in after} == before


@pytest.mark.parametrize("revision", REVISIONS)
def test_transfers_are_guarded_after_an_upgrade(database_url: str, revision: str) -> None:
    with opened_at(database_url, revision) as (engine, _):
        with engine.connect() as connection:
            assert missing_guards(connection) == []
        for attack in ATTACKS[engine.dialect.name]:
            with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(attack))


def described(connection: Connection) -> dict[str, Any]:
    """Everything the database says of its tables, in a form that can be compared."""
    look = inspect(connection)
    written = connection.execute(text(AS_WRITTEN[connection.dialect.name])).all()
    tables_ = [name for name in look.get_table_names() if name != "alembic_version"]
    return {"as written": {name: sql for name, sql in written if "alembic_version" not in name}} | {
        name: {
            "columns": {
                column["name"]: (repr(column["type"]), column["nullable"], column["default"])
                for column in look.get_columns(name)
            },
            "key": look.get_pk_constraint(name),
            "references": in_order(look.get_foreign_keys(name)),
            "unique": in_order(look.get_unique_constraints(name)),
            "checks": sorted(
                (str(check["name"]), check["sqltext"]) for check in look.get_check_constraints(name)
            ),
        }
        for name in tables_
    }


def in_order(constraints: Iterable[Mapping[str, Any]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((key, str(said)) for key, said in each.items()) for each in constraints)


def fill(connection: Connection) -> dict[str, int]:
    """Put two rows into every table there is, and count what came of it."""
    metadata = MetaData()
    metadata.reflect(connection, resolve_fks=False)
    for made in metadata.sorted_tables:
        if made.name != "alembic_version":
            allowed = allowed_words(connection, made)
            for number in (1, 2):
                connection.execute(insert(made), row(made, allowed, number))
    return count_rows(connection)


def row(made: Table, allowed: dict[str, str], number: int) -> dict[str, Any]:
    """Give a row that has everything it must have and nothing it may lack."""
    needed = [column for column in made.columns if not column.nullable]
    return {column.name: value(column, allowed, number) for column in needed}


def value(column: Column[Any], allowed: dict[str, str], number: int) -> Any:
    particular = PARTICULAR.get((column.table.name, column.name))
    if particular is not None:
        return particular(number)
    if column.name in allowed:
        return allowed[column.name]
    return VALUES[column.type.python_type](number)


def allowed_words(connection: Connection, made: Table) -> dict[str, str]:
    """Read from the CHECKs of enumerations a word that each column may have."""
    found: dict[str, str] = {}
    for check in inspect(connection).get_check_constraints(made.name):
        enumeration = re.match(r"\(*(\w+)\)?(?:::text)? (?:IN|= ANY) .*?'(.*?)'", check["sqltext"])
        if enumeration is not None:
            found[enumeration[1]] = enumeration[2]
    return found


def count_rows(connection: Connection) -> dict[str, int]:
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    counts = {name: select(func.count()).select_from(table(name)) for name in names}
    return {name: connection.scalar(count) or 0 for name, count in counts.items()}
