"""The command line as its tests use it: in a folder of its own, with no settings from outside."""

import asyncio
import os
from collections.abc import Callable

import pytest
from sqlmodel import Session
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.database import Database


def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what the environment says, and give what is printed room."""
    for name in [name for name in os.environ if name.startswith("LINLI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")


def linli(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def in_database(unit: Callable[[Session], object]) -> None:
    """Run a unit of work in the database that commands use here."""

    async def work() -> None:
        async with Database("sqlite:///linli.db") as database:
            await database.write(unit)

    asyncio.run(work())
