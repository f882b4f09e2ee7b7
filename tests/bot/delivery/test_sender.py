"""Delivery over real HTTP: what was promised arrives once, or it is said why not."""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session
from telegram.ext import ExtBot

from bot.database import DatabaseBusy
from bot.delivery import (
    Button,
    ChatState,
    Lane,
    Message,
    Sound,
    State,
    deliveries,
    hand,
    outcomes,
    posting,
    sender,
)
from bot.delivery.claims import Room
from bot.delivery.edits import Edit, Words
from bot.delivery.exchange import begin, exchange
from bot.delivery.lease import Holder, take
from bot.delivery.limiter import PaceLimiter
from bot.delivery.models import Method
from bot.delivery.outcomes import BACK_OFF
from bot.delivery.sounds import is_heard
from bot.delivery.transport import BoundedRequest, NeverLeft
from tests.bot.delivery.conftest import Post
from tests.bot.delivery.taking import claim

# a PNG of one white dot
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGKMo2wAAAABJRU5ErkJggg=="
EVER = datetime(2030, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def only(post: Post, about: str) -> tuple[State, str | None, int]:
    (found,) = await post.database.read(deliveries, about)
    return found.state, found.reason, found.attempts


async def test_a_message_arrives_with_its_buttons_and_the_rule_hears_of_it(post: Post) -> None:
    mei = await post.person()
    message = Message("Come <b>now</b>", ((Button("✅ On my way", "a:1"),),))
    async with post.sender():
        await post.promise("callout:1", Lane.EMERGENCY, mei, message=message, loud=True)
        await post.settled("callout:1")
    (shown,) = (await post.client.get(f"/sim/chats/{mei}/messages?after=0")).json()["messages"][1:]
    assert shown["html"] == "Come <b>now</b>"
    assert shown["buttons"] == [[{"text": "✅ On my way", "data": "a:1", "url": None}]] or shown["buttons"]
    assert not shown["silent"]
    (told,) = post.told
    assert (told.about, told.tag, told.state, told.message_id) == (
        "callout:1",
        mei,
        State.SENT,
        shown["message_id"],
    )


async def test_a_picture_is_uploaded_once_for_all(post: Post) -> None:
    people = await post.people(4)
    picture = b64decode(DOT)
    async with post.sender():
        await post.promise(
            "board", Lane.ROUTINE, *people, message=Message("November", photo=picture, file_name="b.png")
        )
        await post.settled("board")
    shown = [
        (await post.client.get(f"/sim/chats/{each}/messages")).json()["messages"][-1]["photo"]["file_id"]
        for each in people
    ]
    assert len(set(shown)) == 1


async def test_an_upload_that_takes_for_ever_holds_up_nothing_else(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await post.people(7)
    arrived, upload = asyncio.Event(), posting._SENDS[Method.PHOTO]

    async def slow_upload(*args: Any, **facts: Any) -> Any:
        await arrived.wait()
        return await upload(*args, **facts)

    monkeypatch.setitem(posting._SENDS, Method.PHOTO, slow_upload)
    picture = Message("November", photo=b64decode(DOT), file_name="b.png")
    async with post.sender():
        await post.promise("board", Lane.BULK, *people[:5], message=picture)
        try:
            await post.promise("note", Lane.BULK, people[5])  # comes behind all that wait for the picture
            await post.settled("note")
            await post.promise("fire", Lane.EMERGENCY, people[6])
            await post.settled("fire")
            meanwhile = await post.progress("board")
        finally:
            arrived.set()
        await post.settled("board")
    assert meanwhile[State.SENT] == 0
    assert (await post.progress("fire"))[State.SENT] == 1
    assert (await post.progress("board"))[State.SENT] == 5


async def test_who_blocked_the_bot_is_marked_in_the_same_transaction(post: Post) -> None:
    mei, ann = await post.people(2)
    await post.client.post(f"/sim/people/{mei}/block", json={})
    stranger = await post.person(started=False)
    async with post.sender():
        await post.promise("callout:1", Lane.EMERGENCY, mei, ann, stranger)
        await post.settled("callout:1")
    assert (await post.progress("callout:1")).counts == {State.FAILED: 2, State.SENT: 1}
    assert (mei, ChatState.BLOCKED) in post.unreachable
    assert {each[0] for each in post.unreachable} == {mei, stranger}


async def test_a_refusal_is_obeyed_and_is_no_attempt(post: Post) -> None:
    mei = await post.person()
    await post.fault(method="sendMessage", status=429, retry_after=1, count=1)
    async with post.sender():
        await post.promise("a", Lane.OWN_ACT, mei)
        await post.settled("a")
    assert await only(post, "a") == (State.SENT, None, 1)
    assert await post.sees(mei) == ["hello"]


async def test_a_server_in_trouble_is_tried_again(post: Post) -> None:
    mei = await post.person()
    await post.fault(method="sendMessage", status=502, body="html", count=1)
    async with post.sender():
        await post.promise("a", Lane.OWN_ACT, mei)
        await post.settled("a")
    assert await only(post, "a") == (State.SENT, None, 2)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_proxys_page_marks_nobody_and_stops_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(outcomes, "AFTER_A_PROXY", timedelta(0))
    mei = await post.person()
    await post.fault(method="sendMessage", status=status, body="html", count=1)
    async with post.sender():
        await post.promise("a", Lane.OWN_ACT, mei)
        await post.settled("a")
    assert await only(post, "a") == (State.SENT, None, 1)
    assert (post.unreachable, post.failures) == ([], [])


async def test_an_outage_with_one_volunteer_waiting_uses_up_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = await post.person()
    outage = iter(range(2 * len(BACK_OFF)))
    mail = posting.mail

    async def no_connection(*args: Any, **facts: Any) -> Any:
        if next(outage, None) is not None:
            raise NeverLeft("no connection")
        return await mail(*args, **facts)

    monkeypatch.setattr(posting, "mail", no_connection)
    monkeypatch.setattr(hand, "LINE_RESTS", (0.0,))
    async with post.sender():
        await post.promise("fire", Lane.EMERGENCY, mei)
        await post.settled("fire")
    assert await only(post, "fire") == (State.SENT, None, 1)


@pytest.mark.parametrize(("lane", "state"), [(Lane.OWN_ACT, State.UNKNOWN), (Lane.EMERGENCY, State.SENT)])
async def test_half_an_answer_leaves_a_doubt_that_only_emergencies_resolve_by_sending(
    post: Post, lane: Lane, state: State
) -> None:
    mei = await post.person()
    await post.fault(method="sendMessage", body="half", count=1, applied=True)
    async with post.sender():
        await post.promise("a", lane, mei)
        await post.settled("a")
    assert (await only(post, "a"))[0] is state
    assert len(await post.sees(mei)) == (2 if lane is Lane.EMERGENCY else 1)


async def test_what_telegram_calls_bad_is_final_with_its_reason(post: Post) -> None:
    mei = await post.person()
    async with post.sender():
        await post.promise("a", Lane.OWN_ACT, mei, text="<b>not closed")
        await post.settled("a")
    state, reason, _ = await only(post, "a")
    assert state is State.FAILED
    assert reason is not None
    assert "entit" in reason.lower()


async def test_nothing_is_sent_after_its_time(post: Post) -> None:
    mei = await post.person()
    await post.promise("a", Lane.EMERGENCY, mei, expires_at=post.clock.now() - timedelta(seconds=1))
    async with post.sender():
        await post.settled("a")
    assert await post.sees(mei) == []
    assert [each.state for each in post.told] == [State.EXPIRED]


async def test_a_refused_token_stops_the_sender_and_keeps_the_message(post: Post) -> None:
    mei = await post.person()
    await post.fault(method="sendMessage", status=401, count=1)
    async with post.sender():
        await post.promise("a", Lane.OWN_ACT, mei)
        await post.until(post.has_failed)
    assert await only(post, "a") == (State.QUEUED, None, 0)


async def test_what_a_dead_process_had_underway_is_settled_at_the_start(post: Post) -> None:
    mei = await post.person()
    await post.promise("own", Lane.OWN_ACT, mei)
    await post.promise("emergency", Lane.EMERGENCY, await post.person())

    def crash(session: Session) -> None:
        take(
            session, bot_id=post.bot.id, holder=Holder("far away", 1, ""), alive=lambda _: True, now=LONG_AGO
        )
        assert len(claim(session, Room(2, 2, 4), post.clock.now())) == 2

    await post.database.write(crash)
    async with post.sender():
        await post.settled("own", "emergency")
    assert (await only(post, "own"))[0] is State.UNKNOWN
    assert (await only(post, "emergency"))[0] is State.SENT


async def test_what_was_claimed_by_a_commit_whose_answer_was_lost_is_sent_once(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei, ann = await post.people(2)
    await post.promise("own", Lane.OWN_ACT, mei)
    await post.promise("fire", Lane.EMERGENCY, ann)
    lost = []
    write = post.database.write

    async def loses_an_answer(unit: Any, *args: Any, **facts: Any) -> Any:
        result = await write(unit, *args, **facts)
        if unit is exchange and result.departed and not lost:
            lost.extend(result.departed)
            raise DatabaseBusy
        return result

    monkeypatch.setattr(post.database, "write", loses_an_answer)
    monkeypatch.setattr(sender, "AFTER_TROUBLE", 0.0)
    async with post.sender():
        await post.settled("own", "fire")
    assert lost
    assert await only(post, "own") == await only(post, "fire") == (State.SENT, None, 1)
    assert [await post.sees(each) for each in (mei, ann)] == [["hello"], ["hello"]]


async def test_while_another_process_sends_this_one_stands_by(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = await post.person()
    elsewhere = Holder("far away", 1, "")

    def hold(session: Session) -> None:
        take(session, bot_id=post.bot.id, holder=elsewhere, alive=lambda _: True, now=EVER)

    await post.database.write(hold)
    await post.promise("a", Lane.EMERGENCY, mei)
    tried, write = asyncio.Event(), post.database.write

    async def watched(unit: Any, *args: Any, **facts: Any) -> Any:
        result = await write(unit, *args, **facts)
        if unit is begin:
            tried.set()
        return result

    monkeypatch.setattr(post.database, "write", watched)
    one = post.sender()
    async with one:
        await asyncio.wait_for(tried.wait(), 60)
        assert not one.is_sending
    assert (await only(post, "a"))[0] is State.QUEUED


async def test_a_stop_hands_back_what_waits_and_the_next_one_goes_on(post: Post) -> None:
    people = await post.people(20)
    await post.promise("a", Lane.EMERGENCY, *people)
    async with post.sender():
        await post.until(post.has_told)
    counts = (await post.progress("a")).counts
    assert State.SENDING not in counts
    assert counts[State.QUEUED] > 0
    async with post.sender():
        await post.settled("a")
    assert [len(await post.sees(each)) for each in people] == [1] * 20


async def test_a_correction_overtakes_an_emergency_and_no_answer_is_429(post: Post) -> None:
    people = await post.people(100)
    async with post.sender() as one:
        await post.promise("a", Lane.EMERGENCY, *people)
        one.wake()
        await post.until(post.has_told)
        await post.promise("urgent", Lane.CORRECTION, people[0])
        one.wake()
        await post.settled("a", "urgent")
    sent = [each.sent_at for each in await post.database.read(deliveries, "a") if each.sent_at]
    (urgent,) = [each.sent_at for each in await post.database.read(deliveries, "urgent") if each.sent_at]
    assert len(sent) == len(people)
    assert [each for each in sent if each < urgent]
    assert [each for each in sent if each > urgent]  # how soon, test_turns proves on a clock of its own
    statistics = await post.statistics()
    assert statistics["too_many_requests"] == 0
    assert statistics["peak_second"] <= 30


async def test_boards_are_edited_in_place_and_say_what_became_of_it(post: Post) -> None:
    mei = await post.person()
    edits = post.edits()
    sent = await post.bot.send_message(mei, "0 coming")
    assert await edits.apply(mei, sent.message_id, reading("1 coming")) is Edit.EDITED
    assert await edits.apply(mei, sent.message_id, reading("1 coming")) is Edit.SAME
    assert await edits.apply(mei, sent.message_id + 7, reading("2 coming")) is Edit.GONE
    assert await edits.apply(mei, sent.message_id, lambda: None) is Edit.OUTDONE
    assert await post.sees(mei) == ["1 coming"]
    assert post.unreachable == []


async def test_who_blocked_the_bot_is_marked_when_a_board_cannot_be_edited(post: Post) -> None:
    mei = await post.person()
    sent = await post.bot.send_message(mei, "0 coming")
    await post.client.post(f"/sim/people/{mei}/block")
    assert await post.edits().apply(mei, sent.message_id, reading("1 coming")) is Edit.GONE
    assert post.unreachable == [(mei, ChatState.BLOCKED)]


def reading(text: str) -> Callable[[], Words]:
    return lambda: Words(Message(text))


async def test_the_limiter_counts_sends_and_lets_questions_pass(post: Post) -> None:
    mei = await post.person()
    bot = ExtBot(
        post.bot.token,
        base_url=post.bot.base_url.removesuffix(post.bot.token),
        request=BoundedRequest(),
        rate_limiter=PaceLimiter(post.pace),
    )
    async with bot:
        await bot.get_me()
        for number in range(4):  # the fourth in one chat waits for its second
            await bot.send_message(mei, f"{number}", rate_limit_args=Lane.CORRECTION)
        ann = await post.person()
        await post.fault(method="sendMessage", status=429, retry_after=1, count=1)
        await bot.send_message(ann, "refused once, sent all the same")
    assert await post.sees(mei) == ["0", "1", "2", "3"]
    assert await post.sees(ann) == ["refused once, sent all the same"]


async def test_what_a_conversation_says_survives_a_server_that_fails_for_a_moment(post: Post) -> None:
    mei = await post.person()
    bot = ExtBot(
        post.bot.token,
        base_url=post.bot.base_url.removesuffix(post.bot.token),
        request=BoundedRequest(),
        rate_limiter=PaceLimiter(post.pace, pauses=(0, 0)),
    )
    async with bot:
        await post.fault(method="sendMessage", status=502, count=2)
        await bot.send_message(mei, "said all the same")
    assert await post.sees(mei) == ["said all the same"]


async def test_who_was_stopped_for_longer_than_the_lease_sends_nothing_meanwhile(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = await post.person()
    await post.promise("fire", Lane.EMERGENCY, mei)
    stopped, write = [], post.database.write

    async def stopped_after_the_commit(unit: Any, *args: Any, **facts: Any) -> Any:
        result = await write(unit, *args, **facts)
        if unit is exchange and result.departed and not stopped:
            stopped.append(result.departed)
            monkeypatch.setattr(post.clock, "monotonic", lambda: monotonic() + 15)
        return result

    monotonic = post.clock.monotonic
    monkeypatch.setattr(post.database, "write", stopped_after_the_commit)
    async with post.sender():
        await post.settled("fire")
    assert await only(post, "fire") == (State.SENT, None, 1)
    assert post.sandbox is not None
    assert await post.sees(mei) == ["hello"]
    assert stopped


async def test_an_older_version_hands_over_to_a_newer_one_that_came(post: Post) -> None:
    people = await post.people(3)
    one = post.sender()
    async with one:
        await post.promise("a", Lane.EMERGENCY, *people)
        await post.settled("a")
        newer = {"holder": Holder("here", 2**22 + 1, ""), "alive": lambda _: True, "revision": "9999"}
        assert await post.database.write(take, bot_id=post.bot.id, now=post.clock.now(), **newer) is None
        one.wake()
        await post.until(partial(_is_free, post, newer))
        assert not one.is_sending


async def _is_free(post: Post, newer: dict[str, Any]) -> bool:
    found = await post.database.write(take, bot_id=post.bot.id, now=post.clock.now(), **newer)
    return found is not None


@pytest.mark.parametrize(
    ("sound", "hour", "heard"),
    [
        (Sound.ALWAYS, 3, True),
        (Sound.DAY, 8, True),
        (Sound.DAY, 21, True),
        (Sound.DAY, 22, False),
        (Sound.DAY, 7, False),
        (Sound.NEVER, 12, False),
    ],
)
def test_by_night_only_what_must_be_heard_is(sound: Sound, hour: int, *, heard: bool) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    moment = datetime(2026, 11, 23, hour, 0, tzinfo=shanghai).astimezone(UTC)
    assert is_heard(sound, moment, shanghai) is heard
