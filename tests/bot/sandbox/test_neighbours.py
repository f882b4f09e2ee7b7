"""Simulated neighbours: what they decide, and that they join and answer by reading and tapping alone."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from scripted_bot import ScriptedBot, scripted_bot

from bot.sandbox import NO_LIMITS, Sandbox, serve
from bot.sandbox.neighbours import MOST_PEOPLE, Neighbours, Pace, TooManyNeighbours
from bot.sandbox.neighbours_luck import Luck
from bot.sandbox.neighbours_mind import Answer, Mind, Stage, Step
from bot.sandbox.neighbours_names import name
from bot.sandbox.neighbours_notes import Note, Press

TRIO = Note(7, (Press("✅ On my way", "y"), Press("🕒 Later", "l"), Press("❌ Cannot", "n")))
WALKS = Note(7, tuple(Press(f"🚶 {minutes}", f"w{minutes}") for minutes in (5, 10, 20, 30)))
ARRIVE = Note(7, (Press("📍 I am here", "h"),))
FINISH = Note(7, (Press("🏁 I am done", "d"),))


@dataclass
class Naps:
    """Stands in for sleeping: nobody waits, and what would have been waited is kept."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


REAL_MINUTE = 60 * Pace().speed


def mind(person: int, seed: int = 1) -> Mind:
    return Mind(Luck(seed, person), "王秀英")


def with_mood(stage: Stage) -> tuple[Mind, Step]:
    """Find somebody who answers a call-out this way."""
    for person in range(500):
        one = mind(person)
        step = one.read(TRIO)
        if step is not None and step.then is stage:
            return one, step
    raise AssertionError(f"nobody of 500 would answer {stage}")


def test_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    first = [name(Luck(3, person)) for person in range(200)]
    assert first == [name(Luck(3, person)) for person in range(200)]
    assert first != [name(Luck(4, person)) for person in range(200)]
    assert {person.language for person in first} == {"zh-hans", "en"}


def test_luck_is_spread_evenly_and_never_reaches_one() -> None:
    shares = [Luck(1, person).share("question") for person in range(2_000)]
    assert 0 <= min(shares) < max(shares) < 1
    assert 0.47 < sum(shares) / len(shares) < 0.53


def test_answers_to_a_call_out_are_mixed_as_in_real_life() -> None:
    moods: Counter[Stage] = Counter()
    for person in range(1_000):
        step = mind(person).read(TRIO)
        moods[step.then if step else Stage.SILENT] += 1
    assert 480 < moods[Stage.COMING] < 640
    assert min(moods[stage] for stage in (Stage.LATER, Stage.CANNOT, Stage.SILENT)) > 80
    assert 5 < moods[Stage.BLOCKED] < 45


def test_who_comes_walks_arrives_and_finishes_each_in_its_time() -> None:
    one, step = with_mood(Stage.COMING)
    assert one.did(step) is None, "nothing more to tap on the same message"
    walk = one.read(WALKS)
    assert walk is not None
    assert walk.press in WALKS.presses
    one.did(walk)
    here = one.read(ARRIVE)
    assert here is not None
    assert here.then is Stage.ARRIVED
    assert here.after >= 5 * 60 * 0.7
    one.did(here)
    assert one.standing() is Stage.ARRIVED
    done = one.read(FINISH)
    assert done is None or done.then is Stage.DONE


def test_some_stay_until_the_stand_down_and_the_others_serve_very_different_times() -> None:
    finishing = [step_on_the_spot(person) for person in range(2_000)]
    leaving = [step.after / REAL_MINUTE for step in finishing if step is not None]
    assert 0.25 < 1 - len(leaving) / len(finishing) < 0.45
    assert min(leaving) >= 0.4
    assert max(leaving) <= 12, "the demo's own time: nobody works until tomorrow"
    whole = Counter(int(minutes) for minutes in leaving)
    assert max(whole.values()) < 0.4 * len(leaving), "not all of them the same"
    assert len(whole) >= 10


def step_on_the_spot(person: int) -> Step | None:
    one = mind(person)
    one.answers[7] = Answer(0, Stage.ARRIVED)
    return one.read(FINISH)


def asked(message_id: int, words: str = "Please come and help: Flood") -> Note:
    return Note(message_id, TRIO.presses, words)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Stage.ASKED, Stage.SILENT),
        (Stage.COMING, Stage.RELEASED),
        (Stage.WALKING, Stage.RELEASED),
        (Stage.LATER, Stage.RELEASED),
        (Stage.ARRIVED, Stage.DONE),
        (Stage.CANNOT, Stage.CANNOT),
        (Stage.DONE, Stage.DONE),
    ],
)
def test_a_stand_down_reaches_everybody_where_they_are(before: Stage, after: Stage) -> None:
    one = mind(1)
    one.read(asked(7))
    one.answers[7].stage = before
    one.read(Note(9, (), "🏁 Stand-down: Flood\nNobody else needs to come. Thank you!"))
    assert one.standing() is after


def test_who_hears_of_a_stand_down_turns_back_and_a_tap_on_its_way_changes_nothing() -> None:
    one, step = with_mood(Stage.COMING)
    one.read(Note(9, (), "🏁 收队：内涝"))
    assert one.possible(step), "this is about another call-out"
    one.read(Note(7, TRIO.presses, "请来帮忙：内涝"))
    one.read(Note(10, (), "🏁 收队：内涝"))
    assert not one.possible(step)
    assert one.did(step) is None
    assert one.standing() is Stage.SILENT


