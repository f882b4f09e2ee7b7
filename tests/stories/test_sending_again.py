"""Stories of what a coordinator sees of the messages: how long it takes, what failed, what is in doubt."""

from sqlalchemy import update
from sqlmodel import Session, col

from bot.callouts import show_anew
from bot.chat.house import House
from bot.chat.progress_words import duration, estimate
from bot.chat.texts import texts
from bot.delivery.models import Delivery, State
from bot.neighbourhood import SAMPLE, load
from tests.stories.test_calling_out import preview
from tests.stories.test_volunteers import board, call_out
from town import Town


def _lose(session: Session, chat_id: int, callout_id: int) -> None:
    """Make a question one of which nobody knows whether it arrived, as a crash would."""
    mine = update(Delivery).where(col(Delivery.chat_id) == chat_id, col(Delivery.tag).is_not(None))
    session.execute(mine.values(state=State.UNKNOWN, message_id=None))
    show_anew(session, callout_id)


async def test_what_is_in_doubt_is_shown_and_sent_again_once(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    await wei.hears("Can you come?")
    shown = await board(lin, "delivered 1")
    assert shown.button("🔁") is None
    number = (await town.rows("callout"))[0]["id"]
    await town.app.database.write(_lose, wei.person_id, number)
    shown = await board(lin, "❓ 1 message may or may not have arrived")
    assert "Sending again to 1 person" in await lin.taps("🔁")
    before = len(await wei.bubbles())
    await board(lin, "delivered 1")
    await lin.sees(lambda one: "As of" in one.text and "❓" not in one.text, "a board without doubt")
    assert len([one for one in await wei.bubbles() if "Can you come?" in one.text]) == 2, before
    assert "Nothing is left" in await lin.taps_again(shown, "🔁")
    assert (await town.acts()).count("send-again") == 1


async def test_only_who_may_call_out_sends_again_and_only_while_it_is_open(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    asked = await wei.hears("Can you come?")
    number = (await town.rows("callout"))[0]["id"]
    assert "does not allow" in await wei.sends_data(asked.message_id, f"cc:{number}", forge=True)
    shown = await board(lin, "delivered 1")
    await lin.taps("🏁")
    await lin.hears("Stood down")
    answer = await lin.sends_data(shown.message_id, f"cc:{number}", forge=True)
    assert "stood down" in answer
    assert "send-again" not in await town.acts()


async def test_why_a_message_failed_is_said_in_words(town: Town) -> None:
    wei, ann = await town.resident("Wei", team="clinic"), await town.resident("Ann", team="clinic")
    lin = await town.coordinator("Lin", language="zh")
    for phone, why in ((wei, "bot was blocked by the user"), (ann, "user is deactivated")):
        fault = {"method": "sendMessage", "status": 403, "description": f"Forbidden: {why}"}
        await town.client.post("/sim/faults", json={**fault, "chat_id": phone.person_id})
    await lin.says("/callout elderly")
    await lin.sees(lambda one: "⏱ 通知到" in one.text, "an estimate")
    await lin.taps("🚨")
    why = ("没有送到", "1 人停用了机器人", "1 人不用 Telegram 了")
    await lin.sees(lambda one: all(words in one.text for words in why), "a board that says why")


async def test_the_preview_says_how_long_it_takes(town: Town) -> None:
    await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await preview(lin, "⏱ 1 person: about 1 s")


def test_five_thousand_people_take_two_minutes_and_forty_seven_seconds() -> None:
    house = House(load(SAMPLE), bot_id=1, bot_username="linli_bot", per_second=30)
    said = estimate(texts("en"), house, people=5000, ahead=5000)
    assert said == "⏱ 5000 people: about 2 min 47 s"
    assert estimate(texts("zh"), house, people=5000, ahead=5000) == "⏱ 通知到 5000 人大约要 2 分 47 秒"
    assert duration(texts("en"), 3900) == "1 h 5 min"
