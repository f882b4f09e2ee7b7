"""What is put into the outbox: once a key, once a chat, and never more than Telegram takes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from bot.delivery import (
    Button,
    Lane,
    Message,
    MessageError,
    NoRendering,
    Recipient,
    State,
    deliveries,
    enqueue,
    erase_said,
    forget_chat,
    progress,
    still_open,
    withdraw,
)
from bot.delivery.messages import buttons_from_json, buttons_to_json
from bot.delivery.models import Broadcast, Delivery, Rendering

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXTS = {"zh": Message("马上来"), "en": Message("Come <b>now</b>", ((Button("✅ On my way", "a:1"),),))}


def call(
    session: Session, key: str = "callout:1", chats: tuple[int, ...] = (1, 2, 3), lane: Lane = Lane.EMERGENCY
) -> int:
    to = [Recipient(chat, "zh" if chat % 2 else "en", tag=10 * chat) for chat in chats]
    return enqueue(session, key=key, lane=lane, renderings=TEXTS, to=to, now=NOW, about="callout:1")


def test_the_same_key_promises_once(session: Session) -> None:
    assert call(session) == call(session)
    assert progress(session, "callout:1").counts == {State.QUEUED: 3}


def test_a_chat_named_twice_hears_it_once_and_in_order(session: Session) -> None:
    call(session, chats=(5, 4, 5, 6))
    found = deliveries(session, "callout:1")
    assert [each.chat_id for each in found] == [5, 4, 6]
    assert [each.tag for each in found] == [50, 40, 60]


def test_who_reads_a_language_nobody_wrote_is_told_at_once(session: Session) -> None:
    with pytest.raises(NoRendering, match="'fr'"):
        enqueue(session, key="x", lane=Lane.BULK, renderings=TEXTS, to=[Recipient(1, "fr")], now=NOW)


def test_nobody_to_tell_is_no_error(session: Session) -> None:
    call(session, chats=())
    assert progress(session, "callout:1").total == 0


def test_what_is_unsent_can_be_withdrawn(session: Session) -> None:
    call(session)
    assert withdraw(session, "callout:1", NOW) == 3
    assert withdraw(session, "callout:1", NOW) == 0
    assert progress(session, "callout:1")[State.WITHDRAWN] == 3


def test_what_a_person_asked_to_forget_is_gone_with_what_only_they_were_told(session: Session) -> None:
    call(session)
    call(session, key="code:9", chats=(2,), lane=Lane.OWN_ACT)
    assert forget_chat(session, 2) == 2
    assert [each.chat_id for each in deliveries(session, "callout:1")] == [1, 3]
    assert session.execute(select(col(Broadcast.key))).scalars().all() == ["callout:1"]
    assert session.execute(select(func.count()).select_from(Rendering)).scalar_one() == 2


def test_ten_thousand_are_promised_in_half_a_second(session: Session) -> None:
    call(session, key="warm")
    to = [Recipient(chat, "zh") for chat in range(10_000)]
    enqueue(session, key="all", lane=Lane.EMERGENCY, renderings=TEXTS, to=to, now=NOW)
    count = session.execute(select(func.count()).select_from(Delivery)).scalar_one()
    assert count == 10_003


@pytest.mark.parametrize(
    ("label", "data", "url"),
    [
        ("", "a", None),
        ("  ", "a", None),
        ("A", None, None),
        ("A", "a", "https://x"),
        ("A", "", None),
        ("A", "好" * 22, None),
    ],
)
def test_buttons_telegram_would_refuse_are_refused_here(
    label: str, data: str | None, url: str | None
) -> None:
    with pytest.raises(MessageError):
        Button(label, data, url)


def test_texts_telegram_would_refuse_are_refused_here() -> None:
    with pytest.raises(MessageError):
        Message("<b> </b>")
    with pytest.raises(MessageError):
        Message("x", photo=b"1", document=b"2")


def test_marks_and_entities_do_not_count_as_length() -> None:
    Message("<b>" + "&lt;" * 4096 + "</b>")
    Message("", photo=b"1")


def test_buttons_come_back_as_they_were() -> None:
    rows = ((Button("✅ 马上到", "a:1"),), (Button("🗺", url="https://example.org"),))
    assert buttons_from_json(buttons_to_json(rows)) == rows


def test_a_moment_keeps_its_zone(session: Session) -> None:
    until = NOW + timedelta(minutes=5)
    enqueue(session, key="k", lane=Lane.BULK, renderings=TEXTS, to=[], now=NOW, expires_at=until)
    assert session.execute(select(col(Broadcast.expires_at))).scalar_one() == until


def test_texts_are_erased_once_nobody_waits_for_them(session: Session) -> None:
    first = enqueue(
        session,
        key="old",
        lane=Lane.ROUTINE,
        renderings={"en": Message("Hello Ann")},
        to=[Recipient(1, "en")],
        now=NOW,
    )
    later = NOW + timedelta(days=3)
    assert erase_said(session, before=later) == 0
    assert [still_open(session, before=moment) for moment in (NOW, later)] == [False, True]
    session.execute(update(Delivery).where(col(Delivery.broadcast_id) == first).values(state=State.SENT))
    assert erase_said(session, before=NOW) == 0
    assert erase_said(session, before=later) == 1
    assert not still_open(session, before=later)
