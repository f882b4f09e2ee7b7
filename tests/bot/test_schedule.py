"""Due things that fail: nothing else waits for them, and they come again later and later."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from bot.database import Database
from bot.schedule import Due, Schedule, put

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


class Wound:
    at = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


async def test_what_cannot_be_said_is_tried_later_and_later_and_holds_up_nothing(database: Database) -> None:
    clock, tried, done = Wound(), [], []

    def broken(_: Session, __: Mapping[str, Any], now: datetime) -> None:
        tried.append(now)
        raise ValueError("nobody can say this")

    def sound(_: Session, facts: Mapping[str, Any], __: datetime) -> None:
        done.append(facts["number"])

    await database.write(put, key="a", kind="broken", at=NOON, facts={})
    for number in (1, 2):
        at = NOON + timedelta(hours=number)
        await database.write(put, key=f"b{number}", kind="sound", at=at, facts={"number": number})
    schedule = Schedule(database, {"broken": broken, "sound": sound}, clock)
    for minutes in range(131):
        clock.at = NOON + timedelta(minutes=minutes)
        await schedule.run_due()
    waits = [0, 1, 3, 7, 15, 31, 63, 127]
    assert [(at - NOON) // timedelta(minutes=1) for at in tried] == waits
    assert done == [1, 2]
    assert await database.read(_open) == ["a"]


def _open(session: Session) -> list[str]:
    return list(session.exec(select(Due.key).where(col(Due.done_at).is_(None))))
