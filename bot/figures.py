"""What /metrics shows: each room's figures, read when somebody asks."""

from collections.abc import Callable, Iterable, Mapping

from sqlmodel import Session

from bot.clock import Clock
from bot.database import Database
from bot.intake import Mouth
from bot.intake.figures import Waiting, waiting_now
from bot.web.metrics import Figure, Source, one


def of_intake(database: Database, mouth: Mouth, clock: Clock, bot_id: int) -> Source:
    """Tell how many updates wait, in hand and in the table, and for how long."""

    async def read() -> Iterable[Figure]:
        stored: Waiting = await database.read(waiting_now, bot_id=bot_id)
        now = clock.now()
        tap = mouth.oldest(taps_only=True)
        late = max(0.0, (now - tap).total_seconds()) if tap else 0.0
        return (
            one("linli_updates_taken", "Updates stored since the start", mouth.taken, counts_up=True),
            one("linli_updates_waiting", "Updates stored and not dealt with", stored.count),
            one("linli_updates_oldest_seconds", "How long the oldest of them has waited", stored.age(now)),
            one("linli_taps_oldest_seconds", "How long the oldest tap in hand has waited", late),
            one("linli_updates_in_hand", "Updates in memory", mouth.in_hand),
        )

    return read


def of_health(parts: Mapping[str, Callable[[], bool]]) -> Source:
    """Tell which parts are well."""

    async def read() -> Iterable[Figure]:
        well: dict[tuple[str, ...], float] = {(name,): float(check()) for name, check in parts.items()}
        return (Figure("linli_well", "1 where this part is well", well, ("part",)),)

    return read


def of_database(database: Database, read: Callable[[Session], Iterable[Figure]]) -> Source:
    """Give figures that one reading of the database has, such as the outbox's."""

    async def ask() -> Iterable[Figure]:
        return tuple(await database.read(read))

    return ask
