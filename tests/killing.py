"""Kills a sender at random moments of an emergency, and counts what each kill cost."""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from subprocess import PIPE, Popen
from time import sleep

from sqlmodel import Session

from bot.database import writing_engine
from bot.delivery import Lane, Message, Progress, Recipient, State, enqueue, progress

ABOUT = "emergency"
LAST_ARRIVALS = 0.05  # what had left is still being counted


@dataclass
class Emergency:
    """Everything promised in one database, read and written beside the process that sends."""

    database_url: str
    address: str
    token: str
    per_second: int

    def __post_init__(self) -> None:
        self._engine = writing_engine(self.database_url)

    def call(self, people: list[int]) -> None:
        """Promise one message to each, as a call-out does."""
        to = [Recipient(each, "en") for each in people]
        text = {"en": Message("Water at Building 1")}
        with Session(self._engine) as session:
            facts = {"key": ABOUT, "about": ABOUT, "lane": Lane.EMERGENCY, "renderings": text, "to": to}
            enqueue(session, now=datetime.now(UTC), **facts)
            session.commit()

    def begin(self) -> Popen[str]:
        """Start a sender and wait until it sends."""
        command = [sys.executable, "-m", "tests.sending_process", self.address, self.token, self.database_url]
        process = Popen([*command, "--per-second", str(self.per_second)], stdout=PIPE, text=True)
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("the sender ended instead of sending")
        return process

    def progress(self) -> Progress:
        with Session(self._engine) as session:
            return progress(session, ABOUT)

    def close(self) -> None:
        self._engine.dispose()


def kill_often(
    emergency: Emergency, arrived: Callable[[], int], *, times: int, seed: int, longest: float
) -> list[int]:
    """Kill it so often, each time after a random while; give how many messages each kill left in doubt.

    `arrived` says how many messages Telegram has seen. What it saw and nobody recorded comes a second time.
    """
    luck, in_doubt = random.Random(seed), list[int]()
    for _ in range(times):
        before, process = arrived(), emergency.begin()
        while arrived() == before and emergency.progress()[State.QUEUED]:
            sleep(0.01)  # a busy machine may be slow to begin, and a kill before that proves nothing
        sleep(luck.uniform(0, longest))
        process.kill()
        process.communicate()
        sleep(LAST_ARRIVALS)
        in_doubt.append(arrived() - emergency.progress()[State.SENT] - sum(in_doubt))
    return in_doubt


def finish(emergency: Emergency) -> None:
    """Let one more process reach whoever is left, and stop it gently."""
    process = emergency.begin()
    for _ in range(1_200):
        found = emergency.progress()
        if found[State.SENT] == found.total:
            break
        sleep(0.1)
    process.terminate()
    process.communicate()
