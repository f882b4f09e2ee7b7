"""A thousand volunteers answer within the same second: each tap stored, answered, and on the board."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

from sqlmodel import Session, col, func, select

from bot.callouts.models import Ask
from bot.callouts.states import AskState
from bot.database import reading_engine
from tests.benchmarks import room as rooms
from tests.benchmarks.calling import prepare
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.process import linli_run, until
from tests.benchmarks.residents import settled
from tests.benchmarks.room import Room

VOLUNTEERS = 1_000
SIGN = "✅"


@dataclass(frozen=True)
class Storm:
    """Seconds from each tap to its answer, and who was answered."""

    waits: list[float]
    answered: int

    def figure(self, name: str, part: float, peer: "Storm", at_most: float | None = None) -> Figure:
        return Figure(
            name=name,
            value=percentile(self.waits, part),
            unit="s",
            at_most=at_most,
            peer=percentile(peer.waits, part),
            peer_name="the library alone, answering and nothing else",
        )


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, rooms.opened() as room:
        coordinator, *volunteers = room.phones(VOLUNTEERS + 1)
        url = settled(Path(folder), [coordinator, *volunteers], volunteers=VOLUNTEERS)
        _call_out(room, url, coordinator)
        with linli_run(room, url) as running:
            time.sleep(1)
            cpu = running.cpu_seconds()
            ours = _storm(room, volunteers)
            cpu = running.cpu_seconds() - cpu
            began = time.monotonic()
            until(lambda: _board_is_right(room, coordinator))
            settled_after = time.monotonic() - began
            stored = _stored(url)
    theirs = _library()
    yield ours.figure("1,000 taps at once: p95 tap to answer", 0.95, theirs, at_most=4)
    yield ours.figure("  median", 0.5, theirs)
    yield ours.figure("  last", 1.0, theirs)
    yield Figure(name="  processor time a tap", value=cpu / VOLUNTEERS * 1000, unit="ms")
    yield Figure(name="  taps without an answer", value=VOLUNTEERS - ours.answered, unit="", at_most=0)
    yield Figure(name="  answers not stored", value=VOLUNTEERS - stored, unit="", at_most=0)
    yield Figure(name="  board right after the last answer", value=settled_after, unit="s")


def _call_out(room: Room, url: str, coordinator: int) -> None:
    """Ask everybody as fast as it goes: the limits are another benchmark."""
    room.limits(on=False)
    with linli_run(room, url, per_second=1000):
        room.batch([prepare(room, coordinator)])
        until(lambda: room.statistics()["messages"] >= VOLUNTEERS + 2)
        time.sleep(2)
    room.limits(on=True)


def _storm(room: Room, people: list[int]) -> Storm:
    label = next(
        button["text"]
        for row in room.messages(people[0])[0]["buttons"]
        for button in row
        if SIGN in button["text"]
    )
    before = room.statistics()["answers"]
    results = room.batch([{"person": person, "act": "tap", "label": label} for person in people])
    wanted = {result["query_id"] for result in results}
    until(lambda: room.statistics()["answers"] - before >= len(people), every=0.2)
    queries = [one for one in room.get("/sim/queries")["queries"] if one["query_id"] in wanted]
    return Storm(
        [one["seconds"] for one in queries if one["answered"]], sum(one["answered"] for one in queries)
    )


def _board_is_right(room: Room, coordinator: int) -> bool:
    return any(f"✅ Coming {VOLUNTEERS} " in message["text"] for message in room.messages(coordinator))


def _stored(url: str) -> int:
    engine = reading_engine(url)
    with Session(engine) as session:
        coming = session.exec(select(func.count()).where(col(Ask.state) == AskState.COMING)).one()
    engine.dispose()
    return coming


def _library() -> Storm:
    with rooms.opened() as room:
        people = room.phones(VOLUNTEERS)
        room.limits(on=False)
        with _answering(room):
            return _storm(room, people)


@contextmanager
def _answering(room: Room) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.benchmarks.peers", "answering", room.address]
    with Popen([*command, "--count", str(VOLUNTEERS)], stdout=PIPE, text=True) as peer:
        assert peer.stdout is not None
        peer.stdout.readline()
        yield
        peer.terminate()
