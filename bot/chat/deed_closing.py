"""Closing questions: everybody who was asked about a deed sees what became of it, and who decided."""

from dataclasses import dataclass

from sqlmodel import Session
from telegram import Message as TelegramMessage

from bot.chat.deed_news import about
from bot.chat.deed_words import Words
from bot.chat.texts import texts
from bot.chat.turn import Turn
from bot.community import addresses
from bot.delivery import State, deliveries


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


def close_questions(turn: Turn, asked: tuple[Asked, ...], words: Words) -> None:
    """Put what became of it in place of the questions, soon, but for the one that was tapped.

    A question that a crash leaves as it was still answers its buttons: with who decided.
    """
    tapped = turn.query.message if turn.query else None
    here = (tapped.chat.id, tapped.message_id) if isinstance(tapped, TelegramMessage) else None
    for one in asked:
        if (one.chat_id, one.message_id) != here:
            turn.rewrite_soon(one.chat_id, one.message_id, words(texts(one.language)))
