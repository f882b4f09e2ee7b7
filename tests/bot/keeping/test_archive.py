"""What an archive says of itself is believed only where it holds; otherwise nothing is changed."""

import json
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot import keeping
from bot.database import writing_engine
from bot.delivery.lease import SenderLives, this_process
from bot.delivery.models import SenderLease
from bot.keeping import ArchiveRefused, BrokenArchive, NewerArchive, NotAnArchive, NotEmpty, Saved
from bot.keeping.forgotten import Forgotten, remember, remembered
from bot.keeping.saving import save
from bot.migrating import alone, latest, migrate, upgrade_to
from bot.remembered import Remembered

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
PERSON = (
    "INSERT INTO resident (id, short_code, name, name_key, language, status, shown_in)"
    " VALUES (:id, :code, 'Mei', 'mei', 'zh', 'active', 'masked')"
)


def fill(url: str, *people: int) -> None:
    engine = writing_engine(url)
    with engine.begin() as connection:
        for number in people:
            connection.execute(text(PERSON), {"id": number, "code": f"C{number:03}"})
    engine.dispose()


def backed_up(url: str, file: Path) -> Saved:
    engine = writing_engine(url)
    with engine.connect() as connection:
        saved = save(connection, file, now=NOW)
    engine.dispose()
    return saved


def restore(url: str, file: Path, keep_old_in: Path | None = None) -> None:
    keeping.restore(url, file, now=NOW, after=lambda *_: None, keep_old_in=keep_old_in)


def people(url: str) -> list[int]:
    engine = writing_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(text("SELECT id FROM resident ORDER BY id")).scalars())
    engine.dispose()
    return found


@pytest.fixture
def archive(sqlite_migrated_here: str, tmp_path: Path) -> Path:
    fill(sqlite_migrated_here, 1, 2, 3)
    return backed_up(sqlite_migrated_here, tmp_path / "town.zip").file


