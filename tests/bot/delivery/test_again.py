"""Sending again what is in doubt: once, in time, and never what was taken back."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.delivery import Lane, Message, Recipient, State, enqueue, erase_said, progress, withdraw
from bot.delivery.again import SHOWN_FOR, all_in_doubt, in_doubt, send_again, send_one_again
from bot.delivery.claims import Room, recover
from tests.bot.delivery.taking import claim

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


def test_everything_in_doubt_is_listed_and_each_sent_again_once(session: Session) -> None:
    doubtful(session, "a", 1, 2)
    doubtful(session, "b", 3, expires_at=NOW + timedelta(hours=12))
    assert [(one.key, one.tag, one.possible) for one in all_in_doubt(session, NOW)] == [
        ("b", 3, True),
        ("a", 2, True),
        ("a", 1, True),
    ]
    late = all_in_doubt(session, LATER)[0]
    assert (late.key, late.possible) == ("b", False)
    assert not send_one_again(session, delivery_id=late.delivery_id, now=LATER)
    for one in all_in_doubt(session, NOW):
        assert send_one_again(session, delivery_id=one.delivery_id, now=NOW)
        assert not send_one_again(session, delivery_id=one.delivery_id, now=NOW)
    assert all_in_doubt(session, NOW) == ()
    assert len(claim(session, Room(0, 4, 4), NOW)) == 3


def test_what_is_too_late_is_shown_for_a_week(session: Session) -> None:
    doubtful(session, "a", 1, expires_at=LATER)
    doubtful(session, "b", 2)
    assert len(all_in_doubt(session, NOW + SHOWN_FOR - timedelta(seconds=1))) == 2
    assert [one.key for one in all_in_doubt(session, NOW + SHOWN_FOR)] == ["b"]
    assert not send_one_again(session, delivery_id=999, now=NOW)
