"""The rewriter: what cannot be rewritten holds up nothing else."""

import asyncio
from datetime import UTC, datetime
from typing import cast

from sqlmodel import Session, select

from bot.clock import SystemClock
from bot.database import Database
from bot.delivery import Message
from bot.delivery.edits import Edit, Edits
from bot.delivery.models import Rewrite
from bot.delivery.rewriter import Rewriter

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
BROKEN, SOUND = 1, 2


class Editing:
    """Edits every message but one."""

    async def apply(self, chat_id: int, message_id: int, message: Message, *, caption: bool = False) -> Edit:
        if message_id == BROKEN:
            raise RuntimeError("this one always fails")
        return Edit.EDITED


def promise_both(session: Session) -> None:
    words = {"caption": False, "language": "en", "text": "received", "buttons": "[]", "version": 1}
    session.add_all(Rewrite(chat_id=7, message_id=number, at=NOW, **words) for number in (BROKEN, SOUND))


def still_promised(session: Session) -> list[int]:
    return sorted(session.exec(select(Rewrite.message_id)))


async def test_a_rewrite_that_always_fails_holds_up_no_other(sqlite_tables_url: str) -> None:
    async with Database(sqlite_tables_url) as database:
        await database.write(promise_both)
        committed = asyncio.Event()
        database.on_commit(committed.set)
        async with Rewriter(database, cast("Edits", Editing()), SystemClock()), asyncio.timeout(10):
            await committed.wait()
        assert await database.read(still_promised) == [BROKEN]
