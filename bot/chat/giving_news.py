"""What gifts and area funds announce: to who receives, who is asked to agree, and who proposed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.giving_words import about
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.public_lines import announce_paid
from bot.chat.telling import tell
from bot.chat.texts import Texts, texts
from bot.delivery import Button, Message, Recipient, rewrite
from bot.delivery import withdraw as withdraw_unsent
from bot.giving import (
    GiftGiven,
    SpendingAgreed,
    SpendingDone,
    SpendingLapsed,
    SpendingProposed,
    SpendingRefused,
    SpendingWithdrawn,
    lapse_spending,
)
from bot.schedule import put

LAPSE_DUE = "fund.lapse"


@announces(GiftGiven)
def given(session: Session, event: GiftGiven, _: House, now: datetime) -> None:
    """Tell a neighbour what came, and from whom if that is shown."""
    gift = event.gift

    def words(t: Texts) -> Message:
        facts: dict[str, str | int] = {
            "name": event.giver or t("gift.somebody"),
            "amount": gift.amount,
            "balance": gift.received,
        }
        return Message(t.rich("gift.received", **facts), one_a_row(Button(t("command.points"), "h:points")))

    if gift.new:
        tell(session, event.receiver, key=f"{gift.key}:told", words=words, now=now)


@announces(SpendingProposed)
def proposed(session: Session, event: SpendingProposed, _: House, now: datetime) -> None:
    """Ask those who may agree, and note when it lapses."""
    one = event.card.spending

    def words(t: Texts) -> Message:
        buttons = one_a_row(
            Button(t("fund.button_agree"), f"gc:{one.spending_id}"),
            Button(t("fund.button_refuse"), f"gd:{one.spending_id}"),
        )
        return Message(about(t, event.card, "fund.ask_second"), buttons)

    key = _about(one.spending_id)
    tell(session, event.asked, key=f"{key}:ask", words=words, now=now, about=key, until=one.lapses_at)
    facts = {"spending_id": one.spending_id}
    put(session, key=f"{LAPSE_DUE}:{one.spending_id}", kind=LAPSE_DUE, at=one.lapses_at, facts=facts)


@announces(SpendingAgreed)
def agreed(session: Session, event: SpendingAgreed, _: House, now: datetime) -> None:
    """Tell who proposed it and the area's groups, and put who agreed into the questions."""
    _close(session, event, "fund.was_agreed", now)
    announce_paid(session, event, now)


@announces(SpendingRefused)
def refused(session: Session, event: SpendingRefused, _: House, now: datetime) -> None:
    """Tell who proposed it, and put who refused into the questions."""
    _close(session, event, "fund.was_refused", now)


@announces(SpendingLapsed)
def lapsed(session: Session, event: SpendingLapsed, _: House, now: datetime) -> None:
    """Tell who proposed it that nobody decided."""
    _close(session, event, "fund.was_lapsed", now)


@announces(SpendingWithdrawn)
def withdrawn(session: Session, event: SpendingWithdrawn, _: House, now: datetime) -> None:
    """Say so in the questions; who took it back knows."""
    _close(session, event, "fund.was_withdrawn", now, tell_proposer=False)


def lapse(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> object:
    """End a proposal that nobody decided in time."""
    return lapse_spending(session, spending_id=int(facts["spending_id"]), now=now)


def _close(
    session: Session, event: SpendingDone, key: str, now: datetime, *, tell_proposer: bool = True
) -> None:
    one = event.card.spending
    withdraw_unsent(session, _about(one.spending_id), now)
    for person in event.asked:
        if person.chat_id is not None and person.resident_id != one.decided_by:
            rewrite(
                session,
                about=_about(one.spending_id),
                to=Recipient(person.chat_id, person.language, person.resident_id),
                message=Message(about(texts(person.language), event.card, key)),
                now=now,
            )
    if tell_proposer:
        done = f"{_about(one.spending_id)}:done"
        tell(session, event.proposer, key=done, words=lambda t: Message(about(t, event.card, key)), now=now)


def _about(spending_id: int) -> str:
    """Name the messages that ask somebody to decide about a proposal."""
    return f"spending:{spending_id}"
