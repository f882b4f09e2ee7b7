"""How much memory the bot holds beside ten thousand residents."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import psutil

from tests.benchmarks import room as rooms
from tests.benchmarks.calling import prepare
from tests.benchmarks.figures import Figure
from tests.benchmarks.process import linli_run, until
from tests.benchmarks.residents import settled

RESIDENTS = 10_000
SETTLES = 3.0


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, rooms.opened() as room:
        coordinator = room.phones(1)[0]
        people = list(range(coordinator, coordinator + RESIDENTS))
        url = settled(Path(folder), people, volunteers=RESIDENTS - 1)
        raw = _library_alone()
        with linli_run(room, url) as running:
            time.sleep(SETTLES)
            peer = {"unit": "MiB", "peer": raw, "peer_name": "python-telegram-bot and SQLModel imported"}
            yield Figure(
                name="RSS of the bot, 10,000 residents", value=running.megabytes(), at_most=200, **peer
            )
            tap = prepare(room, coordinator)
            room.batch([tap])
            until(lambda: room.statistics()["answers"] > 0)
            time.sleep(SETTLES)
            yield Figure(
                name="the same while it calls out to all of them",
                value=running.megabytes(),
                at_most=200,
                **peer,
            )


def _library_alone() -> float:
    code = "import telegram.ext, sqlmodel; print('ready', flush=True); input()"
    with Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        held = float(psutil.Process(process.pid).memory_info().rss) / 2**20
        process.communicate("\n")
    return held
