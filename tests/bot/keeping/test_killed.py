"""Killed in the middle, a backup leaves no archive and a restore leaves what was there before."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import keeping
from bot.database import writing_engine
from bot.keeping.saving import PAGE
from bot.migrating import migrate

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
PEOPLE = 3 * PAGE

BEGIN = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from bot import keeping
from bot.database import reading_engine

def stop(*_):
    print("in the middle", flush=True)
    time.sleep(100)
"""
RESTORING = """
url, file, old = sys.argv[1:]
keeping.restore(url, Path(file), now=datetime.now(UTC), after=stop, keep_old_in=Path(old))
"""
SAVING = """
with reading_engine(sys.argv[1]).connect() as connection:
    keeping.save(connection, Path(sys.argv[2]), now=datetime.now(UTC), watch=stop)
"""


def fill(url: str, people: int) -> None:
    migrate(url)
    engine = writing_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO resident (id, short_code, name, name_key, language, status, shown_in)"
                " VALUES (:id, :code, 'Mei', 'mei', 'zh', 'active', 'masked')"
            ),
            [{"id": number, "code": f"C{number:05}"} for number in range(1, people + 1)],
        )
    engine.dispose()


def people(url: str) -> int:
    engine = writing_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM resident")).scalar_one()
    engine.dispose()
    return int(found)


@contextmanager
def killed(code: str, *words: str) -> Iterator[None]:
    """Run something until it says that it is in the middle, and kill it there."""
    command = [sys.executable, "-c", BEGIN + code, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    yield


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'source.db'}"
    fill(url, PEOPLE)
    engine = writing_engine(url)
    with engine.connect() as connection:
        saved = keeping.save(connection, tmp_path / "town.zip", now=NOW)
    engine.dispose()
    return saved.file


def test_a_killed_restore_changes_nothing_and_can_be_done_again(archive: Path, database_url: str) -> None:
    fill(database_url, 1)
    old, older = archive.with_name("old.zip"), archive.with_name("older.zip")
    with killed(RESTORING, database_url, str(archive), str(old)):
        assert people(database_url) == 1
    keeping.restore(database_url, archive, now=NOW, after=lambda *_: None, keep_old_in=older)
    assert people(database_url) == PEOPLE


def test_a_killed_backup_leaves_no_archive_and_can_be_done_again(archive: Path, tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'source.db'}", tmp_path / "again.zip"
    with killed(SAVING, url, str(file)):
        assert not file.exists()
    engine = writing_engine(url)
    with engine.connect() as connection:
        again = keeping.save(connection, file, now=NOW)
    engine.dispose()
    assert again.manifest.rows == PEOPLE
    assert file.exists()
