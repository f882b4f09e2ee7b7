"""`linli ledger`: what is printed, where, and with which exit code."""

import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from command_line import no_settings
from sqlmodel import Session
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.commands import ledger
from bot.database import writing_engine
from bot.migrating import migrate
from bot.neighbourhood import SAMPLE, load
from bot.settling import settle
from points import award, month_root, seal, settled_upto, statement

NOON = datetime(2026, 10, 10, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
LINLI = [sys.executable, "-m", "bot"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database in which three deeds were sealed."""
    no_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'linli.db'}"
    migrate(url)
    engine = writing_engine(url)
    with Session(engine) as session:
        settle(session, load(SAMPLE), NOON)
        for number in range(3):
            award(session, activity="callout", resident_id=1, key=f"deed:{number}", now=NOON, zone=ZONE)
        seal(session, upto=settled_upto(session), now=NOON, month="2026-10")
        (tmp_path / "root").write_text(month_root(session, "2026-10") or "", "utf-8")
        mine = statement(session, resident_id=1, now=NOON, zone=ZONE)
        (tmp_path / "mine.json").write_text(json.dumps(mine.proof), "utf-8")
        session.commit()
    engine.dispose()
    return tmp_path


def linli(*words: str) -> Result:
    return CliRunner().invoke(app, ["ledger", *words])


def published(folder: Path) -> str:
    return (folder / "root").read_text("utf-8")


def tampers(folder: Path) -> None:
    with sqlite3.connect(folder / "linli.db") as database:
        database.execute("DROP TRIGGER transfer_keeps_rows")
        database.execute("UPDATE transfer SET amount = 21 WHERE id = 2")
    database.close()


def test_sound_books_are_said_to_be_so_and_hold_the_published_root(folder: Path) -> None:
    result = linli("verify", "--root", published(folder))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "✓ 3 entries under 1 seal checked: everything adds up\n"


def test_a_changed_amount_is_named_with_its_seal(folder: Path) -> None:
    tampers(folder)
    result = linli("verify")
    assert result.exit_code == 1
    assert "transfer 2 was changed after seal 1 of 2026-10-10T04:00:00.000000Z was set" in result.stderr
    assert "things do not hold" in result.stdout


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE transfer SET at = 'garbage' WHERE id = 4", "transfer 4 keeps no at"),
        ("UPDATE transfer SET key = CAST(x'62ff' AS TEXT) WHERE id = 4", "transfer 4 keeps no key"),
        ("UPDATE account SET owner = CAST(x'62ff' AS TEXT) WHERE id = 1", "account 1 keeps no owner"),
        ("UPDATE reward SET code = CAST(x'62ff' AS TEXT) WHERE id = 1", "reward 1 keeps no code"),
    ],
)
def test_what_cannot_be_read_is_named_by_every_command(folder: Path, damage: str, named: str) -> None:
    earns_one_more(folder)
    with sqlite3.connect(folder / "linli.db") as database:
        database.execute("DROP TRIGGER transfer_keeps_rows")
        database.execute(damage)
    database.close()
    result = linli("verify")
    assert result.exit_code == 1
    assert f"{named} that can be read\n" in result.stderr
    for form in ("beancount", "csv", "jsonl"):
        result = linli("export", "--format", form)
        assert isinstance(result.exception, SystemExit | None)
        assert result.exit_code == 0 or f"{named} that can be read" in result.stderr


def earns_one_more(folder: Path) -> None:
    engine = writing_engine(f"sqlite:///{folder / 'linli.db'}")
    with Session(engine) as session:
        award(session, activity="callout", resident_id=1, key="deed:new", now=NOON, zone=ZONE)
        session.commit()
    engine.dispose()


def test_many_entries_are_checked_by_two_processes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MANY", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert linli("verify").stdout == "✓ 3 entries under 1 seal checked: everything adds up\n"
    tampers(folder)
    result = linli("verify")
    assert result.exit_code == 1
    assert "transfer 2 was changed after seal 1" in result.stderr
    assert "its transfers say 61" in result.stderr


def test_a_root_of_other_books_is_refused() -> None:
    result = linli("verify", "--root", "0" * 64)
    assert result.exit_code == 1
    assert (
        result.stderr
        == "no month of these books ended with the seal 0000-0000-0000-0000-0000-0000-0000-0000\n"
    )


@pytest.mark.parametrize("root", ["3f9a", "3f9a-12c4-77ab-09de", "not hexadecimal at all", "f" * 65])
def test_a_root_that_cannot_be_one_is_one_sentence(root: str) -> None:
    for words in (("verify",), ("verify", "--statement", "mine.json")):
        result = linli(*words, "--root", root)
        assert result.exit_code == 1
        assert result.stderr.startswith("--root takes at least 32")
        assert result.stderr.count("\n") == 1


def test_a_statement_is_checked_with_the_root_as_it_is_printed(folder: Path) -> None:
    root = published(folder)
    printed = "-".join(root[start : start + 4] for start in range(0, 32, 4))
    result = linli("verify", "--statement", "mine.json", "--root", printed.upper())
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"✓ 3 entries of account 1 stand as they were sealed in the books of 2026-10, root {printed}"
        " (60 came in, 0 went out)\n"
    )


def test_what_nothing_vouches_for_is_said_apart(folder: Path) -> None:
    file = folder / "mine.json"
    changed = json.loads(file.read_text("utf-8"))
    new = changed["entries"][0]["transfer"] | {"id": 99, "amount": 1_000_000}
    file.write_text(json.dumps(changed | {"unsealed": [new]}), "utf-8")
    result = linli("verify", "--statement", "mine.json", "--root", published(folder))
    first, second = result.stdout.splitlines()
    assert first.endswith("(60 came in, 0 went out)")
    assert second == (
        "Not proven, only said by the file: 0 entries sealed after that root and 1 not sealed yet"
        " (1000000 came in, 0 went out)."
    )


@pytest.mark.parametrize("ended", [True, False])
def test_a_statement_in_which_nothing_is_proven_is_no_success(folder: Path, ended: bool) -> None:
    file = folder / "mine.json"
    changed = json.loads(file.read_text("utf-8"))
    changed["unsealed"] = [changed["entries"][0]["transfer"] | {"id": 99, "amount": 1_000_000}]
    changed["entries"] = []
    if not ended:
        changed |= {"seals": [], "root": None, "root_month": None}
    file.write_text(json.dumps(changed), "utf-8")
    result = linli("verify", "--statement", "mine.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Nothing of account 1 is proven")
    assert "Not proven, only said by the file: 0 entries" in result.stderr


def test_without_a_root_it_says_what_to_compare() -> None:
    result = linli("verify", "--statement", "mine.json")
    assert result.exit_code == 0
    assert "compare it with the leaderboard" in result.stdout


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"amount": 20', '"amount": 99', "Entry 1 (+99, 2026-10-10) is not what seal 1 covers"),
        ('"index": 1', '"index": 2', "Entry 2 (+20, 2026-10-10) is not what seal 1 covers"),
        ('"kind": "month"', '"kind": "hour"', "The chain of seals does not end with"),
        ("linli statement", "something else", "This is no statement of Linli: kind"),
    ],
)
def test_a_changed_statement_is_one_sentence(folder: Path, before: str, after: str, said: str) -> None:
    file = folder / "mine.json"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    result = linli("verify", "--statement", "mine.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_statement_that_is_not_there_is_one_sentence() -> None:
    result = linli("verify", "--statement", "nowhere.json")
    assert (result.exit_code, result.stderr) == (1, "nowhere.json: No such file or directory.\n")


@pytest.mark.parametrize("form", ["beancount", "csv", "jsonl"])
def test_an_export_is_the_same_on_paper_and_in_a_file(folder: Path, form: str) -> None:
    done = subprocess.run([*LINLI, "ledger", "export", "--format", form], capture_output=True, check=True)
    result = linli("export", "--format", form, "--out", "points.txt")
    assert (result.exit_code, result.output) == (0, "")
    assert (folder / "points.txt").read_bytes() == done.stdout
    assert done.stdout.count(b"deed:") == 3
    assert not list(folder.glob(".*unfinished"))


def test_a_file_that_cannot_be_written_is_one_sentence() -> None:
    result = linli("export", "--format", "csv", "--out", "nowhere/points.csv")
    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_reader_who_stops_is_no_failure() -> None:
    command = " ".join([*LINLI, "ledger", "export", "--format", "jsonl", "| true"])
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_books_are_read_while_somebody_writes(folder: Path) -> None:
    writer = sqlite3.connect(folder / "linli.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert linli("verify").exit_code == 0
    writer.execute("ROLLBACK")
    writer.close()
