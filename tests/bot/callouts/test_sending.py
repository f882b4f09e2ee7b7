"""Sending: who is asked, who may, once only, and what a real emergency ends."""

from datetime import time

import pytest
from callout_street import BOT, NOW, Street

from bot import callouts, community
from bot.callouts import CallOutState, Level, NobodyToAsk, NothingToSay, Opened, UnknownPlan
from bot.community import ChatState, NotAllowed
from bot.community.contacts import set_contacts


def test_people_of_the_teams_in_the_area_are_asked_once(street: Street) -> None:
    both = street.resident("Both", "clinic", "core")
    here, there = street.resident("Here", "core"), street.resident("There", "core", area="b2")
    street.resident("Neighbour")
    sent = street.send(street.draft("flood", area="g1"))
    assert isinstance(sent, Opened)
    assert [(one.resident_id, one.team) for one in sent.asked] == [(both, "core"), (here, "core")]
    assert there not in {one.resident_id for one in sent.asked}
    assert sent.callout.state is CallOutState.OPEN
    assert (sent.callout.plan_code, sent.callout.plan_version, sent.callout.people) == ("flood", 1, 2)


def test_preview_counts_whom_sending_asks_and_why_others_are_left_out(street: Street) -> None:
    asleep, off, blocked, _ = street.volunteers(4)
    community.set_quiet_hours(street.session, resident_id=asleep, start=time(15), end=time(17))
    community.set_willing(street.session, resident_id=off, willing=False)
    chat = community.addresses(street.session, [blocked])[blocked].chat_id or 0
    community.mark_chat(street.session, bot_id=BOT, chat_id=chat, state=ChatState.BLOCKED)
    shown = street.preview(street.draft())
    assert (shown.people, shown.left_out) == (2, {"quiet": 1, "off": 1, "blocked": 1})
    assert (shown.without_chat, shown.other_ways) == (1, 0)
    assert street.preview(street.draft().with_level(Level.RED)).people == 3
    figures = street.board(street.opens()).figures
    assert (figures.asked, figures.unreachable, figures.no_answer) == (2, 1, 1)


def test_who_has_no_chat_is_called_and_counted_all_the_same(street: Street) -> None:
    people = street.volunteers(4)
    for one in people:
        chat = community.addresses(street.session, [one])[one].chat_id or 0
        community.mark_chat(street.session, bot_id=BOT, chat_id=chat, state=ChatState.BLOCKED)
    set_contacts(street.session, resident_id=people[0], urls=["json://host"])
    shown = street.preview(street.draft())
    assert (shown.people, shown.without_chat, shown.other_ways) == (4, 4, 1)
    assert street.preview(street.draft("flood")).needs_second  # as many as if they had a chat
    sent = street.send(street.draft("tree"))
    assert isinstance(sent, Opened)
    assert (sent.asked, sent.everybody, sent.callout.people) == ((), 4, 4)
    figures = street.board(sent.callout.callout_id).figures
    assert (figures.asked, figures.unreachable, figures.delivered) == (4, 4, 0)


def test_second_tap_finds_the_first_call_out_and_sends_nothing(street: Street) -> None:
    street.volunteers(2)
    first, second = street.send(street.draft(), key="once"), street.send(street.draft(), key="once")
    assert isinstance(first, Opened)
    assert isinstance(second, Opened)
    assert first.callout.callout_id == second.callout.callout_id
    assert (second.replayed, second.asked) == (True, ())
    assert street.board(first.callout.callout_id).figures.asked == 2


def test_nobody_to_ask_sends_nothing(street: Street) -> None:
    with pytest.raises(NobodyToAsk):
        street.send(street.draft())
    assert street.preview(street.draft()).people == 0
    assert callouts.open_callouts(street.session, area_path="willow/") == ()


def test_no_text_sends_nothing(street: Street) -> None:
    street.volunteers(1)
    with pytest.raises(NothingToSay):
        street.send(street.draft("tree", text=""))


def test_plan_that_left_the_file_is_not_sent(street: Street) -> None:
    street.volunteers(1)
    draft = street.draft()
    callouts.synchronise_plans(street.session, (), NOW)
    with pytest.raises(UnknownPlan):
        street.send(draft)


def test_nobody_calls_out_beyond_their_area(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    for who in (street.far, volunteer):
        with pytest.raises(NotAllowed):
            street.send(street.draft(), by=who)
        with pytest.raises(NotAllowed):
            street.preview(street.draft(), by=who)


def test_real_emergency_ends_what_is_only_rehearsed(street: Street) -> None:
    volunteer, other = street.volunteers(2)
    exercise = street.opens(street.draft("gas-leak").as_exercise())
    street.arrives(exercise, volunteer)
    calm = street.send(street.draft("tree"))
    assert isinstance(calm, Opened)
    assert calm.ended_exercises == ()
    real = street.send(street.draft("gas-leak"))
    assert isinstance(real, Opened)
    [ended] = real.ended_exercises
    assert (ended.callout.callout_id, ended.callout.state) == (exercise, CallOutState.STOOD_DOWN)
    assert ended.awards == ()
    assert {one.resident_id for one in ended.told} == {volunteer, other}
    running = [one.callout_id for one in callouts.open_callouts(street.session, area_path="willow/")]
    assert running == [real.callout.callout_id, calm.callout.callout_id]


def test_exercise_of_any_level_ends_nothing(street: Street) -> None:
    street.volunteers(1)
    street.opens(street.draft("gas-leak").as_exercise())
    again = street.send(street.draft("flood").as_exercise())
    assert isinstance(again, Opened)
    assert again.ended_exercises == ()


def test_open_call_outs_are_those_that_touch_the_area(street: Street) -> None:
    street.volunteers(1)
    whole, grid = street.opens(), street.opens(street.draft(area="g1"))
    seen = {path: _numbers(street, path) for path in ("willow/", "willow/g1/b1/", "willow/g2/", "willow/g/")}
    assert seen == {
        "willow/": [grid, whole],
        "willow/g1/b1/": [grid, whole],
        "willow/g2/": [whole],
        "willow/g/": [whole],
    }


def test_every_act_is_in_the_audit_log(street: Street) -> None:
    street.volunteers(1)
    callout = street.opens()
    street.ended(callout)
    log = community.audit_entries(street.session, area_id=street.area("willow"))
    acts = [(one.act, one.actor_id) for one in log if one.facts.get("callout") == callout]
    assert acts == [("stand-down", street.mei), ("send-call-out", street.mei)]


def _numbers(street: Street, path: str) -> list[int]:
    return [one.callout_id for one in callouts.open_callouts(street.session, area_path=path)]
