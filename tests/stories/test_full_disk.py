"""Stories of a full disk: nothing said, promised or posted is lost, and all goes on once there is room."""

import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.delivery import Lane, Message, Recipient, enqueue
from bot.remembered import keep
from points import verify
from shoppers import balance, earns
from town import Town

MOST_PAGES = 1_000_000
LONG = "x" * 3000  # needs a page of its own wherever it is written


async def test_what_is_said_while_the_disk_is_full_is_heard_once_there_is_room(town_on_sqlite: Town) -> None:
    """Telegram keeps it: nothing is acknowledged that was not stored."""
    mei = await town_on_sqlite.resident("Mei")
    await earns(town_on_sqlite, mei, "first")
    await _fill(town_on_sqlite)
    await mei.says(f"/points {LONG}")
    with pytest.raises(OperationalError, match="full"):
        await town_on_sqlite.app.database.write(keep, "more", LONG)
    assert not any(one.text.startswith("⭐") for one in await mei.bubbles())
    await _make_room(town_on_sqlite)
    await mei.sees(lambda one: one.text.startswith("⭐"), "the balance")
    while any(row["state"] != "done" for row in await town_on_sqlite.rows("intake")):
        await town_on_sqlite.app.schedule.run_due()  # it is noted as done a unit after it was answered


async def test_what_was_promised_before_the_disk_was_full_arrives_once(town_on_sqlite: Town) -> None:
    mei = await town_on_sqlite.resident("Mei")
    chat = mei.person_id
    await town_on_sqlite.app.database.write(_promise, chat, 60, town_on_sqlite)
    await _fill(town_on_sqlite)
    with pytest.raises(OperationalError, match="full"):
        await town_on_sqlite.app.database.write(_promise, chat, 1, town_on_sqlite, f"number x {LONG}")
    await _make_room(town_on_sqlite)
    await mei.sees(lambda one: "number 59." in one.text, "the last of them")
    said = [one.text for one in await mei.bubbles() if one.text.startswith("number ")]
    assert sorted(said) == sorted(f"number {number}." for number in range(60))


async def test_no_point_is_posted_by_halves_on_a_full_disk(town_on_sqlite: Town) -> None:
    mei = await town_on_sqlite.resident("Mei")
    await earns(town_on_sqlite, mei, "first")
    await _fill(town_on_sqlite)
    entered = await _until_full(lambda number: earns(town_on_sqlite, mei, f"more {number}"))
    assert (await town_on_sqlite.app.database.read(verify)).sound
    await _make_room(town_on_sqlite)
    await earns(town_on_sqlite, mei, f"more {entered}")
    assert (await town_on_sqlite.app.database.read(verify)).sound
    assert await balance(mei) > 0


async def test_a_backup_that_finds_no_room_says_so_and_leaves_nothing(
    town_on_sqlite: Town, tmp_path: Path
) -> None:
    mei = await town_on_sqlite.resident("Mei")
    for number in range(300):
        await earns(town_on_sqlite, mei, f"deed {number}")
    url, file = town_on_sqlite.settings.database_url, tmp_path / "small" / "town.zip"
    file.parent.mkdir()
    refused = _backup(url, file, room=2048)
    assert (refused.returncode, list(file.parent.iterdir())) == (1, [])
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "File too large" in refused.stderr
    done = _backup(url, file, room=resource.RLIM_INFINITY)
    assert (done.stderr.count("rows in"), done.returncode, file.exists()) == (1, 0, True), done.stderr


async def _fill(town: Town) -> None:
    """Let the database's file grow no more, and use up what room is left in it."""
    await town.app.database.write(_grow_no_more)
    await _until_full(lambda number: town.app.database.write(keep, f"filler {number}", LONG))


async def _until_full(do: Callable[[int], Awaitable[object]]) -> int:
    """Do something again and again until the disk is full; give how often it was done."""
    for number in count():
        try:
            await do(number)
        except OperationalError as error:
            if "full" not in str(error):
                raise
            return number
    raise AssertionError


async def _make_room(town: Town) -> None:
    await town.app.database.write(_grow, MOST_PAGES)


def _grow_no_more(session: Session) -> None:
    pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
    _grow(session, int(pages))


def _grow(session: Session, pages: int) -> None:
    session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()


def _promise(session: Session, chat_id: int, many: int, town: Town, text: str | None = None) -> None:
    for number in range(many):
        enqueue(
            session,
            key=f"story:{number}:{text is None}",
            lane=Lane.ROUTINE,
            renderings={"en": Message(text or f"number {number}.")},
            to=[Recipient(chat_id, "en")],
            now=town.clock.now(),
        )


def _backup(url: str, file: Path, *, room: int) -> subprocess.CompletedProcess[str]:
    """Make a backup in a process that may write no larger file than that."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY));"
        "sys.argv[1:] = sys.argv[2:]; from bot.cli import main; main()"
    )
    words = (str(room), "backup", str(file), "--env-file", "/dev/null")
    return subprocess.run(
        [sys.executable, "-B", "-c", code, *words],
        env={"LINLI_DATABASE_URL": url, "COLUMNS": "200", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
