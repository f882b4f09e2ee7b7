"""A volunteer's answers to a call-out: coming, later, cannot, here, done; each tap changes one message."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec

from markupsafe import Markup
from sqlmodel import Session

from bot.callouts import (
    Answer,
    Answered,
    AskState,
    BadMinutes,
    CallOutView,
    Closed,
    Finished,
    NotArrived,
    NotAsked,
    UnknownCallOut,
    answer,
    arrive,
    callout,
    finish,
    my_open_asks,
)
from bot.chat.callout_words import answer_buttons, marked_plain, standing_line, view_text
from bot.chat.house import House
from bot.chat.keyboards import choice_typed
from bot.chat.refusals import refuses
from bot.chat.starting import opens
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.delivery import Message

P = ParamSpec("P")

ANSWERS = {"y": Answer.COMING, "l": Answer.LATER, "n": Answer.CANNOT}
TOASTS = {
    AskState.COMING: "answer.toast_coming",
    AskState.LATER: "answer.toast_later",
    AskState.CANNOT: "answer.toast_cannot",
    AskState.ARRIVED: "answer.toast_arrived",
    AskState.DONE: "answer.toast_done",
}


@dataclass(frozen=True)
class Stand:
    """Where somebody stands in a call-out, with the call-out itself."""

    view: CallOutView
    outcome: Answered | Finished


async def take_answer(turn: Turn) -> None:
    """Take coming, later or cannot."""
    wanted = ANSWERS.get(turn.said.word(1))
    if wanted is None:
        raise Forged
    stand = await turn.act(_with_view, _answer, turn.said.number(0), turn.me, turn.now, wanted, None)
    await _show(turn, stand)


async def take_minutes(turn: Turn) -> None:
    """Take in how many minutes somebody will be there."""
    stand = await turn.act(
        _with_view, _answer, turn.said.number(0), turn.me, turn.now, Answer.COMING, turn.said.number(1)
    )
    await _show(turn, stand)


async def take_arrival(turn: Turn) -> None:
    """Take that somebody is on the spot."""
    await _show(turn, await turn.act(_with_view, _arrive, turn.said.number(0), turn.me, turn.now))


async def take_end(turn: Turn) -> None:
    """Take that somebody is done, and say what it earned."""
    stand = await turn.act(_with_view, _finish, turn.said.number(0), turn.me, turn.now, turn.house)
    await _show(turn, stand)


@opens("c_")
async def from_link(turn: Turn, payload: str) -> None:
    """Show a call-out that a link names, to whoever was asked."""
    number = int(payload) if payload.isascii() and payload.isdigit() and len(payload) < 19 else 0
    asks = await turn.look(my_open_asks, turn.me)
    mine = next((one for one in asks if one.callout_id == number), None)
    if mine is None:
        raise NotAsked(callout_id=number, resident_id=turn.me)
    view = await turn.look(callout, number)
    html = (
        view_text(turn.t, view) + Markup("\n\n") + standing_line(turn.t, turn.house, mine.state, mine.eta_at)
    )
    await turn.say(Message(str(html), answer_buttons(turn.t, number, mine.state)))


async def typed_answer(turn: Turn) -> str | None:
    """Give the button's data that a typed answer means in the latest call-out the speaker was asked in."""
    if turn.speaker.person is None or not turn.said.text:
        return None
    for ask in await turn.look(my_open_asks, turn.me):
        rows = answer_buttons(turn.t, ask.callout_id, ask.state)
        chosen = choice_typed(turn.said.text, [(row[0].label, row[0].data or "") for row in rows])
        if chosen is not None:
            return chosen
    return None


async def _show(turn: Turn, stand: Stand) -> None:
    outcome, view, t = stand.outcome, stand.view, turn.t
    state = outcome.state if isinstance(outcome, Answered) else AskState.DONE
    eta_at = outcome.eta_at if isinstance(outcome, Answered) else None
    toast = t(TOASTS.get(state, "answer.toast_noted"))
    await turn.toast(marked_plain(t, exercise=view.exercise, text=toast))
    if not outcome.changed and turn.query is not None:
        return
    lines = [view_text(t, view), Markup(""), standing_line(t, turn.house, state, eta_at)]
    if isinstance(outcome, Finished):
        lines.append(_earned(t, outcome))
    message = Message(str(Markup("\n").join(lines)), answer_buttons(t, view.callout_id, state))
    await turn.show(message)


def _earned(t: Texts, done: Finished) -> Markup:
    served = t.rich("answer.served", minutes=done.minutes)
    if done.award is None:
        return served
    earned = t.rich("answer.earned", points=done.award.amount, balance=done.award.balance)
    return served + Markup("\n") + earned


def _with_view(
    session: Session,
    rule: Callable[Concatenate[Session, int, P], Answered | Finished],
    callout_id: int,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Stand:
    outcome = rule(session, callout_id, *args, **kwargs)
    return Stand(callout(session, callout_id), outcome)


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
    return finish(session, callout_id=callout_id, resident_id=resident_id, now=now, zone=house.zone)


@refuses(Closed)
def _closed(error: Closed, t: Texts, _: House) -> str:
    return marked_plain(t, exercise=error.exercise, text=t("answer.closed"))


@refuses(NotAsked)
def _not_asked(_: NotAsked, t: Texts, __: House) -> str:
    return t("answer.not_asked")


@refuses(UnknownCallOut)
def _unknown(_: UnknownCallOut, t: Texts, __: House) -> str:
    return t("oops.stale_button")


@refuses(NotArrived)
def _not_arrived(_: NotArrived, t: Texts, __: House) -> str:
    return t("answer.not_arrived")


@refuses(BadMinutes)
def _bad_minutes(_: BadMinutes, t: Texts, __: House) -> str:
    return t("oops.stale_button")
