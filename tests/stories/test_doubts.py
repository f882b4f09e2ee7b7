"""Stories of messages that may not have arrived: seen at /board, sent again once by a coordinator."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.chat.telling import tell
from bot.community import PersonAddress, addresses
from bot.delivery import Message, bind_chat
from bot.delivery.models import Broadcast, Delivery, State
from bot.sandbox.handset import Handset
from town import Town


def _say(session: Session, key: str, resident_id: int, now: datetime) -> None:
    to: list[PersonAddress] = list(addresses(session, [resident_id]).values())
    tell(session, to, key=key, words=lambda _: Message(f"words of {key}"), now=now)


def _lose(session: Session, key: str) -> int:
    """Make a message one of which nobody knows whether it arrived, as a crash would."""
    ids = select(col(Broadcast.id)).where(col(Broadcast.key) == key)
    mine = update(Delivery).where(col(Delivery.broadcast_id).in_(ids))
    lost = mine.values(state=State.UNKNOWN, message_id=None).returning(col(Delivery.id))
    return int(session.execute(lost).scalar_one())


async def lost(town: Town, key: str, phone: Handset) -> int:
    """Somebody got a message of this kind, and the bot cannot say so."""
    who = (await town.person(phone)).resident_id
    await town.app.database.write(_say, key, who, town.clock.now())
    await phone.hears(f"words of {key}")
    return await town.app.database.write(_lose, key)


async def test_what_is_in_doubt_is_seen_at_the_board_and_sent_again_once(town: Town) -> None:
    wei = await town.resident("Wei", language="zh")
    lin = await town.coordinator("Lin")
    await lost(town, "dispute:5:decided", wei)
    number = await lost(town, "home:left:1", wei)
    await lin.says("/board")
    await lin.hears("No call-out is open")
    await lin.taps("❓ Maybe not arrived: 2")
    shown = await lin.hears("2 messages may or may not have arrived")
    labels = [row[0] for row in shown.buttons]
    assert [label.split(" · ")[:2] for label in labels] == [
        ["🔁 Wei", "who lives together"],
        ["🔁 Wei", "an answer to a complaint"],
    ]
    assert "words of" not in shown.text + "".join(labels)
    assert "Sending it again" in await lin.taps("🔁 Wei · who")
    await lin.hears("1 message may or may not have arrived")
    await town.later(seconds=1)
    await wei.sees(lambda one: "home:left" in one.text, "it came again")
    assert "again before" in await lin.sends_data(shown.message_id, f"c5:{number}:0", forge=True)
    assert len([one for one in await wei.bubbles() if "home:left" in one.text]) == 2
    acts = [row for row in await town.rows("audit_entry") if row["act"] == "send-again"]
    assert len(acts) == 1
    assert acts[0]["about_id"] == (await town.person(wei)).resident_id


async def test_only_coordinators_of_the_place_see_and_send(town: Town) -> None:
    wei = await town.resident("Wei", area="b1")
    far = await town.coordinator("Far", area="g2", language="zh")
    near = await town.coordinator("Near", area="g1")
    number = await lost(town, "home:left:1", wei)
    heard = await wei.hears("words of")
    for data in ("c4", f"c5:{number}:0", "c6:0"):
        assert "does not allow" in await wei.sends_data(heard.message_id, data, forge=True)
    await far.says("/board")
    none = await far.sees(lambda one: "没有" in one.text, "no call-out")
    assert none.button("❓") is None
    assert "再发过了" in await far.sends_data(none.message_id, f"c5:{number}:0", forge=True)
    assert "send-again" not in await town.acts()
    await near.says("/board")
    await near.taps("❓ Maybe not arrived: 1")
    await near.taps("🔁 Wei")
    await near.hears("Nothing is in doubt any more")


async def test_what_is_too_late_says_so_and_many_are_paged(town: Town) -> None:
    wei = await town.resident("Wei")
    lin = await town.coordinator("Lin", language="zh")
    numbers = [await lost(town, f"home:left:{n}", wei) for n in range(9)]
    await town.app.database.write(_past, numbers[8], town.clock.now() - timedelta(minutes=1))
    await lin.says("/board")
    await lin.taps("❓ 可能没送到 9 条")
    shown = await lin.hears("9 条不知道有没有送到")
    assert [row[0][:1] for row in shown.buttons] == ["☎", *"🔁🔁🔁🔁🔁🔁🔁", "▶"]
    assert "打电话" in await lin.taps("☎️ Wei")
    await lin.taps("▶️")
    await lin.sees(lambda one: len(one.buttons) == 2, "the second page")


async def test_a_group_is_named_by_its_title(town: Town) -> None:
    lin = await town.coordinator("Lin")
    await town.app.database.write(_post, town.clock.now())
    await lin.says("/board")
    await lin.taps("❓ Maybe not arrived: 1")
    shown = await lin.hears("1 message may or may not")
    assert shown.buttons[0][0].startswith("🔁 Stairs 3 · the leaderboard")


def _past(session: Session, delivery_id: int, at: datetime) -> None:
    session.execute(update(Delivery).where(col(Delivery.id) == delivery_id).values(expires_at=at))


def _post(session: Session, now: datetime) -> None:
    bind_chat(session, chat_id=-77, title="Stairs 3", area_id=1, language="en", by=1, now=now)
    to = [PersonAddress(0, -77, "en", "")]
    tell(session, to, key="leaderboard:2026-11:g1", words=lambda _: Message("boards"), now=now)
    _lose(session, "leaderboard:2026-11:g1")
    session.execute(update(Delivery).values(tag=None))
