"""A volunteer's answers to a call-out: coming, later, cannot, here, done; each tap changes one message."""

from datetime import datetime
from functools import partial

from markupsafe import Markup
from sqlmodel import Session

from bot.callouts import (
    Answer,
    Answered,
    AskState,
    BadMinutes,
    CallOutState,
    Closed,
    Finished,
    NotArrived,
    NotAsked,
    OpenAsk,
    UnknownCallOut,
    answer,
    arrive,
    callout,
    finish,
    my_open_asks,
    standing_in,
)
from bot.chat.callout_words import answer_buttons, here_button, marked_plain, standing_line, view_text
from bot.chat.conversation import BEFORE_ALL
from bot.chat.earning_words import earning, earning_html
from bot.chat.group_calls import START, not_asked_message
from bot.chat.house import House
from bot.chat.keyboards import Rows, choice_typed, one_a_row
from bot.chat.links import UnknownLinkError, finds_out, follows
from bot.chat.refusals import refuses
from bot.chat.starting import opens
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.delivery import Message

ANSWERS = {"y": Answer.COMING, "l": Answer.LATER, "n": Answer.CANNOT}
TOASTS = {
    AskState.COMING: "answer.toast_coming",
    AskState.LATER: "answer.toast_later",
    AskState.CANNOT: "answer.toast_cannot",
    AskState.ARRIVED: "answer.toast_arrived",
    AskState.DONE: "answer.toast_done",
}


async def take_answer(turn: Turn) -> None:
    """Take coming, later or cannot."""
    wanted = ANSWERS.get(turn.said.word(1))
    if wanted is None:
        raise Forged
    await _show(turn, await turn.act(_answer, turn.said.number(0), turn.me, turn.now, wanted, None))


async def take_minutes(turn: Turn) -> None:
    """Take in how many minutes somebody will be there."""
    minutes = turn.said.number(1)
    await _show(turn, await turn.act(_answer, turn.said.number(0), turn.me, turn.now, Answer.COMING, minutes))


async def take_arrival(turn: Turn) -> None:
    """Take that somebody is on the spot."""
    await _show(turn, await turn.act(_arrive, turn.said.number(0), turn.me, turn.now))


async def take_end(turn: Turn) -> None:
    """Take that somebody is done, and say what it earned."""
    await _show(turn, await turn.act(_finish, turn.said.number(0), turn.me, turn.now, turn.house))


@follows(START)
@opens(START)
async def from_link(turn: Turn, payload: str) -> None:
    """Show a call-out that a link names, to whoever was asked; others hear what they can do."""
    number = _number_in(payload)
    try:
        state, eta_at = await turn.look(standing_in, callout_id=number, resident_id=turn.me)
    except UnknownCallOut:
        raise UnknownLinkError from None
    except NotAsked as error:
        await turn.look(_check_link, code=payload, now=turn.now)
        await turn.say(not_asked_message(turn.t, turn.house, exercise=error.exercise))
        return
    view = await turn.look(callout, number)
    html = view_text(turn.t, view) + Markup("\n\n") + standing_line(turn.t, turn.house, state, eta_at)
    await turn.say(Message(str(html), answer_buttons(turn.t, number, state)))


@finds_out(START)
def _check_link(session: Session, *, code: str, now: datetime) -> None:
    """Look whether a link leads to a call-out that is open; what never went out is as good as none.

    Raises:
        UnknownLinkError: there is none, or it never went out.
        Closed: it was stood down.
    """
    del now  # other kinds of links lapse by themselves
    try:
        view = callout(session, _number_in(code))
    except UnknownCallOut:
        raise UnknownLinkError from None
    if view.state is CallOutState.STOOD_DOWN:
        raise Closed(callout_id=view.callout_id, level=view.level, exercise=view.exercise)
    if view.state is not CallOutState.OPEN:
        raise UnknownLinkError


def _number_in(payload: str) -> int:
    return int(payload) if payload.isascii() and payload.isdigit() and len(payload) < 19 else 0


async def typed_answer(turn: Turn) -> str | None:
    """Give the button's data that a typed answer means in the latest call-out the speaker was asked in."""
    return await typed_since(turn, BEFORE_ALL)


