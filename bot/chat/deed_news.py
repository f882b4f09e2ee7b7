"""What deeds announce: the question to who verifies, what the claimant hears, what is due later."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.conversation import RESTING, Talk, remember, talk_of
from bot.chat.deed_words import objection, question, reason, verifier_name, what
from bot.chat.earning_words import earning, earning_html
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.public_lines import announce_listed
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import PersonAddress, Place, shown_names
from bot.deeds import (
    PASS_ON_AFTER,
    REMIND_AFTER,
    DeedAnswered,
    DeedAskedBack,
    DeedCard,
    DeedClaimed,
    DeedHalfAgreed,
    DeedListed,
    DeedObjected,
    DeedPaid,
    DeedRejected,
    DeedReopened,
    DeedUnpaid,
    stage,
)
from bot.delivery import Button, Lane, Message, withdraw
from bot.schedule import put
from points.deeds import DeedState, Origin

REMIND_DUE = "deed.remind"
OTHERS_DUE = "deed.others"
POST_DUE = "deed.post"


def about(deed_id: int) -> str:
    """Name the messages that ask somebody to decide about a deed."""
    return f"deed:{deed_id}"


def tell_verifiers(
    session: Session,
    card: DeedCard,
    people: Iterable[PersonAddress],
    key: str,
    words: Callable[[Texts], Message],
    now: datetime,
) -> None:
    """Ask people to decide, or remind them."""
    tell(session, people, key=key, words=words, now=now, lane=Lane.ROUTINE, about=about(card.deed.deed_id))


def put_due(
    session: Session, kind: str, card: DeedCard, now: datetime, after: timedelta, *, mark: str = ""
) -> None:
    """Note what is due about a deed, unless it went on by then; `mark` tells apart what comes again."""
    deed_id, at_stage = card.deed.deed_id, stage(card.deed)
    key = ":".join(filter(None, (kind, str(deed_id), at_stage, mark)))
    facts = {"deed_id": deed_id, "stage": at_stage, "mark": mark}
    put(session, key=key, kind=kind, at=now + after, facts=facts)


@announces(DeedClaimed)
def claimed(session: Session, event: DeedClaimed, house: House, now: datetime) -> None:
    """Ask those who verify, and note when they are reminded."""
    if event.new:
        _ask(session, event.card, event.asked, house, now)


@announces(DeedAnswered)
def answered(session: Session, event: DeedAnswered, house: House, now: datetime) -> None:
    """Ask again, with the answer."""
    withdraw(session, about(event.card.deed.deed_id), now)
    _ask(session, event.card, event.asked, house, now)


@announces(DeedHalfAgreed)
def half_agreed(session: Session, event: DeedHalfAgreed, house: House, now: datetime) -> None:
    """Ask for a second person."""
    withdraw(session, about(event.card.deed.deed_id), now)
    _ask(session, event.card, event.asked, house, now)


@announces(DeedReopened)
def reopened(session: Session, event: DeedReopened, house: House, now: datetime) -> None:
    """Ask anew, as who had begun is gone, and let the claimant know."""
    deed = event.card.deed
    withdraw(session, about(deed.deed_id), now)
    _ask(session, event.card, event.asked, house, now)

    def words(t: Texts) -> Message:
        return Message(t.rich("deed.reopened", what=what(t, deed)))

    tell(session, event.claimant, key=f"deed:{deed.deed_id}:reopened:{deed.round}", words=words, now=now)


@announces(DeedAskedBack)
def asked_back(session: Session, event: DeedAskedBack, house: House, now: datetime) -> None:
    """Put the question to the claimant, whose next text is the answer unless they are busy with another."""
    deed, card = event.card.deed, event.card

    def words(t: Texts) -> Message:
        html = t.rich(
            "deed.asked_back",
            by=verifier_name(t, card, deed.asked_by),
            what=what(t, deed),
            question=deed.question or "",
        )
        return Message(html, one_a_row(Button(t("deed.button_answer"), f"dw:{deed.deed_id}")))

    key = f"deed:{deed.deed_id}:asked:{deed.round}:{now.isoformat()}"
    tell(session, event.claimant, key=key, words=words, now=now)
    put_due(session, REMIND_DUE, card, now, REMIND_AFTER)
    put_due(session, OTHERS_DUE, card, now, PASS_ON_AFTER)
    for person in event.claimant:
        if person.chat_id is not None:
            talk = Talk("deed.asked", {"deed": deed.deed_id})
            _await_answer(session, talk, person.chat_id, house, now)


@announces(DeedListed)
def listed(session: Session, event: DeedListed, house: House, now: datetime) -> None:
    """Tell the claimant and bound groups until when it is listed, and note when it is posted."""
    deed = event.card.deed
    withdraw(session, about(deed.deed_id), now)

    def words(t: Texts) -> Message:
        until = f"{house.day(event.until)} {house.hour(event.until)}"
        return Message(t.rich("deed.listed", what=what(t, deed), until=until, points=deed.worth))

    tell(session, event.claimant, key=f"deed:{deed.deed_id}:listed", words=words, now=now)
    facts = {"deed_id": deed.deed_id}
    put(session, key=f"deed:{deed.deed_id}:post", kind=POST_DUE, at=event.until, facts=facts)
    announce_listed(session, event, house, now)


@announces(DeedPaid)
def paid(session: Session, event: DeedPaid, house: House, now: datetime) -> None:
    """Tell whose deed it was what it came to, and who objected that the points stay."""
    deed, earned = event.card.deed, earning(session, event.award, house, now)
    withdraw(session, about(deed.deed_id), now)

    def words(t: Texts) -> Message:
        return Message(_paid_heading(t, event.card) + Markup("\n") + earning_html(t, house, earned))

    tell(session, event.claimant, key=f"deed:{deed.deed_id}:paid", words=words, now=now)
    _tell_objector(session, event.card, event.objector, "objection.told_posted", now)


@announces(DeedUnpaid)
def unpaid(session: Session, event: DeedUnpaid, house: House, now: datetime) -> None:
    """Tell that the activity is not in the file any more, so that somebody mends it."""
    community = house.neighbourhood.community

    def words(t: Texts) -> Message:
        facts = {"operator": t.name(community.operators), "phone": community.phone}
        return Message(t.rich("deed.unpaid", what=what(t, event.card.deed), **facts))

    key = f"deed:{event.card.deed.deed_id}:unpaid"
    tell(session, event.claimant, key=key, words=words, now=now)
    name = event.card.name(event.card.deed.resident_id)
    _tell_about(session, event.card, event.deciders, "verify.unpaid", lambda _: name, now)


@announces(DeedRejected)
def rejected(session: Session, event: DeedRejected, house: House, now: datetime) -> None:
    """Tell the claimant why, and who objected that they were heard."""
    deed, community = event.card.deed, house.neighbourhood.community
    withdraw(session, about(deed.deed_id), now)

    def words(t: Texts) -> Message:
        if deed.listed_until is None:
            return Message(t.rich("deed.rejected", what=what(t, deed), reason=reason(t, deed)))
        facts = {"operator": t.name(community.operators), "phone": community.phone}
        return Message(t.rich("deed.dropped", what=what(t, deed), **facts))

    tell(session, event.claimant, key=f"deed:{deed.deed_id}:rejected", words=words, now=now)
    _tell_objector(session, event.card, event.objector, "objection.told_dropped", now)


@announces(DeedObjected)
def objected(session: Session, event: DeedObjected, house: House, now: datetime) -> None:
    """Ask those who decide, and tell whose deed it is that somebody objects."""
    deed = event.card.deed
    _ask(session, event.card, event.deciders, house, now)

    def words(t: Texts) -> Message:
        return Message(t.rich("deed.objected", what=what(t, deed)))

    tell(session, event.claimant, key=f"deed:{deed.deed_id}:objected", words=words, now=now)


def _ask(
    session: Session, card: DeedCard, people: Iterable[PersonAddress], house: House, now: datetime
) -> None:
    """Ask people to decide; remind them after a day, and ask others after three."""
    ask = objection if card.deed.state is DeedState.OBJECTED else None
    key = f"deed:{card.deed.deed_id}:ask:{stage(card.deed)}"

    def words(t: Texts) -> Message:
        return ask(t, card) if ask else question(t, house, card)

    tell_verifiers(session, card, people, key, words, now)
    put_due(session, REMIND_DUE, card, now, REMIND_AFTER)
    put_due(session, OTHERS_DUE, card, now, PASS_ON_AFTER)


def _await_answer(session: Session, talk: Talk, chat_id: int, house: House, now: datetime) -> None:
    """Take the next text of who is in the middle of nothing as the answer; others tap a button first."""
    busy = talk_of(session, bot_id=house.bot_id, user_id=chat_id, now=now)
    if busy is None or busy.step in RESTING:
        remember(session, talk, bot_id=house.bot_id, user_id=chat_id, now=now)


def _paid_heading(t: Texts, card: DeedCard) -> Markup:
    deed = card.deed
    if deed.objected_at is not None:
        return t.rich("deed.paid_objected", what=what(t, deed))
    if deed.listed_until is not None:
        return t.rich("deed.paid_listed", what=what(t, deed))
    if deed.origin is Origin.AWARD:
        by = card.public_name(deed.verifier) or t("deed.awarder")
        return t.rich("award.told", by=by, what=what(t, deed), note=deed.note or "").strip()
    return t.rich("deed.paid", what=what(t, deed))


def _tell_objector(
    session: Session, card: DeedCard, people: Iterable[PersonAddress], key: str, now: datetime
) -> None:
    """Tell who objected, by the name that everybody read on the list; who hides has none."""
    owner = card.deed.resident_id or 0
    shown = shown_names(session, [owner], Place.PRIVATE).get(owner)
    _tell_about(session, card, people, key, lambda t: shown or t("boards.somebody"), now)


def _tell_about(
    session: Session,
    card: DeedCard,
    people: Iterable[PersonAddress],
    key: str,
    name: Callable[[Texts], str],
    now: datetime,
) -> None:
    """Tell others than the claimant what became of a deed."""
    deed = card.deed

    def words(t: Texts) -> Message:
        return Message(t.rich(key, name=name(t), what=what(t, deed)))

    tell(session, people, key=f"deed:{deed.deed_id}:{key}", words=words, now=now)
