"""The schedule's own look at what is due fixes nothing before posters have come to their end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.chat.due import FIRST, jobs, plan_ahead
from bot.chat.house import House
from bot.database import Database, writing_engine
from bot.neighbourhood import SAMPLE, load
from bot.schedule import Schedule
from bot.settling import settle
from points import award
from points.seals import headers

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
HOUSE = House(load(SAMPLE), bot_id=1, bot_username="linli_bot")


class Stopped:
    """A clock that stands where it was put."""

    at = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
async def opened(postgres_tables_url: str) -> AsyncIterator[Database]:
    async with Database(postgres_tables_url) as database:
        await database.write(settle, HOUSE.neighbourhood, NOON)
        await database.write(_post, 9)
        await database.write(plan_ahead, HOUSE, NOON)
        yield database


def _post(session: Session, resident_id: int) -> int | None:
    key = f"deed:{resident_id}"
    zone = ZoneInfo("UTC")
    return award(
        session, activity="callout", resident_id=resident_id, key=key, now=NOON, zone=zone
    ).transfer_id


def _sealed(session: Session) -> list[tuple[int, int]]:
    return [(header.size, header.upto) for header in headers(session)]


def _waiting(session: Session) -> bool:
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'transfer'::regclass"
    return bool(session.connection().execute(text(query)).scalar_one())


async def test_nobody_slips_below_a_seal_that_came_due(opened: Database, postgres_tables_url: str) -> None:
    clock = Stopped()
    clock.at = NOON.replace(hour=5)
    engine = writing_engine(postgres_tables_url)
    with Session(engine) as slow:
        low = await asyncio.to_thread(_post, slow, 1)
        high = await opened.write(_post, 2)
        round_ = asyncio.create_task(Schedule(opened, jobs(HOUSE), clock, FIRST).run_due())
        while not await opened.read(_waiting):
            assert not round_.done(), "it sealed beside an open poster"
        slow.commit()
        await round_
    engine.dispose()
    assert low is not None
    assert high is not None
    assert low < high
    assert await opened.read(_sealed) == [(3, high)]
