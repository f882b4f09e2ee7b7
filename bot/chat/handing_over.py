"""/handover: a merchant sees what a code is for, hands it over, and may take that back for ten minutes."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.chat.conversation import Talk
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.merchants import merchant_codes, record_of_code
from bot.chat.my_codes import send_code
from bot.chat.profile import show_card
from bot.chat.refusals import refuses
from bot.chat.reward_words import last_day
from bot.chat.starting import opens
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.chat.wrong_codes import check_not_paused, count_wrong, require_not_paused
from bot.community import Act, NotAllowed, near_people, require
from bot.delivery import Button, Message
from points import (
    UNDO_WITHIN,
    HandedOver,
    HandoverUndone,
    NotHandedOver,
    NotYourReward,
    RedemptionState,
    RedemptionView,
    UndoTooLate,
    UnknownCode,
    hand_over,
    look_up,
    normal_code,
    undo_handover,
    why_ended,
)

ASKED: Final = "handover.code"
SHOWN: Final = "handover.shown"
DONE: Final = "handover.done"
UNDONE: Final = "undo-handover"


class OwnCode(Exception):
    """The code is of who would hand it over, or of somebody near to them."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def handover(turn: Turn) -> None:
    """Show what a code is for; without one, ask for it."""
    if turn.said.text:
        await show_code(turn, turn.said.text)
        return
    await turn.look(require, resident_id=turn.me, act=Act.HAND_OVER)
    question = Message(str(turn.t.rich("handover.ask_code")), one_a_row(Button(turn.t("button.cancel"), "x")))
    await turn.ask(question, ASKED)


async def take_code(turn: Turn) -> None:
    """Take the code that was typed."""
    await show_code(turn, turn.said.text)


async def take_tapped_code(turn: Turn) -> None:
    """Take a code that came alone, as from a merchant who types nothing else."""
    await show_code(turn, turn.said.word(0))


def typed_code(turn: Turn) -> str | None:
    """Give the button's data that a bare code means, where a merchant typed it."""
    person = turn.speaker.person
    if person is None or not person.may(Act.HAND_OVER):
        return None
    code = normal_code(turn.said.text)
    return f"kc:{code}" if code else None


async def show_code(turn: Turn, typed: str) -> None:
    """Show a merchant what a code is for, and ask whether it is handed over now."""
    await check_not_paused(turn)
    try:
        code = await turn.look(_for_merchant, typed, turn.me, turn.now)
    except (UnknownCode, NotYourReward):
        await count_wrong(turn)
        raise
    if code.state is RedemptionState.HANDED_OVER and _fresh(code, turn.now):
        await _already(turn, code)
        return
    if code.state is not RedemptionState.WAITING or turn.now >= code.lapses_at:
        raise why_ended(code)
    t = turn.t
    question = t.rich(
        "handover.ask",
        name=t.name(code.names),
        merchant=t.name(code.merchant_names),
        price=code.price,
        code=code.code,
        day=last_day(turn.house, code.lapses_at),
    )
    buttons = one_a_row(
        Button(t("handover.button_yes"), f"ky:{code.code}"), Button(t("handover.button_no"), "kx")
    )
    await turn.ask(Message(str(question), buttons), SHOWN, {"code": code.code})


async def confirm(turn: Turn) -> None:
    """Hand over what was shown, once; again it says the same, and anything else is shown first."""
    code = turn.said.word(0)
    talk = turn.talk
    if talk is None or talk.step not in (SHOWN, DONE) or talk.draft.get("code") != code:
        await show_code(turn, code)
    elif talk.step == SHOWN:
        done = await turn.act_and_step(
            lambda _: Talk(DONE, {"code": code}), _hand_over, turn.me, code, turn.now, turn.house.zone
        )
        await _show_done(turn, done, done.at)
    else:
        await _say_again(turn, code)


async def decline(turn: Turn) -> None:
    """Leave the code as it is."""
    await turn.step(None)
    await turn.show(Message(str(turn.t.rich("handover.not_done"))))


async def undo(turn: Turn) -> None:
    """Take back a handover that was a mistake."""
    code = turn.said.word(0)
    undone = await turn.act_and_step(_nowhere, _undo_handover, turn.me, code, turn.now, turn.house.zone)
    html = turn.t.rich("handover.undone", name=turn.t.name(undone.names), code=undone.code)
    await turn.show(Message(str(html)))