@pytest.fixture
def sqlite_migrated_here(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'source.db'}"
    migrate(url)
    return url


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Write an archive again with what a change makes of its members."""
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            body = change(name, old.read(name))
            if body is not None:
                new.writestr(name, body)
    return changed


def test_numbering_goes_on_after_what_was_restored(archive: Path, database_url: str) -> None:
    restore(database_url, archive)
    engine = writing_engine(database_url)
    with engine.begin() as connection:
        statement = PERSON.replace("id, ", "", 1).replace(":id, ", "", 1) + " RETURNING id"
        assert connection.execute(text(statement), {"code": "NEW"}).scalar_one() == 4
    engine.dispose()


def test_a_file_that_is_there_is_never_written_over(archive: Path, sqlite_migrated_here: str) -> None:
    before = archive.read_bytes()
    with pytest.raises(FileExistsError):
        backed_up(sqlite_migrated_here, archive)
    assert archive.read_bytes() == before


def test_only_its_owner_may_read_an_archive(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0


def test_secrets_and_the_sender_stay_behind(sqlite_migrated_here: str, tmp_path: Path) -> None:
    engine = writing_engine(sqlite_migrated_here)
    with Session(engine) as session:
        session.add(Remembered(name="webhook_secret", value="hush-hush"))
        session.add(Remembered(name="bot_id", value="7"))
        session.commit()
    engine.dispose()
    saved = backed_up(sqlite_migrated_here, tmp_path / "secret.zip")
    with zipfile.ZipFile(saved.file) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    assert b"hush-hush" not in everything
    assert b"bot_id" in everything
    assert "senderlease" not in {table.name for table in saved.manifest.tables}


@pytest.mark.parametrize("left", [0, 1, 100, 0.3, 0.9, 0.999])
def test_a_cut_archive_is_refused_and_changes_nothing(archive: Path, sqlite_url: str, left: float) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(left if left >= 1 else left * len(whole))])
    with pytest.raises(NotAnArchive, match="its end is missing"):
        restore(sqlite_url, archive)


def test_a_foreign_file_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    foreign = tmp_path / "holiday.zip"
    with zipfile.ZipFile(foreign, "w") as opened:
        opened.writestr("beach.txt", "sand")
    with pytest.raises(NotAnArchive):
        restore(sqlite_url, foreign)
    with pytest.raises(FileNotFoundError):
        restore(sqlite_url, tmp_path / "nowhere.zip")


@pytest.mark.parametrize(
    "change",
    [
        lambda _, body: body.replace(b"Mei", b"Wei"),
        lambda name, body: body[: len(body) // 2] if name == "tables/resident.jsonl" else body,
        lambda name, body: body + body if name == "tables/resident.jsonl" else body,
        lambda name, body: None if name == "tables/resident.jsonl" else body,
        lambda name, body: b"[]\n" if name == "tables/resident.jsonl" else body,
        lambda name, body: b"not json\n" if name == "tables/resident.jsonl" else body,
        lambda _, body: body.replace(b'"short_code"', b'"short); DROP TABLE resident"'),
        lambda _, body: body.replace(b'"name": "ward"', b'"name": "wards"'),
    ],
    ids=["changed", "cut", "doubled", "missing", "empty row", "no json", "column", "table"],
)
def test_a_changed_archive_is_refused_and_the_old_town_stays(
    archive: Path, database_url: str, change: Callable[[str, bytes], bytes | None], tmp_path: Path
) -> None:
    migrate(database_url)
    fill(database_url, 7)
    with pytest.raises(BrokenArchive, match="damaged or was changed"):
        restore(database_url, rewritten(archive, change), keep_old_in=tmp_path / "old.zip")
    assert people(database_url) == [7]


def test_an_archive_of_a_newer_version_is_refused(archive: Path, sqlite_url: str) -> None:
    known = f'"{latest()}"'.encode()
    newer = rewritten(archive, lambda _, body: body.replace(known, b'"9999"'))
    with pytest.raises(NewerArchive, match="update Linli first"):
        restore(sqlite_url, newer)


def test_an_archive_of_a_newer_form_is_refused(archive: Path, sqlite_url: str) -> None:
    newer = rewritten(archive, lambda _, body: body.replace(b'"linli": 1', b'"linli": 2'))
    with pytest.raises(NewerArchive):
        restore(sqlite_url, newer)


def test_an_archive_of_an_older_version_is_brought_up_to_date(database_url: str, tmp_path: Path) -> None:
    old = f"sqlite:///{tmp_path / 'old.db'}"
    with alone(old) as connection:
        upgrade_to(connection, "0004")
        connection.execute(text(PERSON), {"id": 1, "code": "C001"})
        saved = save(connection, tmp_path / "old.zip", now=NOW)
    assert saved.manifest.revision == "0004"
    restore(database_url, saved.file)
    assert people(database_url) == [1]
    assert not migrate(database_url).changed


def test_whoever_lives_there_stays_without_replace(archive: Path, database_url: str, tmp_path: Path) -> None:
    migrate(database_url)
    fill(database_url, 7)
    with pytest.raises(NotEmpty):
        restore(database_url, archive)
    assert people(database_url) == [7]
    restore(database_url, archive, keep_old_in=tmp_path / "old.zip")
    assert people(database_url) == [1, 2, 3]
    restore(database_url, tmp_path / "old.zip", keep_old_in=tmp_path / "older.zip")
    assert people(database_url) == [7]


@pytest.mark.parametrize(
    ("host", "until", "refused"),
    [
        (None, NOW - timedelta(hours=1), True),  # a process of this host that sleeps may go on
        (None, None, False),
        ("elsewhere", NOW + timedelta(seconds=9), True),
        ("elsewhere", NOW, False),
    ],
)
def test_no_town_is_replaced_under_a_living_sender(
    archive: Path, database_url: str, tmp_path: Path, host: str | None, until: datetime | None, refused: bool
) -> None:
    migrate(database_url)
    me = this_process()
    engine = writing_engine(database_url)
    with Session(engine) as session:
        session.add(
            SenderLease(bot_id=1, fence=1, host=host or me.host, pid=me.pid, process=me.process, until=until)
        )
        session.commit()
    engine.dispose()
    if refused:
        with pytest.raises(SenderLives, match="stop it first"):
            restore(database_url, archive)
    else:
        restore(database_url, archive)
    assert people(database_url) == ([] if refused else [1, 2, 3])


def test_a_full_disk_leaves_no_half_archive(sqlite_migrated_here: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    fill(sqlite_migrated_here, *range(1, 50))
    with pytest.raises(OSError, match="No space left"):
        _save_to_full(sqlite_migrated_here)


def _save_to_full(url: str) -> None:
    engine = writing_engine(url)
    try:
        with engine.connect() as connection, zipfile.ZipFile("/dev/full", "w") as opened:
            keeping.saving._write(connection, opened, NOW, None)
    finally:
        engine.dispose()


def test_a_full_database_disk_leaves_an_empty_database(archive: Path, sqlite_url: str) -> None:
    migrate(sqlite_url)
    engine = writing_engine(sqlite_url)
    file = str(engine.url.database)
    engine.dispose()
    fill(f"sqlite:///{archive.with_name('source.db')}", *range(100, 3000))
    big = backed_up(f"sqlite:///{archive.with_name('source.db')}", archive.with_name("big.zip")).file
    pages = sqlite3.connect(file).execute("PRAGMA page_count").fetchone()[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.database.engines._WRITING", (*_writing(), f"max_page_count = {pages + 5}"))
        with pytest.raises(Exception, match="full"):
            restore(sqlite_url, big)
    assert people(sqlite_url) == []


def _writing() -> tuple[str, ...]:
    from bot.database import engines  # noqa: PLC0415

    return engines._WRITING


def test_an_unfinished_archive_bears_no_archives_name(sqlite_migrated_here: str, tmp_path: Path) -> None:
    """What a kill leaves is never taken for a backup, and is in no later one's way."""
    (tmp_path / ".town.zip.unfinished").write_bytes(b"half")
    saved = backed_up(sqlite_migrated_here, tmp_path / "town.zip")
    restore(f"sqlite:///{tmp_path / 'again.db'}", saved.file)
    assert [file.name for file in tmp_path.glob("*.zip")] == ["town.zip"]


def test_who_was_forgotten_is_remembered_by_number_once_also_after_a_line_was_cut(tmp_path: Path) -> None:
    file = tmp_path / "willow-forgotten.jsonl"
    first, second = Forgotten(NOW, 7), Forgotten(NOW + timedelta(days=1), 8)
    remember(file, [first])
    with file.open("a") as opened:
        opened.write('{"number": 9, "at')
    remember(file, [second, first])
    assert remembered(file) == {first, second}
    assert json.loads(file.read_text().splitlines()[0]).keys() == {"number", "at"}


def test_every_refusal_is_one_sentence(archive: Path) -> None:
    for refusal in (NotAnArchive(archive), BrokenArchive(archive, "ward"), NewerArchive(archive, "9")):
        assert isinstance(refusal, ArchiveRefused)
        assert "\n" not in str(refusal)
