"""The bot as its operator starts it: `linli run` in a process of its own."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen

import psutil

from bot.neighbourhood import SAMPLE
from tests.benchmarks.room import TOKEN, Room

PATIENCE = 180.0


@dataclass(frozen=True)
class Running:
    process: psutil.Process
    seconds_to_first_poll: float

    def megabytes(self) -> float:
        return float(self.process.memory_info().rss) / 2**20

    def cpu_seconds(self) -> float:
        spent = self.process.cpu_times()
        return float(spent.user + spent.system)


@contextmanager
def linli_run(
    room: Room, database_url: str, *, per_second: int = 30, more: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start the bot, wait for its first getUpdates or its setWebhook, and stop it gently at the end."""
    settings = {
        "LINLI_BOT_TOKEN": TOKEN,
        "LINLI_BOT_API_URL": room.address,
        "LINLI_DATABASE_URL": database_url,
        "LINLI_COMMUNITY": str(SAMPLE),
        "LINLI_MESSAGES_PER_SECOND": str(per_second),
        "LINLI_LOG": "error",
        **(more or {}),
    }
    room.restart_statistics()
    began = time.monotonic()
    command = [str(Path(sys.executable).with_name("linli")), "run"]
    bot = Popen(command, env={**os.environ, **settings}, stdout=DEVNULL)
    try:
        until(lambda: _polls(bot, room), every=0.01)
        yield Running(psutil.Process(bot.pid), time.monotonic() - began)
    finally:
        bot.terminate()
        bot.wait(timeout=PATIENCE)


def _polls(bot: Popen[bytes], room: Room) -> bool:
    if bot.poll() is not None:
        raise RuntimeError("the bot ended instead of listening")
    calls = room.statistics()["calls"]
    return bool(calls.get("getUpdates", 0) or calls.get("setWebhook", 0))


def until(happened: Callable[[], bool], *, every: float = 0.1) -> None:
    """Wait until something happened.

    Raises:
        TimeoutError: it did not happen in three minutes.
    """
    patience = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > patience:
            raise TimeoutError
        time.sleep(every)
