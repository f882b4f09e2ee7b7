"""Telegram's speed limits, met over HTTP with a clock that stands still."""

from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.sandbox.errors import TooManyRequests
from bot.sandbox.limits import Gate, Limits


async def sent(rehearsal: Any, chat_id: int) -> int:
    answer = await rehearsal.api("sendMessage", chat_id=chat_id, text="x")
    return int(answer.status_code)


async def test_thirty_messages_fit_into_a_second(rehearsal: Any) -> None:
    phones = [await rehearsal.phone(f"P{number}") for number in range(31)]
    assert [await sent(rehearsal, phone.id) for phone in phones] == [200] * 30 + [429]
    rehearsal.clock.move(1)
    assert await sent(rehearsal, phones[30].id) == 200
    figures = await rehearsal.shows("statistics")
    assert (figures["messages"], figures["too_many_requests"], figures["peak_second"]) == (31, 1, 30)
    assert figures["last_sent_at"] - figures["first_sent_at"] == 1


async def test_one_chat_takes_three_at_once_then_one_a_second(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    assert [await sent(rehearsal, mei.id) for _ in range(4)] == [200, 200, 200, 429]
    with pytest.raises(RetryAfter) as caught:
        await rehearsal.bot.send_message(mei.id, "x")
    assert caught.value.retry_after == timedelta(seconds=1)
    rehearsal.clock.move(1)
    assert [await sent(rehearsal, mei.id) for _ in range(2)] == [200, 429]


async def test_refusal_names_the_seconds(rehearsal: Any) -> None:
    await rehearsal.control("limits", per_chat=0.1, burst=1)
    mei = await rehearsal.phone()
    await sent(rehearsal, mei.id)
    answer = await rehearsal.api("sendMessage", chat_id=mei.id, text="x")
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 10",
        "parameters": {"retry_after": 10},
    }


async def test_group_takes_twenty_a_minute_edits_counted(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    group = await rehearsal.control("groups", title="Gate 3", members=[mei.id])
    first = (await rehearsal.api("sendMessage", chat_id=group["id"], text="0")).json()["result"]
    for number in range(19):
        edit = {"chat_id": group["id"], "message_id": first["message_id"], "text": f"{number} coming"}
        assert (await rehearsal.api("editMessageText", **edit)).status_code == 200
    assert await sent(rehearsal, group["id"]) == 429
    rehearsal.clock.move(60)
    assert await sent(rehearsal, group["id"]) == 200


async def test_answers_to_taps_are_free_and_limits_can_be_off(rehearsal: Any) -> None:
    await rehearsal.control("limits", off=True)
    mei = await rehearsal.phone()
    await rehearsal.api(
        "sendMessage",
        chat_id=mei.id,
        text="x",
        reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]},
    )
    assert {await sent(rehearsal, mei.id) for _ in range(40)} == {200}
    await rehearsal.control("limits", per_second=30, per_chat=1, burst=3)
    for _ in range(40):
        tap = await mei.does("tap", label="a")
        answer = await rehearsal.api("answerCallbackQuery", callback_query_id=tap["query_id"])
        assert answer.json() == {"ok": True, "result": True}
    assert (await rehearsal.shows("statistics"))["answers"] == 40


def test_even_pace_of_thirty_never_meets_the_limit() -> None:
    gate = Gate(Limits())
    for number in range(900):
        gate.admit(number, is_group=False, now=number / 30 + 1e-4 * number)
    assert (gate.refused, gate.peak <= 30) == (0, True)


def test_no_window_of_a_second_holds_more_than_thirty() -> None:
    gate = Gate(Limits(per_chat=0))
    passed = []
    for number in range(400):
        now = number / 100
        try:
            gate.admit(number, is_group=False, now=now)
        except TooManyRequests:
            continue
        passed.append(now)
    assert all(sum(start <= moment < start + 1 for moment in passed) <= 30 for start in passed)
