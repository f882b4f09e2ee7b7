"""Keeping a rehearsal room between two demos: who was there is there again, and lives on."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_bot import scripted_bot

from bot.sandbox import NO_LIMITS, Sandbox, serve
from bot.sandbox.errors import FolderInUse
from bot.sandbox.kept import held, keep_room, take_up_room
from bot.sandbox.neighbours import Neighbours, Pace
from bot.sandbox.neighbours_mind import Stage
from bot.sandbox.page import Street


def test_a_folder_is_held_by_one_demo_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(FolderInUse, match="another demo is running on"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


async def _naps(seconds: float) -> None:
    await (asyncio.sleep(0.001) if seconds < 100 else asyncio.Event().wait())  # nobody gets there yet


def street() -> Street:
    pace = Pace(speed=1, arrivals_per_second=1_000)
    return Street(lambda address, size: Neighbours(address, size=size, seed=9, pace=pace, sleep=_naps))


async def moment() -> None:
    await asyncio.sleep(0.02)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not reached():
            await moment()


async def test_neighbours_of_a_kept_room_are_driven_again_and_answer(tmp_path: Path) -> None:
    file, first, before = tmp_path / "room", Sandbox(limits=NO_LIMITS), street()
    async with serve(first) as address, scripted_bot(address, first.token) as bot:
        before.move_in(address, 30)
        await until(lambda: everybody_answered(before))
        await bot.flood()
        await until(lambda: before.facts()["coming"] > 3)
        await before.stop()
        members, volunteers = bot.members, bot.volunteers
    keep_room(first.room, file, neighbours=before.kept())
    second, after = Sandbox(limits=NO_LIMITS), street()
    left = take_up_room(second.room, file)
    assert left is not None
    assert left.neighbours is not None
    async with serve(second) as address, scripted_bot(address, second.token) as bot:
        bot.members, bot.volunteers = members, volunteers
        after.take_up(address, left.neighbours)
        assert after.people() == before.people()
        assert {**after.facts(), "running": True} == {**before.facts(), "running": True}
        after.go_on()
        asked = after.facts()["asked"]
        await bot.say(next(iter(volunteers)), "🏁 Nothing of yours")
        await bot.flood()
        await until(lambda: after.facts()["coming"] > 3 and after.facts()["asked"] >= asked)
        assert after.facts()["size"] == len(second.room.world.people) == 30, "nobody came twice"
        await after.stop()


async def test_who_was_in_the_middle_of_something_goes_on_with_it() -> None:
    sandbox, streets = Sandbox(limits=NO_LIMITS), street()
    world = sandbox.room.world
    async with serve(sandbox) as address, scripted_bot(address, sandbox.token):
        streets.move_in(address, 40)
        for _ in range(6):  # stopped in whatever they are at, some twenty things later
            begun = world.revision
            await until(lambda begun=begun: world.revision > begun + 20)
            await streets.stop()
            streets.go_on()
        await until(lambda: everybody_answered(streets))
        await streets.stop()
    facts = streets.facts()
    assert facts["joined"] + facts["declined"] == facts["moved_in"] == facts["size"] == 40


def everybody_answered(streets: Street) -> bool:
    facts = streets.facts()
    return bool(facts["joined"] + facts["declined"] == facts["size"])


async def test_who_moves_in_after_a_stop_joins_those_who_are_there() -> None:
    sandbox, streets = Sandbox(limits=NO_LIMITS), street()
    async with serve(sandbox) as address, scripted_bot(address, sandbox.token):
        for size in (3, 5):
            streets.move_in(address, size)
            await until(lambda: everybody_answered(streets))
            await streets.stop()
            assert not streets.facts()["running"]
    assert len(streets.people()) == len(sandbox.room.world.people) == 8


def test_a_room_that_was_never_kept_is_new(tmp_path: Path) -> None:
    assert take_up_room(Sandbox().room, tmp_path / "room") is None


def test_numbers_a_bot_may_know_are_never_given_away_again(tmp_path: Path) -> None:
    first, second = Sandbox().room, Sandbox().room
    keep_room(first, tmp_path / "room", neighbours=None)
    lost = first.world.new_person_id()
    take_up_room(second, tmp_path / "room")
    assert second.world.new_person_id() > lost


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_is_kept(stage: Stage) -> None:
    neighbours = Neighbours("http://127.0.0.1:9", size=0)
    mind = {"number": 0, "stage": stage.value, "volunteer": True}
    answer = {"number": 0, "stage": stage.value, "busy": False, "ended_by": None}
    kept = {"seed": 4, "size": 1, "people": {5: {**mind, "answers": {7: answer}}}}
    neighbours.take_up(kept)
    assert neighbours.kept() == kept
