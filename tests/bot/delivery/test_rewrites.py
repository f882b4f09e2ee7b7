"""What was sent and shall read differently: the newest words win, and nothing is lost where it cannot be."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.delivery import Button, Lane, Message, Recipient, enqueue, forget_chat, rewrite
from bot.delivery.models import Broadcast, Delivery, Rendering, Rewrite, State
from bot.delivery.rewrites import not_rewritten, rewrites_due, rewritten

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)
MEI = Recipient(101, "en", 1)
LATER = Message("received", ((Button("⚠️ No", "wd:1"),),))


def sent(session: Session, key: str, message_id: int | None, to: Recipient = MEI) -> None:
    """Promise a message, and have it sent, unless it has no number yet and still waits."""
    enqueue(
        session,
        key=key,
        lane=Lane.OWN_ACT,
        renderings={"en": Message("the code")},
        to=[to],
        now=NOW,
        about="redemption:1",
    )
    if message_id is not None:
        mine = select(col(Broadcast.id)).where(col(Broadcast.key) == key).scalar_subquery()
        done = update(Delivery).where(col(Delivery.broadcast_id) == mine)
        session.execute(done.values(state=State.SENT, message_id=message_id))


def promised(session: Session, message: Message = LATER, *, otherwise: Message | None = LATER) -> int:
    return rewrite(
        session,
        about="redemption:1",
        to=MEI,
        message=message,
        now=NOW,
        caption=True,
        otherwise=otherwise,
    )


def said(session: Session) -> list[str]:
    return list(session.execute(select(col(Rendering.text)).order_by(col(Rendering.id))).scalars())


def test_every_message_that_was_sent_to_this_chat_is_rewritten(session: Session) -> None:
    sent(session, "first", 11)
    sent(session, "again", 12)
    sent(session, "on its way", None)
    sent(session, "to another", 11, Recipient(102, "en"))
    assert promised(session) == 2
    due = rewrites_due(session)
    assert [(one.chat_id, one.message_id, one.caption, one.message) for one in due] == [
        (101, 11, True, LATER),
        (101, 12, True, LATER),
    ]
    for one in due:
        rewritten(session, one)
    assert rewrites_due(session) == ()


def test_what_is_on_its_way_is_rewritten_when_it_has_come(session: Session) -> None:
    sent(session, "first", None)
    session.execute(update(Delivery).values(state=State.SENDING))
    assert promised(session) == 1
    assert rewrites_due(session) == ()
    session.execute(update(Delivery).values(state=State.SENT, message_id=11))
    assert [one.message_id for one in rewrites_due(session)] == [11]


def test_where_nothing_was_sent_nothing_is_promised(session: Session) -> None:
    sent(session, "on its way", None)
    assert promised(session) == 0


def test_what_was_promised_meanwhile_is_still_to_be_done(session: Session) -> None:
    sent(session, "first", 11)
    promised(session)
    [old] = rewrites_due(session)
    promised(session, Message("good again"))
    rewritten(session, old)
    not_rewritten(session, old, NOW)
    [new] = rewrites_due(session)
    assert new.message.text == "good again"
    assert said(session) == ["the code"]


def test_what_cannot_be_edited_is_sent_anew_once_and_only_for_the_newest(session: Session) -> None:
    sent(session, "first", 11)
    sent(session, "again", 12)
    promised(session)
    for one in rewrites_due(session):
        not_rewritten(session, one, NOW + timedelta(seconds=1))
        not_rewritten(session, one, NOW + timedelta(seconds=2))
    assert said(session) == ["the code", "the code", "received"]
    assert session.execute(select(Rewrite)).first() is None


def test_what_is_told_elsewhere_is_not_sent_anew(session: Session) -> None:
    sent(session, "first", 11)
    promised(session, otherwise=None)
    [one] = rewrites_due(session)
    not_rewritten(session, one, NOW)
    assert said(session) == ["the code"]


def test_a_forgotten_chat_keeps_nothing_that_was_still_to_be_written(session: Session) -> None:
    sent(session, "first", 11)
    promised(session)
    forget_chat(session, 101)
    assert rewrites_due(session) == ()