async def typed_since(turn: Turn, since: datetime) -> str | None:
    """Do what `typed_answer` does, for the call-outs that began after a moment."""
    if turn.speaker.person is None or not turn.said.text:
        return None
    for ask in await turn.look(my_open_asks, turn.me):
        if ask.opened_at <= since:
            continue
        rows = (*answer_buttons(turn.t, ask.callout_id, ask.state), *_also_typed(turn, ask))
        chosen = choice_typed(turn.said.text, [(row[0].label, row[0].data or "") for row in rows])
        if chosen is not None:
            return chosen
    return None


def _also_typed(turn: Turn, ask: OpenAsk) -> Rows:
    """Give what may be typed though no button shows it: who is there may skip “on my way”."""
    there = ask.state in (AskState.ARRIVED, AskState.DONE)
    return () if there else one_a_row(here_button(turn.t, ask.callout_id))


async def _show(turn: Turn, outcome: Answered | Finished) -> None:
    """Answer the tap at once, for a thousand may be waiting; what the message says comes a little later."""
    toast = turn.t(TOASTS.get(_state(outcome), "answer.toast_noted"))
    await turn.toast(marked_plain(turn.t, exercise=outcome.exercise, text=toast))
    await turn.show_soon(partial(_message, turn, outcome))  # again too: the last redrawing may have been lost


async def _message(turn: Turn, outcome: Answered | Finished) -> Message:
    view, state, t = await turn.look(callout, outcome.callout_id), _state(outcome), turn.t
    eta_at = outcome.eta_at if isinstance(outcome, Answered) else None
    lines = [view_text(t, view), Markup(""), standing_line(t, turn.house, state, eta_at)]
    if isinstance(outcome, Finished):
        lines += await _earned(turn, outcome)
    return Message(str(Markup("\n").join(lines)), answer_buttons(t, view.callout_id, state))


def _state(outcome: Answered | Finished) -> AskState:
    return outcome.state if isinstance(outcome, Answered) else AskState.DONE


async def _earned(turn: Turn, done: Finished) -> list[Markup]:
    served = turn.t.rich("answer.served", minutes=turn.t.count("count.minutes", done.minutes))
    if done.award is None:
        return [served]
    earned = await turn.look(earning, done.award, turn.house, turn.now)
    return [served, earning_html(turn.t, turn.house, earned)]


def _answer(
    session: Session,
    callout_id: int,
    resident_id: int,
    now: datetime,
    wanted: Answer,
    minutes: int | None,
) -> Answered:
    return answer(
        session,
        callout_id=callout_id,
        resident_id=resident_id,
        answer=wanted,
        eta_minutes=minutes,
        now=now,
    )


def _arrive(session: Session, callout_id: int, resident_id: int, now: datetime) -> Answered:
    return arrive(session, callout_id=callout_id, resident_id=resident_id, now=now)


def _finish(session: Session, callout_id: int, resident_id: int, now: datetime, house: House) -> Finished:
    return finish(
        session,
        callout_id=callout_id,
        resident_id=resident_id,
        now=now,
        zone=house.zone,
        budget=house.neighbourhood.points.monthly_budget,
    )


@refuses(Closed)
def _closed(error: Closed, t: Texts, _: House) -> str:
    return marked_plain(t, exercise=error.exercise, text=t("answer.closed"))


@refuses(NotAsked)
def _not_asked(error: NotAsked, t: Texts, _: House) -> str:
    return marked_plain(t, exercise=error.exercise, text=t("answer.not_asked"))


@refuses(UnknownCallOut)
def _unknown(_: UnknownCallOut, t: Texts, __: House) -> str:
    return t("oops.stale_button")


@refuses(NotArrived)
def _not_arrived(error: NotArrived, t: Texts, _: House) -> str:
    return marked_plain(t, exercise=error.exercise, text=t("answer.not_arrived"))


@refuses(BadMinutes)
def _bad_minutes(_: BadMinutes, t: Texts, __: House) -> str:
    return t("oops.stale_button")
