"""The codes a resident can still use: seeing them, showing one at the shop, giving one back."""

import asyncio
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.code_messages import about_code, owner_of
from bot.chat.conversation import Talk
from bot.chat.house import House
from bot.chat.keyboards import one_a_row, paged
from bot.chat.refusals import refuses
from bot.chat.reward_words import code_message
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.delivery import Button, Message
from points import (
    AlreadyHandedOver,
    CodeCancelled,
    CodeLapsed,
    NotHandedOver,
    NotYourReward,
    RedemptionState,
    RedemptionView,
    UnknownCode,
    cancel,
    redemption,
    standing,
    waiting_codes,
    why_ended,
)
from points.shops import DISPUTE_WITHIN, DisputeState, complaint_of, fetched_codes

LONGEST_SHOWN = 20
LISTED = 10
COMPLAINTS = {
    DisputeState.OPEN: "codes.complaint_open",
    DisputeState.GIVEN_BACK: "codes.complaint_given_back",
    DisputeState.KEPT: "codes.complaint_kept",
}


async def show_codes(turn: Turn) -> None:
    """Show the codes that still wait at a shop, and what was received of late."""
    await _list(turn, page=0)


async def turn_page(turn: Turn) -> None:
    """Show more of the codes."""
    await _list(turn, page=turn.said.number(0))


async def _list(turn: Turn, *, page: int) -> None:
    codes = await turn.look(waiting_codes, turn.me)
    received = await turn.look(fetched_codes, turn.me, since=turn.now - DISPUTE_WITHIN)
    t = turn.t
    buttons = [
        Button(t("codes.button", name=t.name(one.names), code=one.code), f"wk:{one.redemption_id}")
        for one in codes
    ]
    buttons += [
        Button(t("codes.button_received", name=t.name(one.names), code=one.code), f"wr:{one.redemption_id}")
        for one in received[:LISTED]
    ]
    rows = (
        *paged(buttons, page, lambda other: f"wp:{other}", t),
        (Button(t("points.button_rewards"), "h:rewards"),),
    )
    key = "codes.heading" if codes else "codes.none"
    await turn.ask(Message(str(t.rich(key)), rows), "codes")


async def show_code(turn: Turn) -> None:
    """Show one code again, with its picture."""
    await send_code(turn, await _mine(turn, turn.said.number(0)))


async def show_received(turn: Turn) -> None:
    """Show what was received, with the way to say that it was not."""
    code = await turn.look(_received_of, turn.said.number(0), turn.me)
    said = await turn.look(complaint_of, code.redemption_id)
    t, at = turn.t, code.ended_at or turn.now
    html = t.rich(
        "codes.received",
        name=t.name(code.names),
        merchant=t.name(code.merchant_names),
        day=turn.house.day(at),
        hour=turn.house.hour(at),
        price=code.price,
    )
    buttons = [Button(t("codes.button_back"), "wm")]
    if said is None or said.state is DisputeState.UNDONE:
        buttons.insert(0, Button(t("disputes.button_not_received"), f"wd:{code.redemption_id}"))
    else:
        html += Markup("\n") + t.rich(COMPLAINTS[said.state])
    await turn.ask(Message(str(html), one_a_row(*buttons)), "codes.received")


async def send_code(turn: Turn, code: RedemptionView) -> None:
    """Send a code of the speaker's own in a message that stays in the chat."""
    from bot.pictures.codes import draw_code  # noqa: PLC0415 - drawing is loaded where somebody looks at it

    picture = await asyncio.to_thread(draw_code, link=turn.house.start_link(f"h_{code.code}"))
    await turn.act(_show, code, turn.me, turn.house, picture, turn.now)


async def ask_give_back(turn: Turn) -> None:
    """Ask whether a code is to be given back."""
    code = await _mine(turn, turn.said.number(0))
    t = turn.t
    question = t.rich("codes.ask_give_back", name=t.name(code.names), price=code.price, code=code.code)
    buttons = one_a_row(
        Button(t("codes.button_give_back"), f"wx:{code.redemption_id}"),
        Button(t("codes.button_keep"), "wm"),
    )
    await turn.ask(Message(str(question), buttons), "codes.give_back")


async def give_back(turn: Turn) -> None:
    """Give a code back; what that means is told with the commit."""
    back = await turn.act_and_step(
        _nowhere, cancel, redemption_id=turn.said.number(0), resident_id=turn.me, now=turn.now
    )
    done = turn.t.rich("codes.giving_back", name=turn.t.name(back.names))
    await turn.show(Message(str(done)))


def _show(
    session: Session, code: RedemptionView, resident_id: int, house: House, picture: bytes, now: datetime
) -> None:
    """By the outbox, so that this message too can say later what became of the code."""
    mine = standing(session, resident_id, now, house.zone)

    def words(t: Texts) -> Message:
        return code_message(t, house, code, balance=mine.available, picture=picture)

    key = f"{about_code(code.redemption_id)}:shown:{now.isoformat()}"
    about, until = about_code(code.redemption_id), code.lapses_at
    tell(session, owner_of(session, resident_id), key=key, words=words, now=now, about=about, until=until)


async def _mine(turn: Turn, redemption_id: int) -> RedemptionView:
    return await turn.look(_waiting_of, redemption_id, turn.me)


def _waiting_of(session: Session, redemption_id: int, resident_id: int) -> RedemptionView:
    code = redemption(session, redemption_id)
    if code.resident_id != resident_id:
        raise NotYourReward(code.code)
    if code.state is not RedemptionState.WAITING:
        raise why_ended(code)
    return code


def _received_of(session: Session, redemption_id: int, resident_id: int) -> RedemptionView:
    code = redemption(session, redemption_id)
    if code.resident_id != resident_id:
        raise NotYourReward(code.code)
    if code.state is not RedemptionState.HANDED_OVER:
        raise NotHandedOver(code.code)
    return code


def _nowhere(_: object) -> Talk | None:
    return None


@refuses(UnknownCode)
def _unknown_code(error: UnknownCode, t: Texts, _: House) -> str:
    return t("refusal.unknown_code", code=error.code[:LONGEST_SHOWN])


@refuses(NotYourReward)
def _not_yours(error: NotYourReward, t: Texts, _: House) -> str:
    return t("refusal.not_yours", code=error.code)


@refuses(AlreadyHandedOver)
def _already(error: AlreadyHandedOver, t: Texts, house: House) -> str:
    return t("refusal.already", code=error.code, day=house.day(error.at), hour=house.hour(error.at))


@refuses(CodeLapsed)
def _lapsed(error: CodeLapsed, t: Texts, house: House) -> str:
    return t("refusal.lapsed", code=error.code, day=house.day(error.at))


@refuses(CodeCancelled)
def _cancelled(error: CodeCancelled, t: Texts, house: House) -> str:
    return t("refusal.cancelled", code=error.code, day=house.day(error.at))
