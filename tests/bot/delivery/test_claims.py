"""Claiming and recording, on real databases: order, crash, expiry, withdrawal, and the lease."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from bot.delivery import Lane, Message, Recipient, State, deliveries, enqueue, progress, withdraw
from bot.delivery.claims import Claim, Ended, Room, contents, depart, expire, look, record, recover, take_back
from bot.delivery.lease import (
    LEASE,
    Holder,
    LeaseLost,
    OutOfDate,
    Seen,
    give_back,
    is_alive,
    keep,
    outranks,
    require,
    seen,
    take,
    this_process,
)
from bot.delivery.results import HANDED_BACK, Outcome
from tests.bot.delivery.taking import claim

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROOM = Room(own_acts=2, others=2, together=4)


def say(session: Session, key: str, lane: Lane, *chats: int, expires_at: datetime | None = None) -> None:
    to = [Recipient(chat, "en", tag=chat) for chat in chats]
    text = {"en": Message(key)}
    enqueue(session, key=key, lane=lane, renderings=text, to=to, now=NOW, about=key, expires_at=expires_at)


def states(session: Session, about: str) -> list[State]:
    return [each.state for each in deliveries(session, about)]


def only(claims: tuple[Claim, ...]) -> Claim:
    (found,) = claims
    return found


def test_lanes_come_in_order_and_own_acts_leave_room_for_others(session: Session) -> None:
    say(session, "bulk", Lane.BULK, 1, 2)
    say(session, "emergency", Lane.EMERGENCY, 3, 4, 5)
    say(session, "own", Lane.OWN_ACT, 6, 7, 8)
    assert [each.chat_id for each in claim(session, ROOM, NOW)] == [6, 7, 3, 4]
    assert [each.chat_id for each in claim(session, Room(0, 2, 2), NOW)] == [5, 1]
    assert claim(session, Room(2, 2, 0), NOW) == ()


def test_the_lowest_lane_goes_along_when_its_turn_came_but_not_in_an_emergency(session: Session) -> None:
    say(session, "bulk", Lane.BULK, 1)
    say(session, "routine", Lane.ROUTINE, 2, 3, 4)
    due = replace(ROOM, bulk=True)
    assert [each.about for each in look(session, ROOM, NOW)] == ["routine", "routine"]
    assert [each.about for each in look(session, due, NOW)] == ["routine", "bulk"]
    say(session, "fire", Lane.EMERGENCY, 5)
    assert [each.about for each in look(session, due, NOW)] == ["fire", "routine"]


def test_who_only_waits_for_a_turn_is_in_no_doubt_after_a_crash(session: Session) -> None:
    say(session, "a", Lane.ROUTINE, 1, 2)
    first, _ = look(session, ROOM, NOW)
    depart(session, [first])
    assert [each.chat_id for each in recover(session, NOW)] == [1]
    assert states(session, "a") == [State.UNKNOWN, State.QUEUED]


def test_what_was_withdrawn_while_it_waited_for_its_turn_does_not_depart(session: Session) -> None:
    say(session, "a", Lane.ROUTINE, 1)
    found = look(session, ROOM, NOW)
    assert withdraw(session, "a", NOW) == 1
    assert depart(session, found) == frozenset()
    assert states(session, "a") == [State.WITHDRAWN]


def test_a_rest_is_counted_by_the_steady_clock(session: Session) -> None:
    say(session, "a", Lane.EMERGENCY, 1)
    again = Outcome(State.QUEUED, again_after=timedelta(seconds=1), counts=False)
    record(session, [Ended(only(claim(session, ROOM, NOW)), again, NOW, steadily=NOW)])
    an_hour_back = NOW - timedelta(hours=1)
    assert look(session, ROOM, an_hour_back, NOW) == ()
    assert only(look(session, ROOM, an_hour_back, NOW + timedelta(seconds=1))).chat_id == 1


def test_a_chat_has_one_in_the_hand_and_busy_chats_wait(session: Session) -> None:
    say(session, "first", Lane.ROUTINE, 1, 2)
    say(session, "second", Lane.ROUTINE, 1, 3)
    assert [each.chat_id for each in claim(session, Room(0, 9, 9, frozenset({2})), NOW)] == [1, 3]


def test_what_is_being_uploaded_is_not_claimed_meanwhile(session: Session) -> None:
    say(session, "picture", Lane.ROUTINE, 1, 2, 3)
    say(session, "text", Lane.BULK, 4)
    uploading = frozenset({claim(session, Room(0, 1, 1), NOW)[0].rendering_id})
    assert [each.about for each in claim(session, Room(0, 2, 2, uploading=uploading), NOW)] == ["text"]
    assert [each.about for each in claim(session, Room(0, 2, 2), NOW)] == ["picture", "picture"]


def test_a_result_is_recorded_and_told(session: Session) -> None:
    say(session, "a", Lane.OWN_ACT, 1)
    mine = only(claim(session, ROOM, NOW))
    told = record(session, [Ended(mine, Outcome(State.SENT, message_id=77, file_id="F"), NOW)])
    assert [(each.about, each.tag, each.chat_id, each.message_id, each.state) for each in told] == [
        ("a", 1, 1, 77, State.SENT)
    ]
    assert progress(session, "a").last_sent_at == NOW
    assert contents(session, [mine.rendering_id])[mine.rendering_id].file_id == "F"
    assert deliveries(session, "a")[0].attempts == 1


def test_what_was_refused_waits_again_and_that_is_no_attempt(session: Session) -> None:
    say(session, "a", Lane.OWN_ACT, 1)
    again = Outcome(State.QUEUED, again_after=timedelta(seconds=5), counts=False)
    assert record(session, [Ended(only(claim(session, ROOM, NOW)), again, NOW)]) == ()
    assert claim(session, ROOM, NOW + timedelta(seconds=4)) == ()
    assert only(claim(session, ROOM, NOW + timedelta(seconds=5))).attempts == 0


def test_what_was_withdrawn_in_the_hand_is_not_sent_again(session: Session) -> None:
    say(session, "a", Lane.EMERGENCY, 1)
    mine = only(claim(session, ROOM, NOW))
    assert withdraw(session, "a", NOW) == 0
    record(session, [Ended(mine, HANDED_BACK, NOW)])
    assert states(session, "a") == [State.WITHDRAWN]


def test_what_is_too_late_expires_and_is_told(session: Session) -> None:
    say(session, "a", Lane.EMERGENCY, 1, 2, expires_at=NOW)
    assert claim(session, ROOM, NOW) == ()
    assert [(each.tag, each.state, each.about) for each in expire(session, NOW)] == [
        (1, State.EXPIRED, "a"),
        (2, State.EXPIRED, "a"),
    ]
    assert states(session, "a") == [State.EXPIRED, State.EXPIRED]


def test_after_a_crash_emergencies_wait_again_and_the_rest_is_unknown(session: Session) -> None:
    say(session, "own", Lane.OWN_ACT, 1)
    say(session, "correction", Lane.CORRECTION, 2)
    say(session, "emergency", Lane.EMERGENCY, 3)
    assert len(claim(session, ROOM, NOW)) == 3
    assert [each.about for each in recover(session, NOW)] == ["own"]
    assert states(session, "own") == [State.UNKNOWN]
    assert states(session, "emergency") == states(session, "correction") == [State.QUEUED]


def test_what_is_in_nobodys_hand_waits_again_unless_it_was_withdrawn(session: Session) -> None:
    for number, about in enumerate(("held", "own", "withdrawn"), 1):
        say(session, about, Lane.OWN_ACT, number)
    held, *_ = claim(session, Room(own_acts=3, others=0, together=3), NOW)
    withdraw(session, "withdrawn", NOW)
    take_back(session, frozenset({held.delivery_id}))
    found = [states(session, about)[0] for about in ("held", "own", "withdrawn")]
    assert found == [State.SENDING, State.QUEUED, State.WITHDRAWN]


def test_a_group_that_moved_is_followed(session: Session) -> None:
    say(session, "a", Lane.GROUP, -1)
    moved = Outcome(State.QUEUED, moved_to=-100, counts=False)
    record(session, [Ended(only(claim(session, ROOM, NOW)), moved, NOW)])
    assert only(claim(session, ROOM, NOW)).chat_id == -100


def test_a_group_that_was_told_under_its_new_number_is_not_told_twice(session: Session) -> None:
    say(session, "a", Lane.GROUP, -1, -100)
    mine = next(each for each in claim(session, ROOM, NOW) if each.chat_id == -1)
    record(session, [Ended(mine, Outcome(State.QUEUED, moved_to=-100, counts=False), NOW)])
    assert states(session, "a") == [State.WITHDRAWN, State.SENDING]


HERE = Holder("here", 11, "a")


def lease(session: Session, holder: Holder, now: datetime = NOW, *, alive: bool = True) -> int | None:
    return take(session, bot_id=1, holder=holder, alive=lambda _: alive, now=now)


def test_one_process_sends_and_the_next_waits(session: Session) -> None:
    assert lease(session, HERE) == 1
    assert lease(session, Holder("here", 12, "b")) is None
    assert lease(session, Holder("there", 12, "b"), NOW + timedelta(seconds=7)) is None
    assert lease(session, Holder("there", 12, "b"), NOW + timedelta(seconds=8)) == 2
    with pytest.raises(LeaseLost):
        keep(session, bot_id=1, fence=1, now=NOW)


def test_a_lease_that_nobody_keeps_is_nobodys_whatever_the_clocks_say(session: Session) -> None:
    far = Holder("there", 12, "b")
    take(session, bot_id=1, holder=far, alive=is_alive, now=NOW + timedelta(hours=1))
    assert lease(session, HERE) is None
    unchanged = seen(session, 1)
    assert unchanged == Seen(1, NOW + timedelta(hours=1) + LEASE)
    assert take(session, bot_id=1, holder=HERE, alive=is_alive, now=NOW, stale=unchanged) == 2


def test_an_older_version_steps_aside_for_a_newer_one(session: Session) -> None:
    facts = {"bot_id": 1, "alive": lambda _: True, "now": NOW}
    assert take(session, holder=HERE, revision="0015", **facts) == 1
    assert not outranks(require(session, bot_id=1, fence=1), "0015")
    assert take(session, holder=Holder("here", 12, "b"), revision="0016", **facts) is None
    assert outranks(require(session, bot_id=1, fence=1), "0015")
    give_back(session, bot_id=1, fence=1)
    with pytest.raises(OutOfDate):
        take(session, holder=HERE, revision="0015", **facts)
    assert take(session, holder=Holder("here", 12, "b"), revision="0016", **facts) == 2


def test_a_dead_process_of_this_host_is_followed_at_once_but_not_one_of_another(session: Session) -> None:
    lease(session, HERE)
    assert lease(session, Holder("there", 11, "a"), alive=False) is None
    assert lease(session, Holder("here", 12, "b"), alive=False) == 2


def test_a_graceful_stop_gives_the_lease_back(session: Session) -> None:
    lease(session, HERE)
    keep(session, bot_id=1, fence=1, now=NOW)
    give_back(session, bot_id=1, fence=1)
    assert lease(session, Holder("there", 1, "")) == 2
    give_back(session, bot_id=1, fence=1)
    require(session, bot_id=1, fence=2)


def test_a_process_knows_itself_alive_and_a_later_one_with_its_number_not() -> None:
    me = this_process()
    assert is_alive(me)
    assert not is_alive(Holder(me.host, me.pid, "long ago"))
    assert not is_alive(Holder(me.host, 2**22 + 1, ""))