@opens("h_")
async def from_picture(turn: Turn, payload: str) -> None:
    """A code's picture was scanned: its merchant hands it over, its owner reads where to show it."""
    at_a_shop = turn.person.may(Act.HAND_OVER)
    try:
        code = await turn.look(look_up, payload)
    except UnknownCode:
        if at_a_shop:
            await count_wrong(turn)
        await turn.say(Message(str(turn.t.rich("handover.unknown_picture"))))
        await show_card(turn)
        return
    if code.resident_id != turn.me and await turn.look(_stands_for, turn.me, code.merchant):
        await show_code(turn, code.code)
    elif code.resident_id != turn.me:
        if at_a_shop:
            await count_wrong(turn)
        raise NotYourReward(code.code)
    elif code.state is RedemptionState.WAITING:
        await send_code(turn, code)
    else:
        raise why_ended(code)


async def _say_again(turn: Turn, code: str) -> None:
    """Answer a second tap, or the first one again after a crash: the goods are still to be given."""
    view = await turn.look(_for_merchant, code, turn.me, turn.now)
    if view.state is RedemptionState.HANDED_OVER and view.ended_at is not None and _fresh(view, turn.now):
        await _show_done(turn, view, view.ended_at)
    else:
        await show_code(turn, code)


async def _show_done(turn: Turn, done: HandedOver | RedemptionView, at: datetime) -> None:
    html = turn.t.rich(
        "handover.done",
        name=turn.t.name(done.names),
        price=done.price,
        code=done.code,
        until=turn.house.hour(at + UNDO_WITHIN),
    )
    await turn.show(Message(str(html), _undo(turn, done.code)))


async def _already(turn: Turn, code: RedemptionView) -> None:
    at = turn.house.hour(code.ended_at or turn.now)
    html = turn.t.rich("handover.already_fresh", code=code.code, name=turn.t.name(code.names), at=at)
    await turn.show(Message(str(html), _undo(turn, code.code)))


def _undo(turn: Turn, code: str) -> tuple[tuple[Button, ...], ...]:
    return one_a_row(Button(turn.t("handover.button_undo"), f"ku:{code}"))


def _fresh(code: RedemptionView, now: datetime) -> bool:
    return code.ended_at is not None and code.returned_at is None and now <= code.ended_at + UNDO_WITHIN


def _for_merchant(session: Session, typed: str, resident_id: int, now: datetime) -> RedemptionView:
    mine = merchant_codes(session, resident_id)
    code = look_up(session, typed)
    if mine is not None and code.merchant not in mine:
        raise NotYourReward(code.code)
    if code.resident_id in near_people(session, [resident_id], now):
        raise OwnCode(code.code)
    return code


def _stands_for(session: Session, resident_id: int, merchant: str) -> bool:
    try:
        mine = merchant_codes(session, resident_id)
    except NotAllowed:
        return False
    return mine is None or merchant in mine


def _hand_over(session: Session, resident_id: int, code: str, now: datetime, zone: ZoneInfo) -> HandedOver:
    require_not_paused(session, resident_id, now)
    _for_merchant(session, code, resident_id, now)
    mine = merchant_codes(session, resident_id)
    done = hand_over(session, code=code, merchant_codes=mine, now=now, zone=zone)
    record_of_code(session, actor=resident_id, act=Act.HAND_OVER, event=done, now=now)
    return done


def _undo_handover(
    session: Session, resident_id: int, code: str, now: datetime, zone: ZoneInfo
) -> HandoverUndone:
    _for_merchant(session, code, resident_id, now)
    mine = merchant_codes(session, resident_id)
    undone = undo_handover(session, code=code, merchant_codes=mine, now=now, zone=zone)
    record_of_code(session, actor=resident_id, act=UNDONE, event=undone, now=now)
    return undone


def _nowhere(_: object) -> Talk | None:
    return None


@refuses(OwnCode)
def _own_code(error: OwnCode, t: Texts, house: House) -> str:
    facts = house.neighbourhood.community
    return t("handover.own", code=error.code, operator=t.name(facts.operators), phone=facts.phone)


@refuses(NotHandedOver)
def _not_handed_over(error: NotHandedOver, t: Texts, _: House) -> str:
    return t("refusal.not_handed_over", code=error.code)


@refuses(UndoTooLate)
def _too_late(error: UndoTooLate, t: Texts, house: House) -> str:
    return t(
        "refusal.undo_too_late",
        code=error.code,
        hour=house.hour(error.handed_over_at),
        phone=house.neighbourhood.community.phone,
    )
