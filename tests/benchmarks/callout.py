"""A call-out to 900 volunteers, with the room refusing whatever Telegram would refuse."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

from tests.benchmarks import room as rooms
from tests.benchmarks.calling import prepare
from tests.benchmarks.figures import Figure
from tests.benchmarks.process import linli_run, until
from tests.benchmarks.residents import settled
from tests.benchmarks.room import Json, Room

VOLUNTEERS = 900
PER_SECOND = 30
QUIET = 2.0


@dataclass(frozen=True)
class Sent:
    """How long it took from the tap to the last send, and what the room counted meanwhile."""

    seconds: float
    sends: int
    refused: int
    cpu_seconds: float
    lost: int

    @property
    def times_ideal(self) -> float:
        return self.seconds / (self.sends / PER_SECOND)


def measure() -> Iterator[Figure]:
    ours, theirs, trusting = _ours(), _library("--retries", "5"), _library("--retries", "0")
    name = "AIORateLimiter(max_retries=5)"
    yield Figure(
        name="call-out to 900, x (sends and edits / 30 s)",
        value=ours.times_ideal,
        unit="x",
        at_most=1.01,
        peer=theirs["seconds"] / (VOLUNTEERS / PER_SECOND),
        peer_name=name,
    )
    yield Figure(name="  wall time", value=ours.seconds, unit="s", peer=theirs["seconds"], peer_name=name)
    yield Figure(name="  sends and edits", value=ours.sends, unit="")
    yield Figure(
        name="  429 answers", value=ours.refused, unit="", at_most=0, peer=theirs["refused"], peer_name=name
    )
    yield Figure(
        name="  lost",
        value=ours.lost,
        unit="",
        at_most=0,
        peer=trusting["lost"],
        peer_name="AIORateLimiter()",
    )
    yield Figure(
        name="  CPU of the sending process",
        value=ours.cpu_seconds,
        unit="s",
        peer=theirs["cpu_seconds"],
        peer_name=name,
    )


def _ours() -> Sent:
    with tempfile.TemporaryDirectory() as folder, rooms.opened() as room:
        coordinator, *volunteers = room.phones(VOLUNTEERS + 1)
        url = settled(Path(folder), [coordinator, *volunteers], volunteers=VOLUNTEERS)
        with linli_run(room, url) as running:
            tap = prepare(room, coordinator)
            time.sleep(QUIET)  # the preview itself no longer counts in the room's last second
            room.restart_statistics()
            cpu, began = running.cpu_seconds(), time.monotonic()
            room.batch([tap])
            until(lambda: _last_reached(room, volunteers))
            seen, took = room.statistics(), time.monotonic() - began
            return Sent(
                seconds=took,
                sends=seen["messages"] + seen["edits"],
                refused=seen["too_many_requests"],
                cpu_seconds=running.cpu_seconds() - cpu,
                lost=sum(len(room.messages(person)) != 1 for person in volunteers),
            )


def _last_reached(room: Room, volunteers: list[int]) -> bool:
    """Tell whether the last in the queue were asked, looking only when so many messages went out."""
    if room.statistics()["messages"] < len(volunteers):
        return False
    return all(room.messages(person) for person in volunteers[-5:])


def _library(*options: str) -> Json:
    """Send 900 with the library's own limiter to a room of the same kind."""
    with rooms.opened() as room:
        room.phones(VOLUNTEERS)
        command = [sys.executable, "-m", "tests.benchmarks.peers", "limiter", room.address, *options]
        done = run([*command, "--count", str(VOLUNTEERS)], check=True, capture_output=True, text=True)
        found: Json = json.loads(done.stdout)
        return {**found, "refused": room.statistics()["too_many_requests"]}
