"""Who was forgotten when, by number alone: what an older archive does not know, kept in a file beside it."""

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
    return Seen(frozenset(Forgotten(_moment(at), int(number)) for at, number in found), newest)


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
    lines = [json.dumps({"number": one.number, "at": one.at.isoformat()}) for one in fresh]
    file.touch(mode=0o600)
    begun = file.read_bytes()
    gap = "\n" if begun and not begun.endswith(b"\n") else ""
    with file.open("a", encoding="utf-8") as opened:
        opened.write(gap + "".join(f"{line}\n" for line in lines))


def _read(line: str) -> Forgotten | None:
    try:
        body = json.loads(line)
        return Forgotten(datetime.fromisoformat(body["at"]), int(body["number"]))
    except (KeyError, TypeError, ValueError):
        return None


def _moment(value: str | datetime) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
