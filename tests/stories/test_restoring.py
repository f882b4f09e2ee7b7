"""Stories of a database that comes back from a backup beside people who are told by other ways than chat."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from bot.chat.falling_back import FALLBACK_DUE
from bot.chat.recording import recorded
from bot.chat.restored import settle_restored
from bot.delivery import Message, Recorded, State
from bot.delivery.fallback import enqueue_other
from bot.delivery.models import Delivery
from bot.delivery.restored import RESTORED
from bot.schedule import is_waiting
from tests.stories.test_keeping import fill
from town import Town


async def test_nobody_is_told_of_an_old_emergency_by_other_ways_after_a_restore(town: Town) -> None:
    _, wei, _ = await fill(town)
    resident = (await town.person(wei)).resident_id
    [number] = [row["id"] for row in await town.rows("callout")]

    def unreached(session: Session, reason: str) -> None:
        at = town.clock.now()
        failed = Recorded(f"callout:{number}", resident, wei.person_id, None, State.EXPIRED, reason, at)
        recorded(session, [failed])

    def restore(session: Session) -> None:
        now = town.clock.now()
        old = {
            "key": "old",
            "channel": "area:b1",
            "language": "en",
            "message": Message("Come"),
            "about": "old",
        }
        enqueue_other(session, **old, tag=resident, now=now, expires_at=now + timedelta(hours=12))
        settle_restored(session, taken_at=now, forgotten=(), house=town.app.house, now=now)
        unreached(session, RESTORED)
        assert not is_waiting(session, FALLBACK_DUE)
        left = session.execute(select(Delivery).where(col(Delivery.channel) == "area:b1")).scalars()
        assert {one.state for one in left} == {State.EXPIRED}
        unreached(session, "blocked")
        assert is_waiting(session, FALLBACK_DUE)

    await town.app.database.write(unreached, "blocked")
    await town.app.database.write(restore)
