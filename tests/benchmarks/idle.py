"""Five communities on one server: what five bots with nothing to do hold and use."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import room as rooms
from tests.benchmarks.figures import Figure
from tests.benchmarks.process import linli_run

BOTS = 5
SETTLES = 5.0


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        bots = [
            stack.enter_context(
                linli_run(stack.enter_context(rooms.opened()), f"sqlite:///{Path(folder) / f'{number}.db'}")
            )
            for number in range(BOTS)
        ]
        time.sleep(SETTLES)
        before = sum(bot.cpu_seconds() for bot in bots)
        time.sleep(SETTLES)
        used = sum(bot.cpu_seconds() for bot in bots) - before
        held = sum(bot.megabytes() for bot in bots)
        yield Figure(name=f"RSS of {BOTS} idle bots", value=held, unit="MiB", at_most=600)
        yield Figure(name="  processor time they use", value=used / SETTLES * 100, unit="% of one core")
