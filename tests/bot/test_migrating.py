"""Databases are brought up to date all or nothing, after a backup; others are refused in one sentence."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, text

from bot import migrating, tables
from bot.database import writing_engine
from bot.keeping.archive import reading
from bot.migrating import (
    DatabaseRefused,
    NewerDatabase,
    NoBackup,
    OlderDatabase,
    Standing,
    StrangeDatabase,
    UnreadableDatabase,
    latest,
    migrate,
    prepare,
    standing,
)
from bot.migrations.__main__ import write_step
from bot.migrations.upgrading import upgrade
from points.columns import BigId, Moment


def run(url: str, *statements: str) -> None:
    engine = writing_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def pretend(url: str, revision: str) -> None:
    engine = writing_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Work with a copy of the steps, to which more can be added."""
    copied = tmp_path / "migrations"
    (copied / "versions").mkdir(parents=True)
    for file in (*migrating.STEPS.glob("*.*"), *migrating.STEPS.glob("versions/*.py")):
        shutil.copy(file, copied / file.relative_to(migrating.STEPS))
    monkeypatch.setattr(migrating, "STEPS", copied)
    return copied / "versions"


@pytest.fixture
def older(steps: Path) -> str:
    """Make this version know one step more than it does, and name the last but one."""
    known = str(latest())
    (steps / f"{NEXT}_next.py").write_text(NEXT_STEP.format(known=known))
    return known


NEXT = "9000"
NEXT_STEP = """
from alembic import op

revision = "9000"
down_revision = "{known}"

def upgrade() -> None:
    op.execute("CREATE TABLE next_step (area INTEGER REFERENCES area (id))")
"""


def test_an_empty_database_is_brought_to_the_latest(database_url: str) -> None:
    assert standing(database_url) is Standing.EMPTY
    migrated = migrate(database_url)
    assert (migrated.before, migrated.after, migrated.changed) == (None, latest(), True)
    assert standing(database_url) is Standing.CURRENT


def test_a_second_time_nothing_happens(database_url: str, tmp_path: Path) -> None:
    migrate(database_url)
    before = sorted(tmp_path.iterdir())
    again = migrate(database_url)
    assert (again.changed, again.backup) == (False, NoBackup.NOT_NEEDED)
    assert sorted(tmp_path.iterdir()) == before


def test_looking_creates_nothing(sqlite_url: str, tmp_path: Path) -> None:
    assert standing(sqlite_url) is Standing.EMPTY
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_content_is_empty(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "linli.db").touch()
    assert standing(sqlite_url) is Standing.EMPTY
    assert migrate(sqlite_url).backup is NoBackup.NOT_NEEDED


def test_a_command_creates_what_is_not_there_and_accepts_what_is_current(database_url: str) -> None:
    prepare(database_url)
    assert standing(database_url) is Standing.CURRENT
    prepare(database_url)


def test_a_newer_database_is_refused_and_left_alone(database_url: str) -> None:
    migrate(database_url)
    pretend(database_url, "9999")
    assert standing(database_url) is Standing.NEWER
    for work in (migrate, prepare):
        with pytest.raises(NewerDatabase, match=r"newer version of Linli .*9999"):
            work(database_url)
    assert standing(database_url) is Standing.NEWER


def test_a_command_refuses_an_older_database_and_says_what_helps(database_url: str, older: str) -> None:
    migrate_to(database_url, older)
    assert standing(database_url) is Standing.OLDER
    with pytest.raises(OlderDatabase, match="run `linli migrate` first"):
        prepare(database_url)


def test_an_older_file_is_backed_up_before_it_changes(sqlite_url: str, older: str, tmp_path: Path) -> None:
    migrate_to(sqlite_url, older)
    run(sqlite_url, "INSERT INTO remembered (name, value) VALUES ('kept', 'yes')")
    migrated = migrate(sqlite_url)
    assert (migrated.before, migrated.after) == (older, NEXT)
    assert isinstance(migrated.backup, Path)
    assert migrated.backup.parent == tmp_path
    assert migrated.backup.match(f"linli-{older}-????????T??????.*Z.db")
    with closing(sqlite3.connect(migrated.backup)) as backup:
        assert backup.execute("SELECT value FROM remembered").fetchall() == [("yes",)]
        assert backup.execute("SELECT version_num FROM alembic_version").fetchall() == [(older,)]
    assert standing(sqlite_url) is Standing.CURRENT


def test_the_backup_goes_where_it_is_wanted(sqlite_url: str, older: str, tmp_path: Path) -> None:
    migrate_to(sqlite_url, older)
    migrated = migrate(sqlite_url, backup_folder=tmp_path / "far" / "away")
    assert list((tmp_path / "far" / "away").iterdir()) == [migrated.backup]


def test_postgresql_is_kept_in_an_archive_where_there_is_a_folder(
    postgres_url: str, older: str, tmp_path: Path
) -> None:
    migrate_to(postgres_url, older)
    run(postgres_url, "INSERT INTO remembered (name, value) VALUES ('kept', 'yes')")
    migrated = migrate(postgres_url, archives=tmp_path / "far" / "away")
    assert isinstance(migrated.backup, Path)
    assert migrated.backup.match(f"far/away/before-upgrade-{older}-*.zip")
    with reading(migrated.backup) as archive:
        assert archive.manifest.revision == older
        [table] = [one for one in archive.manifest.tables if one.name == "remembered"]
        assert list(archive.rows(table)) == [["kept", "yes"]]
    assert standing(postgres_url) is Standing.CURRENT


