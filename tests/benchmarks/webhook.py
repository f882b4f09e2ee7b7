"""Five thousand volunteers tap, and Telegram brings every tap by webhook as fast as it is taken."""

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session, col, func, select

from bot.callouts.models import Ask
from bot.callouts.states import AskState
from bot.database import reading_engine
from tests.benchmarks import room as rooms
from tests.benchmarks.bringing import Brought, bring
from tests.benchmarks.calling import prepare
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.process import linli_run, until
from tests.benchmarks.residents import settled
from tests.benchmarks.room import BOT_ID, Room

VOLUNTEERS = int(os.environ.get("LINLI_BENCH_TAPS", "5000"))
SIGN = "✅"
SECRET = "benchmarks-only"


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, rooms.opened() as room:
        coordinator, *volunteers = room.phones(VOLUNTEERS + 1)
        url = settled(Path(folder), [coordinator, *volunteers], volunteers=VOLUNTEERS)
        room.limits(on=False)
        with linli_run(room, url, per_second=1000):
            room.batch([prepare(room, coordinator)])
            until(lambda: room.statistics()["messages"] >= VOLUNTEERS + 2)
            time.sleep(2)
        bodies = [_tap(room, person, number) for number, person in enumerate(volunteers)]
        webhook, listen = _addresses()
        more = {"LINLI_WEBHOOK_URL": webhook, "LINLI_WEBHOOK_SECRET": SECRET, "LINLI_LISTEN": listen}
        with linli_run(room, url, per_second=1000, more=more) as running:
            time.sleep(1)
            cpu = running.cpu_seconds()
            brought = bring(webhook, SECRET, bodies)
            began = time.monotonic()
            until(lambda: _coming(url) == VOLUNTEERS, every=0.05)
            applied = time.monotonic() - began
            cpu = running.cpu_seconds() - cpu
    yield from _figures(brought, cpu, applied)


def _figures(brought: Brought, cpu: float, applied: float) -> Iterator[Figure]:
    refused = len([status for status in brought.statuses if status != 200])
    name = f"{VOLUNTEERS:,} taps by webhook: stored and taken"
    yield Figure(name=name, value=brought.per_second, unit="/s", at_least=3_000)
    yield Figure(
        name="  p99 of a response", value=percentile(brought.seconds, 0.99) * 1000, unit="ms", at_most=50
    )
    yield Figure(name="  not taken", value=refused, unit="", at_most=0)
    yield Figure(name="  last answer applied after the last tap", value=applied, unit="s", at_most=5)
    yield Figure(name="  processor time a tap", value=cpu / VOLUNTEERS * 1000, unit="ms")


def _addresses() -> tuple[str, str]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{one.getsockname()[1]}"
    return f"http://{listen}/telegram", listen


def _tap(room: Room, person: int, number: int) -> bytes:
    """Write the update of somebody who taps the first button under what the bot asked them."""
    asked = room.messages(person)[0]
    data = next(one["data"] for row in asked["buttons"] for one in row if SIGN in one["text"])
    message = {
        "message_id": asked["message_id"],
        "date": 1_700_000_000,
        "chat": {"id": person, "type": "private", "first_name": f"P{person}"},
        "from": {"id": BOT_ID, "is_bot": True, "first_name": "Linli", "username": "linli_bench_bot"},
        "text": asked["text"],
    }
    query = {
        "id": str(10_000_000 + number),
        "from": {"id": person, "is_bot": False, "first_name": f"P{person}", "language_code": "en"},
        "message": message,
        "chat_instance": "1",
        "data": data,
    }
    return json.dumps({"update_id": 50_000_000 + number, "callback_query": query}).encode()


def _coming(url: str) -> int:
    engine = reading_engine(url)
    with Session(engine) as session:
        coming = session.exec(select(func.count()).where(col(Ask.state) == AskState.COMING)).one()
    engine.dispose()
    return coming
