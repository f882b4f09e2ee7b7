"""The first of a month: everybody who waited is paid, in parts, however long the bot was down."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.chat.due import jobs, plan_ahead
from bot.chat.house import House
from bot.chat.waiting_news import WAITING_DUE, due_at
from bot.neighbourhood import SAMPLE, load
from bot.schedule import Due, do, due_by
from bot.settling import settle
from points import Deserved, award_all, standing, verify
from points.later import AT_ONCE

BUDGET = 200_000
NOVEMBER = datetime(2026, 11, 10, 2, tzinfo=UTC)
FEBRUARY = datetime(2027, 2, 3, 2, tzinfo=UTC)
WAITING = range(1, AT_ONCE + 11)


@pytest.fixture(scope="module")
def house() -> House:
    return House(load(SAMPLE), bot_id=1, bot_username="linli_bot")


def run_due(session: Session, house: House, now: datetime) -> list[dict[str, Any]]:
    """Do all that is due about points that wait, as the schedule does."""
    done = []
    while waiting := [number for number, kind in due_by(session, now) if kind == WAITING_DUE]:
        for one in waiting:
            do(session, one, jobs(house), now)
            done.append(dict(session.get_one(Due, one).facts))
    return done


def earn(session: Session, house: House, people: range, *, budget: int) -> None:
    deserved = [Deserved(who, f"deed:{who}") for who in people]
    award_all(session, activity="callout", deserved=deserved, now=NOVEMBER, zone=house.zone, budget=budget)


def test_many_are_paid_in_parts_after_a_long_pause_and_once(session: Session, house: House) -> None:
    settle(session, house.neighbourhood, NOVEMBER)
    plan_ahead(session, house, NOVEMBER)
    run_due(session, house, NOVEMBER)
    earn(session, house, range(1000, 1001), budget=20)
    earn(session, house, WAITING, budget=20 * len(WAITING))
    assert standing(session, 1, NOVEMBER, house.zone).waiting == ()  # the budget was made larger
    earn(session, house, range(100, 100 + len(WAITING)), budget=20 * len(WAITING))
    waits = [who for who in range(100, 200) if standing(session, who, NOVEMBER, house.zone).waiting]
    assert len(waits) > AT_ONCE
    facts = run_due(session, house, FEBRUARY)
    assert [one.get("part") for one in facts if one["month"] == "2026-12"] == [None, 1]
    assert all(standing(session, who, FEBRUARY, house.zone).available == 20 for who in waits)
    assert verify(session).problems == ()
    planned = session.exec(select(Due).where(Due.kind == WAITING_DUE, Due.done_at == None)).all()  # noqa: E711
    assert [one.at for one in planned] == [due_at("2027-03", house.zone)]
