"""What /metrics shows: each room's figures, read when somebody asks."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.clock import Clock
from bot.database import Database
from bot.delivery.figures import Ends, Queue, ends, queue
from bot.delivery.pace import Pace
from bot.discretion import without_quotes
from bot.intake import Mouth
from bot.intake.figures import Waiting, waiting_now
from bot.web.metrics import Figure, Source, one

LAST_DAY = timedelta(days=1)
LONGEST_REASON = 80


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


def of_outbox(database: Database, pace: Pace, clock: Clock) -> Source:
    """Tell what waits to be sent and how the last day's messages ended, by lane, and how fast we may send."""

    async def read() -> Iterable[Figure]:
        now = clock.now()
        waiting, ended = await database.read(_outbox, now)
        return (
            _by_lane(waiting),
            _ended(ended),
            one("linli_messages_oldest_seconds", "How long the oldest of them has waited", waiting.age(now)),
            one("linli_pace_per_second", "Requests a second that are possible now", pace.allowed()),
            one("linli_pace_paused_seconds", "For how long Telegram wants us silent", pace.paused_for()),
            one("linli_refused_429", "Answers of 429 since the start", pace.refused, counts_up=True),
        )

    return read


def _outbox(session: Session, now: datetime) -> tuple[Queue, Ends]:
    return queue(session), ends(session, since=now - LAST_DAY)


def _by_lane(waiting: Queue) -> Figure:
    states = {"queued": waiting.queued, "sending": waiting.sending}
    samples: dict[tuple[str, ...], float] = {
        (lane.name.lower(), state): count for state, lanes in states.items() for lane, count in lanes.items()
    }
    return Figure("linli_messages", "Messages that wait or are on their way", samples, ("lane", "state"))


def _ended(ended: Ends) -> Figure:
    """Count by reason; what Telegram quotes in one, and more of it than a label can bear, is left out."""
    samples: dict[tuple[str, ...], float] = {}
    for end in ended.all:
        labels = (end.lane.name.lower(), end.state.value, without_quotes(end.reason or "")[:LONGEST_REASON])
        samples[labels] = samples.get(labels, 0) + end.count
    what = "Messages promised in the last day, by how they ended"
    return Figure("linli_messages_of_the_day", what, samples, ("lane", "state", "reason"))
