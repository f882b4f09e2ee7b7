"""Checking a million transfers and their seals, and letting the points of 50,000 residents expire."""

# ruff: noqa: T201 (what the children print is what the parent reads)

import asyncio
import hashlib
import json
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run
from typing import Any

from sqlmodel import Session

from bot.chat import expiring
from bot.chat.due import jobs, plan_ahead
from bot.chat.house import House
from bot.database import Database, reading_engine
from bot.neighbourhood import SAMPLE, load
from bot.schedule import Schedule
from points import Expired, verify
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.points_books import ACCOUNTS, TRANSFERS, written

BEGINS = datetime(2026, 2, 28, 16, tzinfo=UTC)  # March in Shanghai
LIFE = 7  # months; each account has something older and something younger


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        url = written(Path(folder))
        raw = _raw(Path(folder) / "linli.db")
        seconds, cpu = _command(url)
        peer = {"unit": "s", "peer": raw, "peer_name": "reading and hashing each row with sqlite3 alone"}
        name = f"linli ledger verify, {TRANSFERS:,} transfers"
        yield Figure(name=name, value=seconds, at_most=10, **peer)
        yield Figure(name="  processor time of it", value=cpu, unit="s")
        found = _child("check", url)
        yield Figure(name="  the checks in one process", value=found["seconds"], **peer)
        yield Figure(name="  memory they took beside", value=found["megabytes"], unit="MiB")
        done = _child("expire", url)
        if done["accounts"] != ACCOUNTS:
            raise RuntimeError(f"points of {done['accounts']} accounts expired")
        yield Figure(name=f"expiry of {ACCOUNTS:,} accounts", value=done["seconds"], unit="s", at_most=5)
        yield Figure(name="  processor time of it", value=done["cpu"], unit="s")
        yield Figure(name="  memory it took beside", value=done["megabytes"], unit="MiB", at_most=100)
        yield Figure(name="  a unit's rule, median", value=done["median"], unit="ms")
        yield Figure(name="  a unit's rule, p99", value=done["p99"], unit="ms")


def _raw(file: Path) -> float:
    began = time.monotonic()
    with closing(sqlite3.connect(file)) as database:
        for row in database.execute("SELECT * FROM transfer ORDER BY id"):
            hashlib.sha256(str(row).encode()).digest()
    return time.monotonic() - began


def _command(url: str) -> tuple[float, float]:
    """Run it as an operator does; give seconds, and seconds of processor time of all its processes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [str(Path(sys.executable).with_name("linli")), "ledger", "verify"]
    run(command, check=True, capture_output=True, env={**os.environ, "LINLI_DATABASE_URL": url})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu


def _child(what: str, url: str) -> dict[str, Any]:
    """Do it in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.benchmarks.verifying", what, url]
    done = run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class _Watch:
    """Seconds, processor time and memory since it was made."""

    def __init__(self) -> None:
        self._began, self._cpu, self._held = time.monotonic(), time.process_time(), _peak()

    def found(self) -> dict[str, float]:
        return {
            "seconds": time.monotonic() - self._began,
            "cpu": time.process_time() - self._cpu,
            "megabytes": _peak() - self._held,
        }


def _peak() -> float:
    """Give the most this process ever held, in MiB; what getrusage says began with the process before it."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _check(url: str) -> dict[str, float]:
    engine = reading_engine(url, connections=1)
    with engine.connect() as connection, Session(connection) as session:
        watch = _Watch()
        problems = verify(session).problems
    engine.dispose()
    if problems:
        raise RuntimeError(problems[0])
    return watch.found()


class _March:
    def now(self) -> datetime:
        return BEGINS

    def monotonic(self) -> float:
        return time.monotonic()


async def _expire(url: str) -> dict[str, float]:
    neighbourhood = load(SAMPLE)
    points = neighbourhood.points.model_copy(update={"expire_months": LIFE})
    house = House(neighbourhood.model_copy(update={"points": points}), bot_id=1, bot_username="linli_bot")
    units: list[float] = []
    accounts = 0
    rule = expiring.expire

    def timed(*args: Any, **kwargs: Any) -> Expired:
        nonlocal accounts
        began = time.perf_counter()
        done = rule(*args, **kwargs)
        units.append((time.perf_counter() - began) * 1000)
        accounts += done.accounts
        return done

    expiring.expire = timed
    async with Database(url) as database:
        await database.write(plan_ahead, house, datetime(2026, 2, 10, tzinfo=UTC))
        watch = _Watch()
        await Schedule(database, jobs(house), _March()).run_due()
        found = watch.found()
    return found | {"accounts": accounts, "median": percentile(units, 0.5), "p99": percentile(units, 0.99)}


if __name__ == "__main__":
    print(json.dumps(_check(sys.argv[2]) if sys.argv[1] == "check" else asyncio.run(_expire(sys.argv[2]))))
