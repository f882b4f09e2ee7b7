"""`linli service`: a systemd unit by which a bot starts with the machine and comes back after a crash."""

import re
import sys
from pathlib import Path

import typer

from bot.commands.failing import say

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")

UNIT = """\
# {unit}: written by `linli service {name}`.
[Unit]
Description=Linli, the neighbourhood's bot ({name})
Wants=network-online.target
After=network-online.target

[Service]
ExecStart="{linli}" run
EnvironmentFile={env_file}
Environment=LINLI_COMMUNITY=/etc/linli/{name}.toml
Environment=LINLI_BACKUP_FOLDER=/var/lib/linli-{name}/backups
DynamicUser=yes
StateDirectory=linli-{name} linli-{name}/backups
StateDirectoryMode=0700
WorkingDirectory=/var/lib/linli-{name}
Restart=on-failure
RestartSec=10
TimeoutStopSec=60
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
UMask=0077

[Install]
WantedBy=multi-user.target
"""


def print_unit(name: str, *, env_file: Path | None) -> None:
    """Print the unit alone on standard output, and beside it what to do with it."""
    if not _NAME.fullmatch(name):
        raise typer.BadParameter("write 1 to 32 of a-z, 0-9 and -, such as willow", param_hint="NAME")
    settings = env_file.absolute() if env_file else Path(f"/etc/linli/{name}.env")
    unit = f"/etc/systemd/system/linli-{name}.service"
    typer.echo(
        UNIT.format(name=name, unit=unit, linli=_escaped(_linli()), env_file=_escaped(settings)), nl=False
    )
    say(
        f"Write it to {unit}, the token as LINLI_BOT_TOKEN=… to {settings} (mode 600),"
        f" the neighbourhood's file to /etc/linli/{name}.toml; then: systemctl enable --now linli-{name}"
    )


def _linli() -> Path:
    return Path(sys.executable).absolute().with_name("linli")


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
