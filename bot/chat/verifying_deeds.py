"""Verifying a deed: approve, reject with a reason, ask back; and the claimant's answer."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot.chat.deed_closing import close_questions, questions_about
from bot.chat.deed_proof import proof_of
from bot.chat.deed_rules import rules_of
from bot.chat.deed_words import SHORT_QUESTION, decided, short, verifier_name, what
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.deeds import (
    AskedBefore,
    DecidedBefore,
    DeedCard,
    DeedHalfAgreed,
    DeedListed,
    DeedPaid,
    DeedRejected,
    NearFirst,
    Outcome,
    answer_verifier,
    ask_claimant,
    deed_card,
    say_no,
    say_yes,
    still_open,
)
from bot.delivery import Button, Message
from points.deeds import (
    DeedState,
    NotAskedBack,
    OwnDeed,
    SecondPersonNeeded,
    TooClose,
    UnknownDeed,
    Why,
    deed,
)

REASON, QUESTION, ASKED, ANSWER = "deed.reason", "deed.question", "deed.asked", "deed.answer"
ANSWERED = "deed.answered"
WHY_BUTTONS = {
    Why.UNCONFIRMED: "verify.button_unconfirmed",
    Why.TWICE: "verify.button_twice",
    Why.MISFIT: "verify.button_misfit",
    Why.TIME: "verify.button_time",
}
OUTCOMES: Mapping[type, str] = {
    DeedHalfAgreed: "verify.half",
    DeedListed: "verify.listed",
    DeedPaid: "verify.approved",
    DeedRejected: "verify.rejected",
}


async def approve(turn: Turn) -> None:
    """Agree to a deed: the first tap decides, and everybody who was asked sees who it was."""
    deed_id = turn.said.number(0)
    asked = await turn.look(questions_about, deed_id)
    outcome = await turn.act(
        say_yes, deed_id=deed_id, verifier_id=turn.me, rules=rules_of(turn.house), now=turn.now
    )
    words = words_for(outcome, turn.me)
    await turn.show_here(words(turn.t))
    close_questions(turn, asked, words)


async def ask_reason(turn: Turn) -> None:
    """Ask why a deed is rejected."""
    card = await turn.look(_open_card, turn.said.number(0), turn.me, turn.now)
    deed_id = card.deed.deed_id
    buttons = [Button(turn.t(key), f"dr:{deed_id}:{why.value}") for why, key in WHY_BUTTONS.items()]
    html = turn.t.rich(
        "verify.ask_reason", name=card.name(card.deed.resident_id), what=what(turn.t, card.deed)
    )
    message = Message(html, one_a_row(*buttons, Button(turn.t("button.cancel"), "x")))
    await turn.ask(message, REASON, {"deed": deed_id}, new=True)


async def take_usual_reason(turn: Turn) -> None:
    """Reject for the reason that was tapped."""
    word = turn.said.word(1)
    if word not in list(Why):
        raise Forged
    await _reject(turn, turn.said.number(0), why=Why(word))


async def take_reason(turn: Turn) -> None:
    """Reject for the reason that was typed."""
    await _reject(turn, _deed_of(turn), reason=turn.said.text)


async def ask_question(turn: Turn) -> None:
    """Ask what a verifier wants to know."""
    card = await turn.look(_open_card, turn.said.number(0), turn.me, turn.now)
    html = turn.t.rich("verify.ask_question", name=card.name(card.deed.resident_id))
    message = Message(html, one_a_row(Button(turn.t("button.cancel"), "x")))
    await turn.ask(message, QUESTION, {"deed": card.deed.deed_id}, new=True)


async def take_question(turn: Turn) -> None:
    """Put the question that was typed to the claimant."""
    asked = await turn.act_and_step(
        lambda _: None,
        ask_claimant,
        deed_id=_deed_of(turn),
        verifier_id=turn.me,
        question=turn.said.text,
        now=turn.now,
    )
    name = asked.card.name(asked.card.deed.resident_id)
    await turn.show(Message(turn.t.rich("verify.asked", name=name)))


async def begin_answer(turn: Turn) -> None:
    """Let the claimant answer now, whatever they were in the middle of."""
    asked = await turn.look(deed, turn.said.number(0))
    if asked.resident_id != turn.me or asked.state is not DeedState.ASKED:
        raise NotAskedBack(asked.deed_id)
    html = turn.t.rich("deed.answer_now", question=asked.question or "")
    await turn.ask(Message(html), ANSWER, {"deed": asked.deed_id}, new=True)


async def take_answer(turn: Turn) -> None:
    """Take the claimant's answer, and ask those who verify again."""
    proof, deed_id = await proof_of(turn), _deed_of(turn)
    if proof is None:
        await turn.say(Message(turn.t.rich("deed.proof_wanted")))
        return
    asked = await turn.look(questions_about, deed_id)
    try:
        told = await turn.act_and_step(
            lambda _: turn.done(ANSWERED),
            answer_verifier,
            deed_id=deed_id,
            resident_id=turn.me,
            proof=proof,
            now=turn.now,
        )
    except (DecidedBefore, NotAskedBack):
        await turn.step(None)
        raise
    by = verifier_name(turn.t, told.card, told.card.deed.asked_by)
    await turn.say(Message(turn.t.rich("deed.answered", by=by)))
    close_questions(turn, asked, lambda t: decided(t, told.card, "verify.answered", None))


