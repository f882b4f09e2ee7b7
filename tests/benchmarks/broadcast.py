"""A broadcast to ten thousand: how long until every row is committed, and what memory that takes."""

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil
from sqlmodel import Session

from bot.database import writing_engine
from bot.delivery import Lane, Message, Recipient, enqueue
from bot.migrating import migrate
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledger_raw import postgres

PEOPLE = 10_000
TIMES = 3


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _on("SQLite", f"sqlite:///{Path(folder) / 'linli.db'}")
    with postgres() as server:
        yield from _on("PostgreSQL", server.get_uri())


def _on(kind: str, url: str) -> Iterator[Figure]:
    migrate(url, backup_folder=None)
    engine = writing_engine(url)
    to = [Recipient(1_000_000 + number, "en", tag=number) for number in range(PEOPLE)]
    process = psutil.Process()
    with Session(engine) as session:  # what only the first one needs is no cost of the broadcast
        _promise(session, "first", to[:1])
    before = process.memory_info().rss
    took = []
    for number in range(TIMES):
        began = time.perf_counter()
        with Session(engine) as session:
            _promise(session, f"again {number}", to)
        took.append(1_000 * (time.perf_counter() - began))
    grown = (process.memory_info().rss - before) / 2**20
    engine.dispose()
    yield Figure(name=f"10,000 rows committed, {kind}", value=median(took), unit="ms", at_most=500)
    yield Figure(name="  more memory", value=grown, unit="MiB", at_most=40)


def _promise(session: Session, key: str, to: list[Recipient]) -> None:
    text = {"en": Message("Water at Building 1")}
    enqueue(session, key=key, lane=Lane.EMERGENCY, renderings=text, to=to, now=datetime.now(UTC))
    session.commit()
