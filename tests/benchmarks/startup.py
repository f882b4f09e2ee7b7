"""How long until the bot listens, and until the demo is ready."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, run

from tests.benchmarks import room as rooms
from tests.benchmarks.figures import Figure
from tests.benchmarks.process import linli_run
from tests.benchmarks.residents import settled

ROUNDS = 3
READY = "Linli is ready"


def measure() -> Iterator[Figure]:
    raw = statistics.median(_library_alone() for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as folder, rooms.opened() as room:
        url = settled(Path(folder), list(range(1, 101)), volunteers=99)
        runs = [_run(room, url) for _ in range(ROUNDS)]
        again, cpu = (statistics.median(figures) for figures in zip(*runs, strict=True))
        first = statistics.median(_run(room, f"sqlite:///{folder}/new{n}.db")[0] for n in range(ROUNDS))
    peer = {"unit": "s", "peer": raw, "peer_name": "importing python-telegram-bot and SQLModel alone"}
    yield Figure(name="linli run to first getUpdates", value=again, at_most=2.5, **peer)
    yield Figure(name="  processor time of it", value=cpu, unit="s")
    yield Figure(name="the same with no database yet", value=first, at_most=2.5, **peer)
    ready = statistics.median(_demo() for _ in range(ROUNDS))
    yield Figure(name="linli demo to its ready line", value=ready, unit="s", at_most=5)


def _library_alone() -> float:
    began = time.monotonic()
    run([sys.executable, "-c", "import telegram.ext, sqlmodel"], check=True)
    return time.monotonic() - began


def _run(room: rooms.Room, url: str) -> tuple[float, float]:
    with linli_run(room, url) as running:
        return running.seconds_to_first_poll, running.cpu_seconds()


def _demo() -> float:
    began = time.monotonic()
    command = [str(Path(sys.executable).with_name("linli")), "demo", "--port", "0"]
    demo = Popen(command, stdout=PIPE, stderr=DEVNULL, text=True)
    try:
        assert demo.stdout is not None
        for line in demo.stdout:
            if READY in line:
                return time.monotonic() - began
        raise RuntimeError("the demo ended without a ready line")
    finally:
        demo.terminate()
        demo.communicate()
