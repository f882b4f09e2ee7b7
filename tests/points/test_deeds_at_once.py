"""Many people deciding on one deed in the same moment, through real units of work on both databases."""

import asyncio
from collections import Counter
from collections.abc import Awaitable

from deed_street import open_street
from points_town import NOON, SHANGHAI
from sqlmodel import Session

from bot.database import Database
from points import PointsError, standing
from points.deeds import Bounds, DeedState, agree, deed, object_to, pay, reject

PEOPLE = range(2, 22)
BOUNDS = Bounds(two_people_over=100)


async def tried(unit: Awaitable[object]) -> str:
    try:
        await unit
    except PointsError as error:
        return type(error).__name__
    return "done"


def _claimed(session: Session) -> int:
    return open_street(session).claims(1, "rescue").deed_id


def _listed(session: Session) -> int:
    street = open_street(session)
    return street.agrees(street.claims(1, "rescue"), 2, Bounds(public_over=50)).deed_id


def _pay_later(session: Session, deed_id: int) -> object:
    return pay(session, deed_id=deed_id, now=NOON.replace(day=20), zone=SHANGHAI)


def _has(session: Session) -> int:
    return standing(session, 1, NOON, SHANGHAI).available


async def test_one_approves_or_one_rejects_and_all_others_hear_that_it_was_decided(
    database: Database,
) -> None:
    deed_id = await database.write(_claimed)
    acts = [
        database.write(agree, deed_id=deed_id, by=who, household=None, bounds=Bounds(), now=NOON)
        if who % 2
        else database.write(reject, deed_id=deed_id, by=who, household=None, reason="No", now=NOON)
        for who in PEOPLE
    ]
    said = Counter(await asyncio.gather(*map(tried, acts)))
    assert said == {"done": 1, "DeedDecided": len(PEOPLE) - 1}


async def test_of_many_at_once_two_different_people_agree(database: Database) -> None:
    deed_id = await database.write(_claimed)
    acts = [
        database.write(agree, deed_id=deed_id, by=who, household=None, bounds=BOUNDS, now=NOON)
        for who in [*PEOPLE, *PEOPLE]
    ]
    said = Counter(await asyncio.gather(*map(tried, acts)))
    assert said["done"] == 2
    after = await database.read(deed, deed_id)
    assert (after.state, after.verifier == after.decided_by) == (DeedState.APPROVED, False)


async def test_what_is_paid_many_times_at_once_is_paid_once(database: Database) -> None:
    deed_id = await database.write(_listed)
    await asyncio.gather(*(database.write(_pay_later, deed_id) for _ in PEOPLE))
    assert await database.read(_has) == 200


async def test_of_many_objections_at_once_one_counts(database: Database) -> None:
    deed_id = await database.write(_listed)
    acts = [database.write(object_to, deed_id=deed_id, by=who, objection="No", now=NOON) for who in PEOPLE]
    said = Counter(await asyncio.gather(*map(tried, acts)))
    assert said == {"done": 1, "NotListed": len(PEOPLE) - 1}
    await database.write(_pay_later, deed_id)
    assert await database.read(_has) == 0
