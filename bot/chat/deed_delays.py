"""What is said of deeds that nobody decides on: reminders, who is asked next, and that all were asked."""

from datetime import datetime

from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.deed_news import OTHERS_DUE, REMIND_DUE, put_due, tell_verifiers
from bot.chat.deed_words import ask_again, verifier_name, what
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.deeds import (
    PASS_ON_AFTER,
    REMIND_AFTER,
    DeedPassedOn,
    DeedReminded,
    DeedUnheard,
    DeedUnheardOf,
    stage,
)
from bot.delivery import Button, Lane, Message
from points.deeds import DeedState

STILL_DUE = "deed.still"


@announces(DeedReminded)
def reminded(session: Session, event: DeedReminded, house: House, now: datetime) -> None:
    """Ask again; where there is nobody to ask, look again tomorrow."""
    card, deed = event.card, event.card.deed
    key = f"deed:{deed.deed_id}:reminded:{stage(deed)}:{now.date().isoformat()}"

    def to_claimant(t: Texts) -> Message:
        html = t.rich(
            "deed.reminded",
            by=verifier_name(t, card, deed.asked_by),
            what=what(t, deed),
            question=deed.question or "",
        )
        return Message(html, one_a_row(Button(t("deed.button_answer"), f"dw:{deed.deed_id}")))

    tell(session, event.claimant, key=f"{key}:claimant", words=to_claimant, now=now, lane=Lane.ROUTINE)
    tell_verifiers(session, card, event.asked, key, lambda t: ask_again(t, house, card), now)
    if not event.asked and not event.claimant:
        put_due(session, REMIND_DUE, card, now, REMIND_AFTER, mark=now.date().isoformat())


@announces(DeedPassedOn)
def passed_on(session: Session, event: DeedPassedOn, house: House, now: datetime) -> None:
    """Ask those who are asked now, and say so to whose deed it is."""
    card, deed = event.card, event.card.deed
    key = f"deed:{deed.deed_id}:passed-on:{stage(deed)}:{deed.tier.value}"
    tell_verifiers(session, card, event.asked, key, lambda t: ask_again(t, house, card), now)

    says = "deed.passed_on_unanswered" if deed.state is DeedState.ASKED else "deed.passed_on"

    def words(t: Texts) -> Message:
        return Message(t.rich(says, what=what(t, deed)))

    tell(session, event.claimant, key=f"{key}:claimant", words=words, now=now, lane=Lane.ROUTINE)
    put_due(session, OTHERS_DUE, card, now, PASS_ON_AFTER, mark=deed.tier.value)


@announces(DeedUnheard)
def unheard(session: Session, event: DeedUnheard, house: House, now: datetime) -> None:
    """Remind the last who were asked, day by day; then say to whose deed it is that it still waits."""
    card, deed, community = event.card, event.card.deed, house.neighbourhood.community
    key = f"deed:{deed.deed_id}:still:{stage(deed)}:{event.times}"
    tell_verifiers(session, card, event.asked, key, lambda t: ask_again(t, house, card), now)

    def words(t: Texts) -> Message:
        facts = {"operator": t.name(community.operators), "phone": community.phone}
        return Message(t.rich("deed.still_waits", what=what(t, deed), **facts))

    tell(session, event.claimant, key=f"{key}:claimant", words=words, now=now, lane=Lane.ROUTINE)
    if not event.over:
        put_due(session, STILL_DUE, card, now, REMIND_AFTER, mark=str(event.times))


@announces(DeedUnheardOf)
def unheard_of(session: Session, event: DeedUnheardOf, _: House, now: datetime) -> None:
    """Look again for somebody to ask; they are reminded as anybody."""
    put_due(session, OTHERS_DUE, event.card, now, PASS_ON_AFTER, mark=now.isoformat())
