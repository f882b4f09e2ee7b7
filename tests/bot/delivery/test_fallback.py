"""Other ways against a local receiver: what arrived, what was refused, what is in doubt; once each."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from bot.database import Database
from bot.delivery import State, withdraw
from bot.delivery.apprising import NOT_UNDERSTOOD, call
from bot.delivery.claims import Room, recover
from bot.delivery.exchange import RecordedHook
from bot.delivery.fallback import NO_WAY, Fallback, claim_others, enqueue_other
from bot.delivery.messages import Message
from bot.delivery.models import Delivery
from bot.delivery.results import Recorded
from tests.bot.delivery.receiver import Receiver, receiving
from tests.bot.delivery.taking import claim

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
PLENTY = Room(own_acts=9, others=9, together=9)


class Wound:
    at = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Give what reaches the program's own log at its loudest."""
    root, lines = logging.getLogger(), _Lines()
    before = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    yield lines.lines
    root.setLevel(before)
    root.removeHandler(lines)


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def promise(session: Session, tag: int, channel: str = "person:1") -> None:
    enqueue_other(
        session,
        key=f"call:{tag}",
        channel=channel,
        language="en",
        message=Message("<b>🧪 EXERCISE</b>\n<b>Please come</b> &amp; help"),
        about="fallback:1",
        tag=tag,
        now=NOW,
        expires_at=NOW + timedelta(hours=12),
    )


def keeping(told: list[Recorded]) -> RecordedHook:
    def recorded(session: Session, ended: Sequence[Recorded]) -> None:
        del session
        told.extend(ended)

    return recorded


def standing(session: Session) -> list[tuple[State, str | None]]:
    rows = session.exec(select(Delivery).order_by(col(Delivery.id)))
    return [(row.state, row.reason) for row in rows]


@pytest.mark.parametrize(
    ("how", "state", "reason"),
    [
        ("200", State.SENT, None),
        ("500", State.QUEUED, "HTTP 500"),
        ("404", State.FAILED, "HTTP 404"),
        ("hang", State.UNKNOWN, "no answer"),
        ("half", State.UNKNOWN, "no answer"),
    ],
)
def test_what_the_other_side_answers_decides(
    receiver: Receiver, logged: list[str], how: str, state: State, reason: str | None
) -> None:
    outcome = call(receiver.url(how), "first line\nsecond line", 0)
    assert (outcome.state, outcome.reason) == (state, reason)
    assert receiver.said() == ["first line\nsecond line"]
    assert not any("127.0.0.1" in line for line in logged)


def test_what_never_left_and_what_nothing_can_call(receiver: Receiver) -> None:
    assert call("json://127.0.0.1:1/x?cto=1", "a\nb", 0).state is State.QUEUED
    assert call("json://127.0.0.1:1/x?cto=1", "a\nb", 4).state is State.FAILED
    assert call("nonsense://x", "a\nb", 0).reason == NOT_UNDERSTOOD
    assert receiver.heard == []


async def test_each_is_said_once_in_the_order_of_its_addresses(
    database: Database, receiver: Receiver
) -> None:
    told: list[Recorded] = []
    ways = {
        "person:1": (receiver.url("404"), receiver.url("200")),
        "person:2": (receiver.url("hang"), receiver.url("200")),
        "person:3": (),
    }

    for tag in (1, 2, 3):
        await database.write(promise, tag, f"person:{tag}")
        await database.write(promise, tag, f"person:{tag}")
    fallback = Fallback(database, Wound(), ways=lambda _, channel: ways[channel], recorded=keeping(told))
    while await fallback.work():
        pass
    assert await database.read(standing) == [
        (State.SENT, None),
        (State.UNKNOWN, "no answer"),
        (State.FAILED, NO_WAY),
    ]
    assert sorted(how for how, _ in receiver.heard) == ["200", "404", "hang"]
    assert set(receiver.said()) == {"🧪 EXERCISE\nPlease come & help"}
    assert {one.tag: one.state for one in told} == {
        1: State.SENT,
        2: State.UNKNOWN,
        3: State.FAILED,
    }


async def test_a_refusal_is_tried_again_later_and_ends(database: Database, receiver: Receiver) -> None:
    clock = Wound()
    await database.write(promise, 1)
    ways = (receiver.url("500"),)
    fallback = Fallback(database, clock, ways=lambda *_: ways, recorded=keeping([]))
    for seconds in (0, 0, 1, 4, 15, 60):
        clock.at += timedelta(seconds=seconds)
        await fallback.work()
    assert len(receiver.heard) == 5
    assert await database.read(standing) == [(State.FAILED, "HTTP 500")]


async def test_what_a_dead_process_had_underway_is_unknown(database: Database) -> None:
    clock = Wound()
    told: list[Recorded] = []
    await database.write(promise, 1)
    assert len(await database.write(claim_others, lambda *_: (), NOW)) == 1
    assert await database.write(claim_others, lambda *_: (), NOW) == ()
    fallback = Fallback(database, clock, ways=lambda *_: (), recorded=keeping(told))
    await fallback.work()
    assert await database.read(standing) == [(State.SENDING, None)]
    clock.at += timedelta(minutes=2)
    await fallback.work()
    [(state, _)] = await database.read(standing)
    assert (state, [one.state for one in told]) == (State.UNKNOWN, [State.UNKNOWN])


def test_the_sender_to_telegram_never_touches_what_goes_other_ways(session: Session) -> None:
    promise(session, 1)
    assert claim(session, PLENTY, NOW) == ()
    claim_others(session, lambda *_: (), NOW)
    assert recover(session, NOW) == ()
    assert standing(session) == [(State.SENDING, None)]
    promise(session, 2)
    assert withdraw(session, "fallback:1", NOW) == 1
    assert standing(session)[1] == (State.WITHDRAWN, None)
