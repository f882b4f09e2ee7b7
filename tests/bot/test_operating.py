"""`linli service` prints a unit that systemd takes; `linli doctor` says how the work stands."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import in_database, linli, no_settings
from sqlmodel import Session

from bot.delivery import Lane, Message, Recipient, enqueue
from bot.delivery.lease import this_process
from bot.delivery.models import SenderLease
from bot.intake.store import Intake, State
from bot.keeping.nightly import LAST_BACKUP
from bot.neighbourhood import SAMPLE
from bot.remembered import keep

TOKEN = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    no_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    (tmp_path / "community.toml").write_text(SAMPLE.read_text("utf-8"), "utf-8")
    return tmp_path


# ---- service ----


def test_a_unit_is_printed_alone_and_holds_no_secret() -> None:
    done = linli("service", "willow")
    assert done.exit_code == 0
    assert done.stdout.startswith("# /etc/systemd/system/linli-willow.service")
    assert "EnvironmentFile=/etc/linli/willow.env\n" in done.stdout
    assert TOKEN not in done.output
    assert "systemctl enable --now linli-willow" in done.stderr
    assert "EnvironmentFile=/srv/east.env\n" in linli("service", "east", "--env-file", "/srv/east.env").stdout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "linli-willow.service"
    unit.write_text(linli("service", "willow").stdout, "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


# ---- doctor ----


def waits(session: Session, since: timedelta) -> None:
    enqueue(
        session,
        key="hello",
        lane=Lane.BULK,
        renderings={"en": Message("hello")},
        to=[Recipient(chat_id, "en") for chat_id in (7, 8)],
        now=NOW - since,
    )


def test_doctor_finds_a_quiet_bot_well() -> None:
    assert linli("migrate").exit_code == 0
    done = linli("doctor")
    assert done.exit_code == 0, done.output
    assert "✓ bot: does not run" in done.stdout
    assert "✓ queue: 0 wait; of the last two days 0 sent" in done.stdout
    assert "✓ intake: nothing waits" in done.stdout


@pytest.mark.parametrize(("minutes", "code"), [(1, 0), (15, 1)])
def test_doctor_says_what_waits_and_for_how_long(minutes: int, code: int) -> None:
    assert linli("migrate").exit_code == 0
    in_database(lambda session: waits(session, timedelta(minutes=minutes)))
    done = linli("doctor")
    assert done.exit_code == code, done.output
    assert "queue: 2 wait, the oldest for" in done.stdout


def test_doctor_sees_taps_that_nobody_answers_the_bot_and_an_old_backup(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert linli("migrate").exit_code == 0
    me = this_process()

    def happen(session: Session) -> None:
        at = datetime.now(UTC) - timedelta(minutes=3)
        session.add(Intake(bot_id=1, update_id=1, user_id=7, body=b"{}", state=State.WAITING, taken_at=at))
        lease = SenderLease(bot_id=1, host=me.host, pid=me.pid, process=me.process, until=NOW)
        session.add(lease)
        keep(session, LAST_BACKUP, (NOW - timedelta(days=3)).isoformat())

    in_database(happen)
    monkeypatch.setenv("LINLI_BACKUP_FOLDER", str(tmp_path))
    done = linli("doctor")
    assert done.exit_code == 1
    assert f"✓ bot: runs as process {me.pid}" in done.stdout
    assert "✗ intake: 1 wait, the oldest for 3 min" in done.stdout
    assert "✗ backup: the last was made 3 d ago" in done.stdout