def test_postgresql_without_a_folder_is_said_to_be_kept_nowhere(postgres_url: str, older: str) -> None:
    migrate_to(postgres_url, older)
    assert migrate(postgres_url).backup is NoBackup.NO_FOLDER
    assert standing(postgres_url) is Standing.CURRENT


def test_where_the_archive_cannot_be_written_nothing_is_upgraded(
    postgres_url: str, older: str, tmp_path: Path
) -> None:
    migrate_to(postgres_url, older)
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(OSError, match="taken"):
        migrate(postgres_url, archives=tmp_path / "taken")
    assert standing(postgres_url) is Standing.OLDER


def test_rows_that_would_refer_to_nothing_take_the_upgrade_back(sqlite_url: str, older: str) -> None:
    migrate_to(sqlite_url, older)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as careless:
        careless.execute("INSERT INTO household (area_id) VALUES (404)")
        careless.commit()
    with pytest.raises(DatabaseRefused, match="rows of household would refer"):
        migrate(sqlite_url)
    assert standing(sqlite_url) is Standing.OLDER


def test_a_step_that_fails_leaves_nothing_behind(database_url: str, older: str, steps: Path) -> None:
    migrate_to(database_url, older)
    step = steps / f"{NEXT}_next.py"
    step.write_text(step.read_text() + '    op.execute("DROP TABLE no_such_table")\n')
    with pytest.raises(Exception, match="no_such_table"):
        migrate(database_url)
    assert standing(database_url) is Standing.OLDER


async def test_two_who_upgrade_at_once_do_it_once(database_url: str) -> None:
    results = await asyncio.gather(*(asyncio.to_thread(migrate, database_url) for _ in range(3)))
    assert sorted(result.changed for result in results) == [False, False, True]


def test_somebody_elses_database_is_refused(database_url: str) -> None:
    run(database_url, "CREATE TABLE recipes (id INTEGER)")
    for work in (standing, prepare, migrate):
        with pytest.raises(StrangeDatabase, match="not Linli's"):
            work(database_url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 100)
    with pytest.raises(UnreadableDatabase, match=r"cannot be opened: file is not a database\.$"):
        migrate(f"sqlite:///{file}")
    assert file.read_text() == "Dear diary, " * 100


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with pytest.raises(UnreadableDatabase, match=r"cannot be opened: .*refused") as refusal:
        standing("postgresql://linli:secret@127.0.0.1:1/linli")
    assert "secret" not in str(refusal.value)


def test_a_folder_with_odd_letters_is_no_obstacle(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/邻里 100%/a b.db"
    migrate(url)
    assert standing(url) is Standing.CURRENT


@pytest.mark.filterwarnings("ignore:.*expression-based")  # a hint for whoever writes the step
def test_a_changed_model_becomes_the_next_step(
    sqlite_url: str, steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = MetaData(naming_convention=tables.metadata.naming_convention)
    for table in tables.metadata.tables.values():
        table.to_metadata(changed)
    Table("lantern", changed, Column("id", BigId, primary_key=True), Column("lit_at", Moment, nullable=False))
    monkeypatch.setattr(tables, "metadata", changed)
    before = str(latest())
    written = write_step("Add lanterns").read_text()
    assert str(latest()) == f"{int(before) + 1:04}"
    assert written.count("op.") == 2  # the table, and its key's name
    assert "Moment()" in written
    migrate(sqlite_url)
    run(sqlite_url, "INSERT INTO lantern (lit_at) VALUES ('2026-01-01')")


def migrate_to(url: str, revision: str) -> None:
    """Bring an empty database to a revision of the past."""
    engine = writing_engine(url)
    with engine.begin() as connection:
        upgrade(connection, migrating.STEPS, revision)
    engine.dispose()


def test_months_that_began_without_a_budget_get_what_they_gave(database_url: str) -> None:
    insert = (
        "INSERT INTO transfer (key, request_hash, kind, debit, credit, amount, at, month, rule) VALUES"
        " ('{}', '', '{}', 1, 2, {}, '2026-03-10', '{}', {})"
    )
    migrate_to(database_url, "0009")
    run(
        database_url,
        "INSERT INTO account (kind, owner) VALUES ('issued', 'community'), ('resident', '1')",
        "INSERT INTO budget (month, issued, promised, closed) VALUES ('2026-03', 20, 5, true)",
        insert.format("a", "award", 20, "2026-03", "'callout'"),
        insert.format("b", "award", 30, "2026-02", "'callout'"),
        insert.format("c", "award", 40, "2026-02", "'callout'"),
        insert.format("d", "award", 9, "2026-01", "NULL"),
        insert.format("e", "capture", 9, "2026-01", "'rice'"),
    )
    migrate(database_url)
    engine = writing_engine(database_url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT month, issued, promised, closed FROM budget ORDER BY month"))
        assert [tuple(row) for row in kept] == [("2026-02", 70, 0, False), ("2026-03", 20, 5, True)]
    engine.dispose()