def test_an_exercise_that_ends_for_a_real_call_out_ends_only_itself() -> None:
    one = mind(1)
    one.read(asked(7, "🧪 EXERCISE\nPlease come and help: Flood"))
    one.read(asked(8))
    over = Note(9, (), "🧪 EXERCISE\n🏁 The exercise is over: Flood\nThere is a real emergency.")
    for _ in range(2):
        one.read(over)
        assert [answer.ended_by for answer in one.answers.values()] == [9, None]


def test_of_two_call_outs_of_a_plan_the_one_ends_whose_words_are_named() -> None:
    one = mind(1)
    one.read(asked(7, "Please come at once: 🌊 Flood\nWater in the cellar of Building 3, bring pumps"))
    one.read(asked(8, "Please come at once: 🌊 Flood\nThe underpass is full"))
    one.read(Note(9, (), "🏁 Stand-down: 🌊 Flood · Water in the cellar of…\nNobody else needs to come."))
    assert [answer.ended_by for answer in one.answers.values()] == [9, None]
    one.read(Note(10, (), "🏁 Stand-down: 🌊 Flood · Willow Bank\nNobody else needs to come."))
    assert one.answers[8].ended_by == 10, "named in other words, but which else?"


def test_the_thanks_for_an_earlier_call_out_end_no_later_one() -> None:
    one = mind(1)
    for first in (7, 9):
        one.read(asked(first))
        one.read(Note(first + 1, (), "🏁 Stand-down: Flood"))
    assert [answer.ended_by for answer in one.answers.values()] == [8, 10]
    one.read(asked(11))
    one.read(Note(8, (), "🏁 Stand-down: Flood"))
    assert one.answers[11].ended_by is None


def test_the_next_button_may_come_in_a_message_of_its_own() -> None:
    one, step = with_mood(Stage.COMING)
    one.did(step)
    walk = one.read(Note(8, WALKS.presses))
    assert walk is not None
    assert walk.message_id == 8


def test_buttons_are_found_without_variation_selectors() -> None:
    assert Press("✖\ufe0f Discard", "x").leads("✖")
    assert Press("❤ Like", "x").leads("❤\ufe0f")
    assert not Press("Later 🕒", "x").leads("🕒")


def test_a_button_that_is_gone_is_not_tapped() -> None:
    one, step = with_mood(Stage.COMING)
    one.read(Note(7, ()))
    assert not one.possible(step)
    assert one.missed(step) is None


def test_a_message_read_twice_is_answered_once() -> None:
    one, _ = with_mood(Stage.COMING)
    assert one.read(TRIO) is None


def test_an_approval_is_no_call_out() -> None:
    one = mind(1)
    one.stage = Stage.JOINED
    assert one.read(Note(9, (Press("✅ Approve", "a"), Press("⛔ Refuse", "r")))) is None


def test_the_card_after_joining_is_left_alone() -> None:
    one = mind(1)
    one.stage = Stage.JOINED
    assert one.read(Note(9, (Press("👤 Name", "a"), Press("🏠 Area", "r")))) is None


def test_who_reads_their_own_card_has_joined_whatever_they_remember() -> None:
    one = mind(1)
    one.stage = Stage.AGREED
    assert one.resume([Note(9, (Press("👤 Name", "a"), Press("🏠 Area", "r")))]) == []
    assert one.standing() is Stage.JOINED


def test_more_people_than_the_room_holds_are_refused_in_one_sentence() -> None:
    with pytest.raises(TooManyNeighbours, match="At most 2000 simulated people"):
        Neighbours("http://127.0.0.1:1", size=MOST_PEOPLE + 1)


async def moment() -> None:
    await asyncio.sleep(0.01)


async def until(reached: Callable[[], bool]) -> None:
    """Let the others go on until it is so."""
    async with asyncio.timeout(60):
        while not reached():
            await moment()


async def test_a_neighbourhood_joins_by_posters_and_answers_a_call_out() -> None:
    sandbox, naps = Sandbox(limits=NO_LIMITS), Naps()
    async with serve(sandbox) as address, scripted_bot(address, sandbox.token) as bot:
        neighbours = Neighbours(
            address, size=40, seed=5, posters=["a_b1", "a_b2"], pace=Pace(speed=10), sleep=naps
        )
        async with neighbours:
            life = asyncio.create_task(neighbours.run())
            try:
                await until(lambda: settled(neighbours))
                everybody_joined(neighbours, bot)
                await bot.flood()
                await until(lambda: neighbours.summary().asked == len(bot.volunteers))
                await until(lambda: neighbours.summary().done > 3)
            finally:
                life.cancel()
                await asyncio.gather(life, return_exceptions=True)
    assert max(naps.seconds) > 60, "a walk takes its minutes"
    walked = [answers for answers in bot.answers.values() if any(one.startswith("w:") for one in answers)]
    assert walked
    assert all(answers[0] == "a:yes" or answers[0] == "a:later" for answers in walked)


def settled(neighbours: Neighbours) -> bool:
    found = neighbours.summary()
    return found.joined + found.declined == found.size


def everybody_joined(neighbours: Neighbours, bot: ScriptedBot) -> None:
    found = neighbours.summary()
    assert found.moved_in == len(neighbours.people) == 40
    assert set(bot.started) == {"/start a_b1", "/start a_b2"}
    assert found.volunteers == len(bot.volunteers) > 15


async def test_an_unreachable_room_stops_nobody_for_good() -> None:
    naps = Naps()
    async with Neighbours("http://127.0.0.1:9", size=3, sleep=naps) as neighbours:
        life = asyncio.create_task(neighbours.run())
        await until(lambda: len(naps.seconds) > 6)
        assert not life.done()
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
    assert neighbours.summary().moved_in == 0