async def show_place(turn: Turn) -> None:
    """Show on the map where it was."""
    card = await turn.look(_open_card, turn.said.number(0), turn.me, turn.now)
    if card.deed.place is None:
        raise Forged
    latitude, longitude = card.deed.place
    await turn.bot.send_location(turn.chat_id, latitude, longitude)


def words_for(outcome: Outcome | DeedRejected, by: int) -> "partial[Message]":
    """Word for everybody who was asked what came of a deed."""
    key = OUTCOMES.get(type(outcome), "verify.agreed_unpaid")
    if isinstance(outcome, DeedHalfAgreed) and not outcome.asked:
        key = "verify.half_nobody"
    amount = outcome.award.amount if isinstance(outcome, DeedPaid) else None
    return partial(decided, card=outcome.card, key=key, by=by, points=amount)


async def _reject(turn: Turn, deed_id: int, *, why: Why | None = None, reason: str | None = None) -> None:
    asked = await turn.look(questions_about, deed_id)
    rejected = await turn.act_and_step(
        lambda _: None,
        say_no,
        deed_id=deed_id,
        verifier_id=turn.me,
        why=why,
        reason=reason,
        now=turn.now,
    )
    words = words_for(rejected, turn.me)
    await turn.show(words(turn.t))
    close_questions(turn, asked, words)


def _deed_of(turn: Turn) -> int:
    if turn.talk is None or "deed" not in turn.talk.draft:
        raise Forged
    return int(turn.talk.draft["deed"])


def _open_card(session: Session, deed_id: int, verifier_id: int, now: datetime) -> DeedCard:
    return deed_card(session, still_open(session, deed_id=deed_id, verifier_id=verifier_id, now=now))


@refuses(DecidedBefore)
def _decided_before(error: DecidedBefore, t: Texts, house: House) -> str:
    if error.state is DeedState.OBJECTED:
        return t("verify.before_objected")
    if error.state is DeedState.WITHDRAWN:
        return t("verify.before_withdrawn")
    key = "verify.before_no" if error.state is DeedState.REJECTED else "verify.before_yes"
    at = f"{house.day(error.at)} {house.hour(error.at)}" if error.at else ""
    return t(key, name=error.name or t("verify.somebody"), at=at)


@refuses(AskedBefore)
def _asked_before(error: AskedBefore, t: Texts, _: House) -> str:
    name = error.name or t("verify.somebody")
    return t("verify.asked_before", name=name, question=short(error.question, SHORT_QUESTION))


@refuses(OwnDeed)
def _own(error: OwnDeed, t: Texts, house: House) -> str:
    if error.household:
        return t("verify.own_household")
    return t("verify.own", phone=house.neighbourhood.community.phone)


@refuses(SecondPersonNeeded)
def _second_needed(_: SecondPersonNeeded, t: Texts, __: House) -> str:
    return t("verify.second_needed")


@refuses(NearFirst)
def _near_first(_: NearFirst, t: Texts, __: House) -> str:
    return t("verify.near_first")


@refuses(TooClose)
def _too_close(_: TooClose, t: Texts, __: House) -> str:
    return t("verify.too_close")


@refuses(NotAskedBack)
def _not_asked(_: NotAskedBack, t: Texts, __: House) -> str:
    return t("deed.not_asked")


@refuses(UnknownDeed)
def _unknown(_: UnknownDeed, t: Texts, __: House) -> str:
    return t("oops.stale_button")
