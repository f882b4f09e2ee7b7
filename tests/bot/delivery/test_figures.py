"""The outbox in numbers: what waits by lane, how old it is, what ended and why, how long the rest takes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from bot.delivery import Lane, Message, Recipient, State, enqueue
from bot.delivery.claims import Ended, Room, claim, record, recover
from bot.delivery.figures import Queue, ends, queue, seconds_left
from bot.delivery.results import Outcome

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BLOCKED = "Forbidden: bot was blocked by the user"


def say(session: Session, about: str, lane: Lane, *chats: int, at: datetime = NOW) -> None:
    to = [Recipient(chat, "en") for chat in chats]
    enqueue(session, key=about, lane=lane, renderings={"en": Message(about)}, to=to, now=at, about=about)


def test_an_empty_outbox_has_nothing_to_say(session: Session) -> None:
    empty = queue(session)
    assert empty == Queue({}, {}, None)
    assert (empty.total, empty.age(NOW), empty.ahead_of(Lane.BULK)) == (0, 0.0, 0)
    assert ends(session).all == ()


def test_what_waits_is_counted_by_lane_with_the_age_of_the_oldest(session: Session) -> None:
    say(session, "fire", Lane.EMERGENCY, 1, 2, 3)
    say(session, "news", Lane.BULK, 1, 2, at=NOW - timedelta(minutes=2))
    claim(session, Room(0, 1, 1), NOW)
    found = queue(session)
    assert found.queued == {Lane.EMERGENCY: 2, Lane.BULK: 2}
    assert found.sending == {Lane.EMERGENCY: 1}
    assert (found.total, found.age(NOW)) == (5, 120.0)
    assert (found.ahead_of(Lane.CORRECTION), found.ahead_of(Lane.EMERGENCY)) == (0, 3)
    assert queue(session, about="fire").oldest == NOW
    assert queue(session, about="news").total == 2


def test_what_ended_is_counted_by_state_lane_and_reason(session: Session) -> None:
    say(session, "fire", Lane.EMERGENCY, 1, 2, 3)
    failed = Outcome(State.FAILED, reason=BLOCKED)
    record(session, [Ended(each, failed, NOW) for each in claim(session, Room(0, 2, 2), NOW)])
    say(session, "news", Lane.BULK, 4)
    claim(session, Room(0, 2, 2), NOW)
    recover(session, NOW)
    found = ends(session)
    assert (found[State.FAILED], found[State.UNKNOWN], found[State.SENT]) == (2, 1, 0)
    assert found.reasons(State.FAILED) == {BLOCKED: 2}
    assert [(each.lane, each.count) for each in found.all] == [(Lane.EMERGENCY, 2), (Lane.BULK, 1)]
    assert ends(session, about="news")[State.FAILED] == 0
    assert ends(session, since=NOW + timedelta(seconds=1)).all == ()
    assert ends(session, about="fire", since=NOW)[State.FAILED] == 2


@pytest.mark.parametrize(
    ("count", "per_second", "paused_for", "seconds"),
    [(0, 30, 9.0, 0), (1, 30, 0.0, 1), (5000, 30, 0.0, 167), (900, 24, 10.5, 48)],
)
def test_the_estimate_is_honest(count: int, per_second: int, paused_for: float, seconds: int) -> None:
    assert seconds_left(count, per_second=per_second, paused_for=paused_for) == seconds
