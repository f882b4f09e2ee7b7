"""Stories of a red call-out to many people: a second coordinator agrees, refuses or is too late; and ⚡."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.sandbox.handset import Bubble, Handset
from town import Town


@dataclass(frozen=True)
class Watch:
    """Two coordinators and two volunteers: more than one person to call."""

    lin: Handset
    guo: Handset
    wei: Handset
    ann: Handset


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"second_person_over = 50": "second_person_over = 1"}


@pytest.fixture
async def watch(town: Town) -> Watch:
    return Watch(
        lin=await town.coordinator("Lin"),
        guo=await town.coordinator("Guo"),
        wei=await town.resident("Wei", team="fire"),
        ann=await town.resident("Ann", team="fire"),
    )


async def states(town: Town) -> list[str]:
    return [row["state"] for row in await town.rows("callout")]


async def sends(watch: Watch) -> Bubble:
    await watch.lin.says("/callout fire The kitchen of building 3 burns")
    await watch.lin.sees(lambda one: "another coordinator must agree" in one.text, "the preview that says so")
    await watch.lin.taps("🚨")
    return await watch.lin.hears("Waiting for a second coordinator", "Guo", "10:10")


async def asked_to_decide(phone: Handset) -> Bubble:
    return await phone.hears("Please decide: Lin wants to call 2 people", "The kitchen of building 3 burns")


async def test_the_second_one_agrees_and_it_goes_out(town: Town, watch: Watch) -> None:
    waiting = await sends(watch)
    question = await asked_to_decide(watch.guo)
    assert await states(town) == ["awaiting-approval"]
    assert not await town.rows("ask")
    await watch.guo.taps("✅")
    await watch.wei.hears("The kitchen of building 3 burns")
    await watch.lin.hears("Guo agreed")
    await watch.lin.sees(lambda one: one.message_id == waiting.message_id and not one.buttons, "no ⚡ left")
    await watch.lin.sees(lambda one: one.button("🏁") is not None, "the board")
    assert "decided already" in await watch.guo.taps_again(question, "⛔")
    assert "decided already" in await watch.lin.taps_again(waiting, "⚡")
    assert await states(town) == ["open"]
    assert {"ask-second-coordinator", "approve-call-out"} <= set(await town.acts())


async def test_the_second_one_refuses_and_nothing_goes_out(town: Town, watch: Watch) -> None:
    await sends(watch)
    question = await asked_to_decide(watch.guo)
    await watch.guo.taps("⛔")
    await watch.lin.hears("Guo refused", "nothing was sent")
    assert "decided already" in await watch.guo.taps_again(question, "✅")
    assert await states(town) == ["refused"]
    assert not await town.rows("ask")
    assert "refuse-call-out" in await town.acts()


async def test_without_an_answer_it_lapses_visibly(town: Town, watch: Watch) -> None:
    waiting = await sends(watch)
    question = await asked_to_decide(watch.guo)
    await town.later(minutes=11)
    await watch.lin.hears("Nobody decided")
    await watch.guo.hears("Nobody decided")
    for phone, message in ((watch.lin, waiting), (watch.guo, question)):
        await phone.sees(
            lambda one, it=message: one.message_id == it.message_id and not one.buttons, "closed"
        )
    for phone, message, sign in ((watch.guo, question, "✅"), (watch.lin, waiting, "⚡")):
        assert "lapsed" in await phone.taps_again(message, sign)
    assert await states(town) == ["lapsed"]
    assert not await town.rows("ask")


async def test_it_lapses_while_the_bot_is_down_too(town: Town, watch: Watch) -> None:
    await sends(watch)
    question = await asked_to_decide(watch.guo)
    await town.close()
    town.clock.wind(minutes=11)
    await town.open()
    await watch.lin.hears("Nobody decided")
    assert "lapsed" in await watch.guo.taps_again(question, "✅")
    assert await states(town) == ["lapsed"]


async def test_the_first_one_cannot_be_the_second(town: Town, watch: Watch) -> None:
    waiting = await sends(watch)
    number = (await town.rows("callout"))[0]["id"]
    for kind in ("cy", "cn"):
        assert "Another" in await watch.lin.sends_data(waiting.message_id, f"{kind}:{number}", forge=True)
    assert await states(town) == ["awaiting-approval"]


async def test_danger_to_life_goes_out_after_two_taps(town: Town, watch: Watch) -> None:
    await watch.lin.says("/callout fire The kitchen of building 3 burns")
    await watch.lin.taps("⚡", on="must agree")
    await watch.lin.hears("Danger to life", "2 people")
    assert not await town.rows("callout")
    await watch.lin.taps("⚡ 2")
    await watch.wei.hears("The kitchen of building 3 burns")
    await watch.guo.hears("Lin sent", "alone")
    assert [row["review_open"] for row in await town.rows("callout")] == [True]
    assert "send-call-out-alone" in await town.acts()


async def test_danger_to_life_while_waiting(town: Town, watch: Watch) -> None:
    await sends(watch)
    question = await asked_to_decide(watch.guo)
    await watch.lin.taps("⚡")
    await watch.lin.taps("⚡ 2")
    await watch.ann.hears("The kitchen of building 3 burns")
    await watch.guo.hears("Lin sent", "alone")
    assert "decided already" in await watch.guo.taps_again(question, "✅")
    assert len([one for one in await watch.ann.bubbles() if "kitchen" in one.text]) == 1


async def test_another_coordinator_cannot_use_the_firsts_lightning(town: Town, watch: Watch) -> None:
    await sends(watch)
    question = await asked_to_decide(watch.guo)
    number = (await town.rows("callout"))[0]["id"]
    assert await watch.guo.sends_data(question.message_id, f"cz:{number}:2", forge=True)
    assert await states(town) == ["awaiting-approval"]


async def test_no_second_coordinator_is_said_beforehand(town: Town) -> None:
    lin = await town.coordinator("Lin")
    for name in ("Wei", "Ann"):
        await town.resident(name, team="fire")
    await lin.says("/callout fire")
    shown = await lin.sees(lambda one: one.button("🚨") is not None, "the preview")
    assert "there is none to reach" in shown.text
    assert shown.button("⚡")


async def test_one_person_more_or_a_lower_level_needs_nobody(town: Town, watch: Watch) -> None:
    await watch.lin.says("/callout gas")
    shown = await watch.lin.sees(lambda one: one.button("🚨") is not None, "the preview")
    assert shown.button("⚡") is None
    await watch.lin.taps("🚨")
    await watch.wei.hears("Smell of gas")


async def test_an_exercise_rehearses_the_approval_and_says_so(town: Town, watch: Watch) -> None:
    await watch.lin.says("/callout fire The kitchen of building 3 burns")
    await watch.lin.taps("🧪")
    await watch.lin.taps("🧪", on="EXERCISE")
    for phone, words in ((watch.guo, "Please decide"), (watch.lin, "Waiting for")):
        assert (await phone.hears(words)).text.startswith("🧪 EXERCISE")
    await watch.guo.taps("✅")
    for phone, words in ((watch.lin, "Guo agreed"), (watch.wei, "kitchen"), (watch.guo, "You agreed")):
        assert (await phone.hears(words)).text.startswith("🧪 EXERCISE")


async def test_the_question_survives_a_restart(town: Town, watch: Watch) -> None:
    await sends(watch)
    await asked_to_decide(watch.guo)
    await town.restart()
    await watch.guo.taps("✅")
    await watch.wei.hears("The kitchen of building 3 burns")


async def test_an_exercise_says_so_in_every_refusal_too(town: Town, watch: Watch) -> None:
    await watch.lin.says("/callout fire The kitchen of building 3 burns")
    await watch.lin.taps("🧪")
    await watch.lin.taps("🧪", on="EXERCISE")
    waiting = await watch.lin.hears("Waiting for a second coordinator")
    question = await asked_to_decide(watch.guo)
    number = (await town.rows("callout"))[0]["id"]
    told = [await watch.lin.sends_data(waiting.message_id, f"cy:{number}", forge=True)]
    await watch.guo.taps("✅")
    asked = await watch.wei.hears("EXERCISE", "The kitchen of building 3 burns")
    told.append(await watch.guo.taps_again(question, "⛔"))
    told.append(await watch.lin.taps_again(waiting, "⚡"))
    told.append(await watch.wei.sends_data(asked.message_id, f"cd:{number}", forge=True))
    told.append(await watch.guo.sends_data(question.message_id, f"ca:{number}:y", forge=True))
    assert [answer for answer in told if not answer.startswith("🧪 EXERCISE")] == []
