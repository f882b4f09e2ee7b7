"""The archive: a zip of a manifest and, for each table, JSON lines; what it says of itself is checked."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.keeping.values import Column, Kind

FORMAT = 1
MANIFEST = "manifest.json"
AT_ONCE = 500  # rows that are compressed, and loaded, together
LONGEST_MANIFEST = 1_000_000
# Whatever the library says of a zip that was cut, changed, or made by somebody else.
_UNREADABLE = (KeyError, TypeError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error)


class ArchiveRefused(Exception):
    """This file cannot be restored; the text is one sentence for whoever asked for it."""


class NotAnArchive(ArchiveRefused):
    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is no backup that Linli wrote, or its end is missing.")


class BrokenArchive(ArchiveRefused):
    def __init__(self, file: Path, table: str) -> None:
        super().__init__(
            f"{file} is damaged or was changed: {table} is not as it was written. Take another backup."
        )
        self.table = table


class NewerArchive(ArchiveRefused):
    def __init__(self, file: Path, revision: str) -> None:
        super().__init__(
            f"{file} was written by a newer version of Linli (revision {revision}): update Linli first."
        )
        self.revision = revision


@dataclass(frozen=True)
class TableKept:
    """One table of an archive: its columns, how many rows, and the SHA-256 of its lines."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    sha256: str

    @property
    def member(self) -> str:
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    revision: str
    taken_at: datetime
    community: str
    tables: tuple[TableKept, ...]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)

    def written(self) -> bytes:
        """Write it as the first thing that whoever opens an archive reads."""
        body = {"linli": FORMAT, **asdict(self), "taken_at": self.taken_at.isoformat()}
        return json.dumps(body, ensure_ascii=False, indent=1).encode()


def add_table(
    to: zipfile.ZipFile, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> TableKept:
    """Write a table's rows as they come, a JSON array a line in the order of the columns."""
    digest, count, waiting = hashlib.sha256(), 0, list[str]()
    with to.open(f"tables/{name}.jsonl", "w", force_zip64=True) as member:

        def write() -> None:
            part = "".join(waiting).encode()
            digest.update(part)
            member.write(part)
            waiting.clear()

        for row in rows:
            waiting.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
            if len(waiting) == AT_ONCE:
                write()
        write()
    return TableKept(name, tuple(columns), count, digest.hexdigest())


class Archive:
    """An archive that is open for reading."""

    def __init__(self, file: Path, zipped: zipfile.ZipFile, manifest: Manifest) -> None:
        self.file = file
        self.manifest = manifest
        self._zipped = zipped

    def rows(self, table: TableKept) -> Iterator[list[Any]]:
        """Give a table's rows as they are read, and see at the end that all were there as written.

        Raises:
            BrokenArchive: they were not.
        """
        digest, count = hashlib.sha256(), 0
        try:
            with self._zipped.open(table.member) as member:
                for line in member:
                    digest.update(line)
                    count += 1
                    yield self._row(line, table)
        except _UNREADABLE as error:
            raise BrokenArchive(self.file, table.name) from error
        if (digest.hexdigest(), count) != (table.sha256, table.rows):
            raise BrokenArchive(self.file, table.name)

    def _row(self, line: bytes, table: TableKept) -> list[Any]:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BrokenArchive(self.file, table.name) from error
        if not isinstance(row, list) or len(row) != len(table.columns):
            raise BrokenArchive(self.file, table.name)
        return row


@contextmanager
def reading(file: Path) -> Iterator[Archive]:
    """Open an archive and read what it says of itself.

    Raises:
        NotAnArchive: it is something else, or was cut off.
        NewerArchive: it is written in a way that this version cannot read.
    """
    with file.open("rb") as opened:
        try:
            zipped = zipfile.ZipFile(opened)
        except _UNREADABLE as error:
            raise NotAnArchive(file) from error
        with zipped:
            yield Archive(file, zipped, _manifest(file, zipped))


def _manifest(file: Path, zipped: zipfile.ZipFile) -> Manifest:
    try:
        if zipped.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
            raise NotAnArchive(file)
        body = json.loads(zipped.read(MANIFEST))
        if body["linli"] > FORMAT:
            raise NewerArchive(file, str(body["revision"]))
        tables = tuple(_table(one) for one in body["tables"])
        taken_at = datetime.fromisoformat(body["taken_at"])
        return Manifest(str(body["revision"]), taken_at, str(body["community"]), tables)
    except _UNREADABLE as error:
        raise NotAnArchive(file) from error


def _table(body: dict[str, Any]) -> TableKept:
    columns = tuple(Column(one["name"], Kind(one["kind"])) for one in body["columns"])
    return TableKept(str(body["name"]), columns, int(body["rows"]), str(body["sha256"]))
