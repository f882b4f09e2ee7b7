"""The command line, through the door a person uses."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from command_line import in_database, linli, no_settings
from sqlmodel import Session

from bot import community
from bot.cli import ExportFormat, InvitedRole
from bot.commands import doctor
from bot.neighbourhood import SAMPLE, load
from bot.remembered import BOT_ID, BOT_USERNAME, keep
from points import Format

TOKEN = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"
COMMANDS = [
    *("run", "demo", "init", "doctor", "invite", "poster", "ledger", "migrate"),
    *("backup", "restore", "import", "export", "service"),
]
LINLI = [sys.executable, "-m", "bot"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a neighbourhood's file and nothing else, and no settings from outside."""
    no_settings(monkeypatch)
    monkeypatch.setenv("LINLI_BOT_API_URL", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "community.toml").write_text(SAMPLE.read_text("utf-8"), "utf-8")
    return tmp_path


@pytest.fixture
def known_bot() -> None:
    """A database in which an earlier start left the bot's name."""
    assert linli("migrate").exit_code == 0

    def remember(session: Session) -> None:
        keep(session, BOT_ID, "123456")
        keep(session, BOT_USERNAME, "willow_bot")

    in_database(remember)


class _GetMe(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        good = self.path == f"/bot{TOKEN}/getMe"
        body = json.dumps({"ok": good, **({"result": {"username": "asked_bot"}} if good else {})}).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay quiet."""


@pytest.fixture
def bot_api() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _GetMe) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


# ---- the shape of it ----


def test_what_is_offered_is_what_works_today() -> None:
    told = linli("--help").output
    assert re.findall(r"^│ (\w+) +[A-Z]", told, re.MULTILINE) == [
        "run",
        "demo",
        "init",
        "doctor",
        "invite",
        "poster",
        "migrate",
        "backup",
        "restore",
        "import",
        "export",
        "service",
        "ledger",
    ]


@pytest.mark.parametrize(
    "words",
    [*([name] for name in COMMANDS if name != "ledger"), ["ledger", "verify"], ["ledger", "export"]],
    ids=" ".join,
)
def test_each_command_has_help_with_an_example(words: list[str]) -> None:
    result = linli(*words, "--help")
    assert result.exit_code == 0
    assert f"linli {' '.join(words)}" in result.output.partition("Example:")[2]


@pytest.mark.parametrize(
    "words",
    [
        ["backup"],
        ["doctor", "--live", "--chat", "me"],
        ["service"],
        ["service", "not/a name"],
        ["invite"],
        ["poster"],
        ["invite", "king"],
        ["invite", "admin", "--days", "0"],
        ["demo", "--port", "70000"],
        ["ledger", "burn"],
        ["ledger", "export"],
        ["ledger", "export", "--format", "pdf"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(words: list[str]) -> None:
    result = linli(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_roles_of_the_command_line_are_those_of_the_community() -> None:
    assert [str(role) for role in InvitedRole] == [str(role) for role in community.Role]


def test_the_formats_of_the_command_line_are_those_of_points() -> None:
    assert [str(form) for form in ExportFormat] == [str(form) for form in Format]


def test_help_waits_for_nothing_heavy() -> None:
    heavy = ("sqlalchemy", "sqlmodel", "telegram", "pydantic", "structlog", "httpx", "starlette", "typst")
    code = f"import sys, bot.cli; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


# ---- init and doctor ----


def test_init_writes_the_sample_once(folder: Path) -> None:
    (folder / "community.toml").unlink()
    assert linli("init").exit_code == 0
    assert load(folder / "community.toml") == load(SAMPLE)
    again = linli("init")
    assert again.exit_code == 1
    assert again.stderr == "community.toml is there already and stays as it is.\n"


def test_init_prints_the_schema() -> None:
    assert json.loads(linli("init", "--schema").stdout)["title"] == "community.toml"


def test_doctor_shows_each_setting_with_its_source_and_finds_all_well(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    (folder / ".env").write_text("LINLI_LISTEN=127.0.0.1:9000\n", "utf-8")
    result = linli("doctor")
    assert result.exit_code == 0, result.output
    assert re.search(r"^LINLI_LISTEN +127\.0\.0\.1:9000 +file \.env", result.stdout, re.MULTILINE)
    assert re.search(r"^LINLI_BOT_TOKEN +set, not shown +environment", result.stdout, re.MULTILINE)
    assert "柳岸社区 / Willow Bank, 8 areas, 5 teams, 5 plans, 10 activities, 6 rewards" in result.stdout
    assert "database: empty" in result.stdout
    assert "ABC-DEF" not in result.output
    assert not (folder / "linli.db").exists()


def test_doctor_tells_everything_that_is_wrong(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "community.toml").write_text("[community]\n", "utf-8")
    (folder / "linli.db").write_bytes(b"this is not a database, whatever it is called" * 100)
    monkeypatch.setenv("LINLI_LISTENN", "x")
    result = linli("doctor")
    assert result.exit_code == 1
    assert "token: not set" in result.stdout
    assert "[community], code: is missing" in result.stdout
    assert "database: The database cannot be opened" in result.stdout
    assert "did you mean LINLI_LISTEN?" in result.stdout


def test_doctor_reads_the_given_file(folder: Path) -> None:
    (folder / "east.env").write_text("LINLI_COMMUNITY=nowhere.toml\n", "utf-8")
    result = linli("doctor", "--env-file", "east.env")
    assert result.exit_code == 1
    assert "nowhere.toml cannot be used: there is no such file" in result.stdout
    assert linli("doctor", "--env-file", "west.env").stderr == "There is no settings file west.env.\n"


# ---- invite ----


@pytest.mark.usefixtures("known_bot")
def test_invite_prints_a_link_that_gives_the_role_once(folder: Path) -> None:
    result = linli("invite", "team-lead", "--of", "clinic", "--area", "g1", "--days", "3")
    assert result.exit_code == 0, result.output
    link = re.fullmatch(r"https://t\.me/willow_bot\?start=i_(\w+)\n", result.stdout)
    assert link
    assert "team-lead of clinic in 第一网格 / Grid 1" in result.stderr
    found: list[community.InvitationView] = []
    now = datetime.now(UTC)
    in_database(lambda session: found.append(community.invitation(session, code=link[1], now=now)))
    assert (found[0].role, found[0].area_code, found[0].subject) == (
        community.Role.TEAM_LEAD,
        "g1",
        "clinic",
    )
    assert 2 < (found[0].expires_at - now).total_seconds() / 86_400 < 3


def test_invite_asks_the_bot_api_for_the_name_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, bot_api: str
) -> None:
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("LINLI_BOT_API_URL", bot_api)
    assert linli("invite", "coordinator").stdout.startswith("https://t.me/asked_bot?start=i_")


def test_invite_without_any_name_gives_what_to_write_to_the_bot() -> None:
    result = linli("invite", "coordinator")
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"/start i_\w+\n", result.stdout)
    assert "send this line to the bot" in result.stderr


@pytest.mark.usefixtures("known_bot")
def test_the_name_of_another_bot_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_BOT_TOKEN", "999999:another")
    assert "willow_bot" not in linli("invite", "coordinator").output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("coordinator --area b99", 'There is no area "b99"'),
        ("team-lead", "A team-lead is always of something: add --of"),
        ("team-lead --of army", 'There is no team "army"'),
        ("coordinator --of core", "A coordinator is never of something"),
        ("merchant --of florist", "there are: corner-shop, barber."),
    ],
)
def test_an_invitation_that_cannot_be_is_one_sentence(words: str, told: str) -> None:
    result = linli("invite", *words.split())
    assert result.exit_code == 1
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_invite_on_an_unreadable_file_says_what_is_wrong_with_it(folder: Path) -> None:
    (folder / "community.toml").write_text("[community", "utf-8")
    result = linli("invite", "coordinator")
    assert result.exit_code == 1
    assert result.stderr.startswith("community.toml cannot be used: line 1")


# ---- ledger and migrate ----


def test_an_empty_ledger_adds_up() -> None:
    result = linli("ledger", "verify")
    assert (result.exit_code, result.stdout) == (0, "✓ 0 entries checked: everything adds up\n")


def test_migrate_fills_what_check_found_empty() -> None:
    assert linli("migrate", "--check").exit_code == 1
    assert linli("migrate").exit_code == 0
    assert linli("migrate", "--check").exit_code == 0


# ---- failing ----


def test_run_needs_a_token() -> None:
    done = subprocess.run([*LINLI, "run"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "There is no token: set LINLI_BOT_TOKEN to the one that @BotFather gave you.\n"
    assert done.stdout == ""


def test_wrong_settings_are_sentences_without_a_traceback() -> None:
    wrong = {**os.environ, "LINLI_LISTEN": "8080", "LINLI_BOT_TOKEN": "oh no"}
    done = subprocess.run([*LINLI, "run"], capture_output=True, text=True, check=False, env=wrong)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["LINLI_BOT_TOKEN", "LINLI_LISTEN"]
    assert "oh no" not in done.stderr


def test_an_error_nobody_thought_of_is_a_sentence_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: Path | None) -> int:
        raise RuntimeError(f"no answer from http://127.0.0.1/bot{TOKEN}/getMe")

    monkeypatch.setattr(doctor, "examine", fail)
    result = linli("doctor")
    assert (result.exit_code, result.stderr) == (1, "no answer from http://127.0.0.1/bot•••/getMe\n")


def test_debug_shows_where_it_failed_but_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: Path | None) -> int:
        raise RuntimeError(f"/bot{TOKEN}/getMe")

    monkeypatch.setattr(doctor, "examine", fail)
    monkeypatch.setenv("LINLI_LOG", "debug")
    result = linli("doctor")
    assert "Traceback" in result.stderr
    assert "ABC-DEF" not in result.stderr
