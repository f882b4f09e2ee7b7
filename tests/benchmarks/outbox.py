"""The outbox against a server without limits: how many a second it sends durably, and what each one costs."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bot.delivery import State
from bot.migrating import migrate
from tests.benchmarks import room as rooms
from tests.benchmarks.figures import Figure
from tests.benchmarks.process import until
from tests.killing import Emergency

PEOPLE = 3_000
NO_LIMIT = 10_000


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, rooms.opened() as room:
        url = f"sqlite:///{Path(folder) / 'linli.db'}"
        migrate(url, backup_folder=None)
        room.limits(on=False)
        people = room.phones(PEOPLE)
        emergency = Emergency(url, room.address, rooms.TOKEN, per_second=NO_LIMIT)
        process = emergency.begin()
        sender = psutil.Process(process.pid)
        room.restart_statistics()
        cpu, began = _cpu(sender), time.monotonic()
        emergency.call(people)
        until(lambda: room.seen() >= PEOPLE, every=0.05)
        took, spent = time.monotonic() - began, _cpu(sender) - cpu
        process.terminate()
        process.communicate()
        sent = emergency.progress()[State.SENT]
        emergency.close()
    yield Figure(name="durable sends a second, no limits", value=sent / took, unit="/s", at_least=1_500)
    yield Figure(name="  CPU of each", value=1_000 * spent / PEOPLE, unit="ms", at_most=0.7)


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)
