"""Sealing by the schedule: nobody slips below a seal, and a clock that ran ahead does not stop it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from bot.chat.due import jobs, plan_ahead
from bot.chat.house import House
from bot.chat.sealing import SEAL_DUE, plan_seals
from bot.database import Database, writing_engine
from bot.neighbourhood import SAMPLE, load
from bot.schedule import Due, Schedule, do, due_by
from bot.settling import settle
from points import AccountKind, TransferKind, community_account, verify
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


@pytest.fixture
def ticking(session: Session) -> Session:
    settle(session, HOUSE.neighbourhood, NOON)
    _open_accounts(session)
    plan_seals(session, HOUSE, NOON)
    return session


def _tick(session: Session, now: datetime) -> None:
    """Do what is due of the seals alone."""
    while waiting := [due for due in due_by(session, now) if due[1].startswith("seal.")]:
        for due_id, _ in waiting:
            do(session, due_id, jobs(HOUSE), now)


def _hours(session: Session) -> list[datetime]:
    query = select(Due.at).where(Due.kind == SEAL_DUE, col(Due.done_at).is_(None))
    return sorted(session.exec(query))


def test_a_clock_that_ran_ahead_does_not_stop_the_hours_after_a_restart(ticking: Session) -> None:
    _post(ticking, 1)
    _tick(ticking, NOON + timedelta(days=92))
    _post(ticking, 2)
    for hour in range(2, 6):
        plan_seals(ticking, HOUSE, NOON + timedelta(hours=hour))  # a restart
        _tick(ticking, NOON + timedelta(hours=hour, minutes=1))
    assert sum(size for size, _ in _sealed(ticking)) == 2
    assert len(_hours(ticking)) == 2  # the next one, and the far one


def test_hours_that_were_planned_twice_become_one_again(ticking: Session) -> None:
    ahead = NOON + timedelta(hours=5)
    _tick(ticking, ahead)
    plan_seals(ticking, HOUSE, NOON)
    for minutes in range(0, 9 * 60, 7):
        _tick(ticking, NOON + timedelta(minutes=minutes))
    assert _hours(ticking) == [NOON + timedelta(hours=9)]


def test_a_month_that_was_sealed_before_it_was_over_is_named(ticking: Session) -> None:
    _post(ticking, 1)
    _tick(ticking, NOON + timedelta(days=92))
    assert not any("too early" in problem for problem in verify(ticking).problems)
    award = {"kind": TransferKind.AWARD, "month": "2026-03", "debit": 1, "credit": 2, "amount": 5}
    for key, more in (
        ("an award", {}),
        ("a gift of old points", {"kind": TransferKind.GIFT}),
        ("of a later month", {"month": "2026-06"}),
        ("as it ended", {"at": NOON + timedelta(days=92)}),
    ):
        row = award | {"key": key, "request_hash": b"", "at": NOON + timedelta(hours=1)} | more
        ticking.connection().execute(insert(transfers), row)
    early = [problem for problem in verify(ticking).problems if "too early" in problem]
    ended = ("2026-03", "2026-04", "2026-05")
    assert [problem.split()[:4] for problem in early] == [
        ["seal", str(number), "ended", month] for number, month in enumerate(ended, 2)
    ]
    assert all("1 transfer " in problem and "transfer 2" in problem for problem in early)
