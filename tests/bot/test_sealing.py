"""Sealing by the schedule waits for posters who are still open, whatever its own units read before."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from bot.chat.due import jobs, plan_ahead
from bot.chat.house import House
from bot.database import Database, writing_engine
from bot.neighbourhood import SAMPLE, load
from bot.schedule import Schedule
from bot.settling import settle
from points import AccountKind, TransferKind, community_account
from points.models import transfers
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
        await database.write(_open_accounts)
        await database.write(_post, 9)
        await database.write(plan_ahead, HOUSE, NOON)
        yield database


def _post(session: Session, amount: int) -> int:
    """Write one transfer and read nothing, so that nobody has anything in common with another."""
    row = {"key": f"gift of {amount}", "request_hash": b"", "kind": TransferKind.GIFT, "amount": amount}
    row |= {"debit": 1, "credit": 2, "at": NOON, "month": "2026-03"}
    return int(session.connection().execute(insert(transfers).returning(transfers.c.id), row).scalar_one())


def _open_accounts(session: Session) -> None:
    for kind in (AccountKind.ISSUED, AccountKind.REDEEMED):
        community_account(session, kind)


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
        round_ = asyncio.create_task(Schedule(opened, jobs(HOUSE), clock).run_due())
        while not await opened.read(_waiting):
            assert not round_.done(), "it sealed beside an open poster"
        slow.commit()
        await round_
    engine.dispose()
    assert low < high
    assert await opened.read(_sealed) == [(3, high)]
