"""The rewriter: what cannot be rewritten holds up nothing else."""

import asyncio
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import update
from sqlmodel import Session, col

from bot.clock import SystemClock
from bot.database import Database
from bot.delivery import Lane, Message, Recipient, enqueue, rewrite
from bot.delivery.editor import Editor
from bot.delivery.edits import Edit
from bot.delivery.models import Delivery, State
from bot.delivery.rewriter import Rewriter
from bot.delivery.rewrites import rewrites_due

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
BROKEN, SOUND = 1, 2


class Editing:
    """Edits every message but one."""

    async def show(self, chat_id: int, message_id: int, message: Message, *, caption: bool = False) -> Edit:
        if message_id == BROKEN:
            raise RuntimeError("this one always fails")
        return Edit.EDITED


def promise_both(session: Session) -> None:
    to = Recipient(7, "en")
    for number in (BROKEN, SOUND):
        enqueue(
            session,
            key=f"code:{number}",
            lane=Lane.OWN_ACT,
            renderings={"en": Message("the code")},
            to=[to],
            now=NOW,
            about="redemption:1",
        )
    session.execute(update(Delivery).values(state=State.SENT, message_id=col(Delivery.id)))
    rewrite(session, about="redemption:1", to=to, message=Message("received"), now=NOW)


def still_promised(session: Session) -> list[int]:
    return [one.message_id for one in rewrites_due(session)]


async def test_a_rewrite_that_always_fails_holds_up_no_other(sqlite_tables_url: str) -> None:
    async with Database(sqlite_tables_url) as database:
        await database.write(promise_both)
        committed = asyncio.Event()
        database.on_commit(committed.set)
        async with Rewriter(database, cast("Editor", Editing()), SystemClock()), asyncio.timeout(10):
            await committed.wait()
        assert await database.read(still_promised) == [BROKEN]
