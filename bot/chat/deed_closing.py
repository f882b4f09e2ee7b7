"""Closing questions: everybody who was asked about a deed sees what became of it, and who decided."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from telegram import Message as TelegramMessage

from bot.chat.deed_news import about, tell_verifiers
from bot.chat.deed_words import Words, objection
from bot.chat.texts import texts
from bot.chat.turn import Turn
from bot.community import addresses
from bot.deeds import deed_card
from bot.delivery import Recipient, State, deliveries, rewrite, withdraw
from points.deeds import deed


@dataclass(frozen=True)
class Asked:
    """One message that asks somebody to decide, and the language it is read in."""

    chat_id: int
    message_id: int
    language: str


def questions_about(session: Session, deed_id: int) -> tuple[Asked, ...]:
    """Give every message by which somebody was asked about a deed."""
    sent = [one for one in deliveries(session, about(deed_id)) if one.state is State.SENT]
    people = addresses(session, [one.tag for one in sent if one.tag is not None])
    return tuple(
        Asked(one.chat_id, one.message_id, people[one.tag].language)
        for one in sent
        if one.message_id is not None and one.tag in people
    )


def ask_without_name(session: Session, deed_id: int, *, now: datetime) -> None:
    """Let whoever was asked about an objection read it as it is now that who objected is nameless."""
    card = deed_card(session, deed(session, deed_id))
    asked = deliveries(session, about(deed_id))
    unsent = [one.tag for one in asked if one.state is State.QUEUED and one.tag is not None]
    withdraw(session, about(deed_id), now)
    people = addresses(session, [one.tag for one in asked if one.tag is not None])
    for person in people.values():
        if person.chat_id is not None:
            nameless = objection(texts(person.language), card)
            to = Recipient(person.chat_id, person.language, person.resident_id)
            since = card.deed.objected_at  # what was asked before was another question
            rewrite(session, about=about(deed_id), to=to, message=nameless, now=now, since=since)
    again = [person for number, person in people.items() if number in unsent]
    key = f"deed:{deed_id}:ask:nameless:{now.isoformat()}"
    tell_verifiers(session, card, again, key, lambda t: objection(t, card), now)


def close_questions(turn: Turn, asked: tuple[Asked, ...], words: Words) -> None:
    """Put what became of it in place of the questions, soon, but for the one that was tapped.

    A question that a crash leaves as it was still answers its buttons: with who decided.
    """
    tapped = turn.query.message if turn.query else None
    here = (tapped.chat.id, tapped.message_id) if isinstance(tapped, TelegramMessage) else None
    for one in asked:
        if (one.chat_id, one.message_id) != here:
            turn.rewrite_soon(one.chat_id, one.message_id, words(texts(one.language)))
