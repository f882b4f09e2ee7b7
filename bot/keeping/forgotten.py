"""What an older archive does not know, in a file beside it: who was forgotten, and the highest number."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

FORGET = "forget"  # the act in the audit log


@dataclass(frozen=True, order=True)
class Forgotten:
    """A resident's number, which stays without a name, and the moment they were forgotten."""

    at: datetime
    number: int


@dataclass(frozen=True)
class Seen:
    """Who was forgotten, up to the newest entry that was looked at."""

    those: frozenset[Forgotten]
    newest: int
    highest: int = 0


def forgotten_in(connection: Connection) -> frozenset[Forgotten]:
    """Read from a database's audit log who was forgotten, whatever version it is of."""
    return forgotten_after(connection, 0).those


def forgotten_after(connection: Connection, seen: int) -> Seen:
    """Read who was forgotten after an entry of the audit log that was seen."""
    newest = connection.execute(text("SELECT max(id) FROM audit_entry")).scalar_one() or 0
    acts = text(
        "SELECT at, about_id FROM audit_entry WHERE id > :seen AND act = :act AND about_id IS NOT NULL"
    )
    found = connection.execute(acts, {"act": FORGET, "seen": seen})
    those = frozenset(Forgotten(_moment(at), int(number)) for at, number in found)
    return Seen(those, newest, highest_in(connection))


def highest_in(connection: Connection) -> int:
    """Read the highest number that a resident has or had: rows of who was forgotten stay."""
    return int(connection.execute(text("SELECT max(id) FROM resident")).scalar_one() or 0)


def memory_beside(folder: Path, community: str) -> Path:
    """Name the file in which it is remembered who was forgotten: one for each community in a folder."""
    return folder / f"{community}-forgotten.jsonl"


def remembered(file: Path) -> frozenset[Forgotten]:
    """Read who was forgotten; a line that a full disk cut off is passed over."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(found for line in lines if (found := _read(line)) is not None)


def remember(file: Path, those: Iterable[Forgotten]) -> None:
    """Write down who was forgotten, after those who were before; the same again changes nothing."""
    fresh = sorted(frozenset(those) - remembered(file))
    if not fresh:
        return
    _append(file, [json.dumps({"number": one.number, "at": one.at.isoformat()}) for one in fresh])


def highest_remembered(file: Path) -> int:
    """Read the highest number that a resident ever had, as far as it was written down; 0 if nothing was."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return 0
    return max(map(_number, lines), default=0)


def remember_highest(file: Path, number: int) -> None:
    """Write down the highest number a resident has by now, so that no restore gives it to another."""
    if number > highest_remembered(file):
        _append(file, [json.dumps({"highest": number})])


def _append(file: Path, lines: Iterable[str]) -> None:
    file.touch(mode=0o600)
    begun = file.read_bytes()
    gap = "\n" if begun and not begun.endswith(b"\n") else ""
    with file.open("a", encoding="utf-8") as opened:
        opened.write(gap + "".join(f"{line}\n" for line in lines))


def _number(line: str) -> int:
    try:
        body = json.loads(line)
        return int(body["highest"] if "highest" in body else body["number"])
    except (KeyError, TypeError, ValueError):
        return 0


def _read(line: str) -> Forgotten | None:
    try:
        body = json.loads(line)
        return Forgotten(datetime.fromisoformat(body["at"]), int(body["number"]))
    except (KeyError, TypeError, ValueError):
        return None


def _moment(value: str | datetime) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
