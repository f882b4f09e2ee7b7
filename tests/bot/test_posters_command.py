from pathlib import Path

import pytest
from command_line import in_database, linli, no_settings
from sqlmodel import Session

from bot import community
from bot.clock import SystemClock
from bot.neighbourhood import SAMPLE, load
from bot.remembered import BOT_ID, BOT_USERNAME, Remembered, keep
from bot.settling import settle


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a neighbourhood's file and a database in which an earlier start left the bot's name."""
    no_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    Path("community.toml").write_text(SAMPLE.read_text("utf-8"), "utf-8")
    assert linli("migrate").exit_code == 0
    in_database(_remember)
    return tmp_path


def _remember(session: Session) -> None:
    keep(session, BOT_ID, "123456")
    keep(session, BOT_USERNAME, "willow_bot")


def _forget(session: Session) -> None:
    session.delete(session.get_one(Remembered, BOT_USERNAME))


def _retire_b1(session: Session) -> None:
    neighbourhood = load(SAMPLE)
    settle(session, neighbourhood, SystemClock().now())
    areas = tuple(area for area in neighbourhood.areas if area.code != "b1")
    settle(session, neighbourhood.model_copy(update={"areas": areas}), SystemClock().now())


def test_a_poster_is_written_for_an_area(folder: Path) -> None:
    result = linli("poster", "b1")
    assert (result.exit_code, result.stdout) == (0, "poster-b1.pdf\n"), result.output
    assert result.stderr == "The poster's code opens https://t.me/willow_bot?start=a_b1\n"
    assert (folder / "poster-b1.pdf").read_bytes().startswith(b"%PDF-")


def test_a_poster_goes_where_it_is_wanted(folder: Path) -> None:
    assert linli("poster", "willow", "--out", "door.pdf").stdout == "door.pdf\n"
    assert (folder / "door.pdf").stat().st_size > 20_000


def test_a_poster_needs_an_area_that_is_there() -> None:
    result = linli("poster", "b99")
    assert result.exit_code == 1
    assert result.stderr == 'There is no area "b99"; the codes are those of [[area]] in community.toml.\n'


def test_a_poster_is_not_made_for_a_retired_area(folder: Path) -> None:
    in_database(_retire_b1)
    result = linli("poster", "b1")
    assert result.exit_code == 1
    assert "left community.toml" in result.stderr
    assert not (folder / "poster-b1.pdf").exists()


def test_a_poster_leads_to_a_bot_whose_name_is_known(folder: Path) -> None:
    in_database(_forget)
    result = linli("poster", "b1")
    assert result.exit_code == 1
    assert result.stderr.startswith("The bot's name is not known yet")
    assert not list(folder.glob("*.pdf"))


def test_a_folder_that_is_not_there_is_one_sentence() -> None:
    result = linli("poster", "b1", "--out", "nowhere/door.pdf")
    assert (result.exit_code, result.stderr) == (1, "nowhere/door.pdf: No such file or directory.\n")


def test_the_areas_are_known_before_the_first_start() -> None:
    found: list[community.AreaView] = []
    assert linli("poster", "b1").exit_code == 0
    in_database(lambda session: found.append(community.area_by_code(session, "b1")))
    assert found[0].code == "b1"
