"""A million transfers written into an archive and read back from it, as an operator does it."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen

from bot.neighbourhood import SAMPLE
from tests.benchmarks.figures import Figure
from tests.benchmarks.points_books import TRANSFERS, written

HELD = 200.0  # MiB: what is streamed takes no more for a million rows than for a thousand


def measure() -> Iterator[Figure]:
    yield from of_books(TRANSFERS)


def of_books(transfers: int) -> Iterator[Figure]:
    """Measure books with so many transfers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = written(folder, transfers)
        size = (folder / "linli.db").stat().st_size / 2**20
        archive, again = folder / "town.zip", f"sqlite:///{folder / 'again.db'}"
        for words, where, title in (
            (("backup", str(archive)), url, "linli backup"),
            (("restore", str(archive)), again, "linli restore, with ledger verify"),
        ):
            seconds, cpu, peak = _command(where, *words)
            yield Figure(name=f"{title}, {transfers:,} transfers", value=seconds, unit="s")
            yield Figure(name="  processor time of it", value=cpu, unit="s")
            yield Figure(name="  the most it held", value=peak, unit="MiB", at_most=HELD)
        peer = {"unit": "MiB", "peer": size, "peer_name": "the database"}
        yield Figure(name="  the archive", value=archive.stat().st_size / 2**20, **peer)


def _command(url: str, *words: str) -> tuple[float, float, float]:
    """Run a command; give seconds, seconds of processor time, and the most memory it held in MiB."""
    settings = {"LINLI_DATABASE_URL": url, "LINLI_COMMUNITY": str(SAMPLE)}
    began = time.monotonic()
    command = [str(Path(sys.executable).with_name("linli")), *words]
    process = Popen(command, env={**os.environ, **settings}, stdout=DEVNULL, stderr=DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"linli {words[0]} ended with {process.returncode}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
