"""Sending again what is in doubt: once, in time, and never what was taken back."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.delivery import Lane, Message, Recipient, State, enqueue, erase_said, progress, withdraw
from bot.delivery.again import in_doubt, send_again
from bot.delivery.claims import Room, claim, recover

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=13)


def doubtful(session: Session, about: str, *chats: int, expires_at: datetime | None = None) -> None:
    to = [Recipient(chat, "en", tag=chat) for chat in chats]
    text = {"en": Message(about)}
    enqueue(
        session,
        key=about,
        lane=Lane.ROUTINE,
        renderings=text,
        to=to,
        now=NOW,
        about=about,
        expires_at=expires_at,
    )
    claim(session, Room(0, len(chats), len(chats)), NOW)
    recover(session, NOW)


def test_what_is_in_doubt_is_sent_again_once(session: Session) -> None:
    doubtful(session, "a", 1, 2)
    first = send_again(session, about="a", now=NOW)
    assert len(first) == 2
    assert progress(session, "a").counts == {State.QUEUED: 2}
    assert send_again(session, about="a", now=NOW) == ()
    assert sorted(each.chat_id for each in claim(session, Room(0, 4, 4), NOW)) == [1, 2]


def test_one_of_them_can_be_named(session: Session) -> None:
    doubtful(session, "a", 1, 2)
    first, second = in_doubt(session, "a", NOW)
    assert (first.tag, second.tag) == (1, 2)
    assert send_again(session, about="a", now=NOW, only=[second.delivery_id]) == (second.delivery_id,)
    assert [each.tag for each in in_doubt(session, "a", NOW)] == [1]


def test_what_is_too_late_stays_in_doubt(session: Session) -> None:
    doubtful(session, "a", 1, expires_at=NOW + timedelta(hours=12))
    assert [each.possible for each in in_doubt(session, "a", LATER)] == [False]
    assert send_again(session, about="a", now=LATER) == ()


def test_what_was_withdrawn_or_erased_is_not_sent_again(session: Session) -> None:
    doubtful(session, "withdrawn", 1)
    doubtful(session, "erased", 2)
    withdraw(session, "withdrawn", NOW)
    erase_said(session, before=LATER)
    assert (
        send_again(session, about="withdrawn", now=NOW) == send_again(session, about="erased", now=NOW) == ()
    )
    assert progress(session, "erased")[State.UNKNOWN] == 1
