"""Posting as a unit of work: it tells of its change, and what the driver refuses is a database's error."""

import asyncio
import sqlite3
from dataclasses import replace

import pytest
from ledger_asked import NOON, SHANGHAI, award_of, gift_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.database import Database
from points import Posting, post, post_one, verify


async def test_a_posting_is_told_of_as_a_change_and_a_refusal_is_not(database: Database) -> None:
    heard: list[None] = []
    award = await database.write(award_of, 1, 20, "a")
    gift = await database.write(gift_of, 1, 2, 99, "g")
    database.on_commit(lambda: heard.append(None))
    await database.write(post, [gift], NOON, zone=SHANGHAI)
    assert len(heard) == 0
    await database.write(post_one, award, NOON, zone=SHANGHAI)
    assert len(heard) == 1
    await database.write(post, [under(number, award) for number in range(3)], NOON, zone=SHANGHAI)
    assert len(heard) == 2


async def test_many_callers_at_once_lose_nothing(database: Database) -> None:
    award = await database.write(award_of, 1, 20, "a")
    asked = [under(number % 40, award) for number in range(80)]
    done = await asyncio.gather(*(database.write(post_one, one, NOON, zone=SHANGHAI) for one in asked))
    assert len({one.transfer_id for one in done}) == 40
    assert sorted(one.replayed for one in done) == [False] * 40 + [True] * 40
    assert (await database.read(verify)).problems == ()


def test_what_the_database_refuses_is_raised_as_its_error(session: Session) -> None:
    award = award_of(session, 1, 20, "a")
    session.connection().execute(text("ALTER TABLE balance RENAME COLUMN posted TO lost"))
    with pytest.raises((DBAPIError, sqlite3.Error), match="posted"):
        post_one(session, award, NOON, zone=SHANGHAI)


def under(key: int, posting: Posting) -> Posting:
    return replace(posting, key=f"k{key}")
