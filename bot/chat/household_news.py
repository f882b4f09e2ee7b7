"""Telling the others of a household what happened in it."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.chat.keyboards import one_a_row
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import addresses
from bot.delivery import Button, Message


def tell_home(
    session: Session, whom: Iterable[int], *, key: str, sentence: str, names: tuple[str, ...], now: datetime
) -> None:
    """Promise one sentence about these names to each of these residents who has a chat."""

    def words(t: Texts) -> Message:
        text = t.rich(sentence, names=t("list.comma").join(names))
        return Message(text, one_a_row(Button(t("command.household"), "hh")))

    tell(session, addresses(session, whom).values(), key=key, words=words, now=now)
