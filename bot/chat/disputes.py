"""Complaints that a reward was not received: made by the customer, decided by a coordinator, told to all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.code_messages import ends, owner_of
from bot.chat.conversation import Talk
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.merchants import merchant_area, record_of_code, staff
from bot.chat.overseeing import deciders, has_part
from bot.chat.refusals import refuses
from bot.chat.telling import Words, ends_everywhere, tell
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import Act, PersonAddress, require
from bot.delivery import Button, Lane, Message
from bot.schedule import put
from points import NotYourReward, RedemptionView, redemption
from points.shops import (
    AlreadyDisputed,
    CodeReturned,
    Complaint,
    ComplaintLeft,
    Disputed,
    DisputeEnded,
    DisputeState,
    DisputeTooLate,
    DisputeWaits,
    HandoverStands,
    OwnDispute,
    PointsGivenBack,
    UnknownDispute,
    complaint,
    dispute,
    give_points_back,
    still_waiting,
    uphold_handover,
)

REMINDER_DUE = "dispute.reminder"
REMINDED_EVERY = timedelta(days=1)
ASKED = "dispute.ask"
GIVEN_BACK, KEPT = "give-back-points", "keep-handover"
ENDS = {
    DisputeState.GIVEN_BACK: "refusal.dispute_given_back",
    DisputeState.KEPT: "refusal.dispute_kept",
    DisputeState.UNDONE: "refusal.dispute_undone",
    DisputeState.LEFT: "refusal.dispute_left",
}


async def ask(turn: Turn) -> None:
    """Ask whether it was really not received, and say what follows."""
    code = await turn.look(_own, turn.said.number(0), turn.me)
    t, at = turn.t, code.ended_at or turn.now
    question = t.rich(
        "disputes.ask",
        name=t.name(code.names),
        merchant=t.name(code.merchant_names),
        day=turn.house.day(at),
        hour=turn.house.hour(at),
    )
    buttons = one_a_row(
        Button(t("disputes.button_yes"), f"wq:{code.redemption_id}"), Button(t("disputes.button_no"), "wm")
    )
    await turn.ask(Message(str(question), buttons), ASKED)


async def confirm(turn: Turn) -> None:
    """Take the complaint, and say what happens next."""
    made = await turn.act_and_step(
        _nowhere, dispute, redemption_id=turn.said.number(0), resident_id=turn.me, now=turn.now
    )
    facts = turn.house.neighbourhood.community
    somebody = await turn.look(deciders, made, turn.now)
    html = turn.t.rich(
        "disputes.taken" if somebody else "disputes.taken_nobody",
        name=turn.t.name(made.names),
        price=made.price,
        operator=turn.t.name(facts.operators),
        phone=facts.phone,
    )
    await turn.show(Message(str(html)))


async def decide_give_back(turn: Turn) -> None:
    """Decide that it was not received."""
    done = await turn.act(_give_back, turn.me, turn.said.number(0), turn.now, turn.house.zone)
    await turn.show(Message(str(_decided(turn, "disputes.decided_given_back", done))))


async def decide_keep(turn: Turn) -> None:
    """Decide that it was received."""
    done = await turn.act(_keep, turn.me, turn.said.number(0), turn.now)
    await turn.show(Message(str(_decided(turn, "disputes.decided_kept", done))))


@announces(Disputed)
def disputed(session: Session, event: Disputed, house: House, now: datetime) -> None:
    """Ask the coordinators, and let the shop know; they hear no name of the customer there."""
    _ask_overseers(session, event, house, now, key=f"dispute:{event.dispute_id}")
    _put_reminder(session, event.dispute_id, now)

    def to_shop(t: Texts) -> Message:
        return Message(str(_about(t, house, "disputes.shop_told", event)))

    key = f"dispute:{event.dispute_id}:shop"
    tell(session, staff(session, event.merchant), key=key, words=to_shop, now=now)


@announces(DisputeWaits)
def waits(session: Session, event: DisputeWaits, house: House, now: datetime) -> None:
    """Ask the coordinators again."""
    _ask_overseers(session, event, house, now, key=f"dispute:{event.dispute_id}:{now.isoformat()}")
    _put_reminder(session, event.dispute_id, now)


@announces(PointsGivenBack)
def points_given_back(session: Session, event: PointsGivenBack, house: House, now: datetime) -> None:
    """Tell both sides, and take the handover out of the customer's message."""

    def returned(t: Texts) -> Message:
        return Message(str(t.rich("disputes.returned", name=t.name(event.names))))

    ends(session, event.redemption_id, event.resident_id, words=returned, now=now)
    _tell_both(session, event, house, now, "disputes.given_back", "disputes.shop_given_back")


@announces(HandoverStands)
def handover_stands(session: Session, event: HandoverStands, house: House, now: datetime) -> None:
    """Tell both sides."""
    _tell_both(session, event, house, now, "disputes.kept", "disputes.shop_kept")


@announces(ComplaintLeft)
def complaint_left(session: Session, event: ComplaintLeft, house: House, now: datetime) -> None:
    """Take the questions back, which name the customer: nothing is to be decided; tell the shop."""

    def words(key: str) -> Words:
        return lambda t: Message(str(_about(t, house, key, event)))

    ends_everywhere(session, about_dispute(event.dispute_id), words=words("disputes.left"), now=now)
    key = f"dispute:{event.dispute_id}:left:shop"
    tell(session, staff(session, event.merchant), key=key, words=words("disputes.shop_left"), now=now)


def about_dispute(dispute_id: int) -> str:
    """Name what coordinators are asked about a complaint."""
    return f"dispute:{dispute_id}"


def remind(session: Session, facts: Mapping[str, Any], _: datetime, __: House) -> object:
    """Find what nobody decided since the last time."""
    return still_waiting(session, int(facts["dispute_id"]))


def _ask_overseers(session: Session, event: Complaint, house: House, now: datetime, *, key: str) -> None:
    who = next((one.name for one in owner_of(session, event.resident_id)), "")

    def words(t: Texts) -> Message:
        buttons = one_a_row(
            Button(t("disputes.button_give_back"), f"wy:{event.dispute_id}"),
            Button(t("disputes.button_keep"), f"wn:{event.dispute_id}"),
        )
        return Message(str(_about(t, house, "disputes.decide", event, who=who)), buttons)

    about = about_dispute(event.dispute_id)
    tell(session, deciders(session, event, now), key=key, words=words, now=now, about=about)


def _put_reminder(session: Session, dispute_id: int, now: datetime) -> None:
    at = now + REMINDED_EVERY
    key = f"{REMINDER_DUE}:{dispute_id}:{at.isoformat()}"
    put(session, key=key, kind=REMINDER_DUE, at=at, facts={"dispute_id": dispute_id})


def _tell_both(
    session: Session, event: Complaint, house: House, now: datetime, owner_key: str, shop_key: str
) -> None:
    def words(key: str) -> Words:
        return lambda t: Message(str(_about(t, house, key, event)))

    key = f"dispute:{event.dispute_id}:decided"
    customer: tuple[PersonAddress, ...] = owner_of(session, event.resident_id)
    tell(session, customer, key=key, words=words(owner_key), now=now, lane=Lane.OWN_ACT)
    tell(session, staff(session, event.merchant), key=f"{key}:shop", words=words(shop_key), now=now)


def _about(t: Texts, house: House, key: str, event: Complaint, who: str = "") -> Any:
    return t.rich(
        key,
        name=t.name(event.names),
        merchant=t.name(event.merchant_names),
        code=event.code,
        price=event.price,
        day=house.day(event.handed_over_at),
        hour=house.hour(event.handed_over_at),
        balance=event.balance,
        phone=house.neighbourhood.community.phone,
        who=who,
    )


def _decided(turn: Turn, key: str, event: Complaint) -> Any:
    return turn.t.rich(key, name=turn.t.name(event.names), code=event.code, price=event.price)


def _give_back(
    session: Session, actor: int, dispute_id: int, now: datetime, zone: ZoneInfo
) -> PointsGivenBack:
    _require_overseer(session, actor, complaint(session, dispute_id), now)
    done = give_points_back(session, dispute_id=dispute_id, decided_by=actor, now=now, zone=zone)
    record_of_code(session, actor=actor, act=GIVEN_BACK, event=done, now=now)
    return done


def _keep(session: Session, actor: int, dispute_id: int, now: datetime) -> HandoverStands:
    _require_overseer(session, actor, complaint(session, dispute_id), now)
    done = uphold_handover(session, dispute_id=dispute_id, decided_by=actor, now=now)
    record_of_code(session, actor=actor, act=KEPT, event=done, now=now)
    return done


def _require_overseer(session: Session, actor: int, event: Complaint, now: datetime) -> None:
    """Let only who oversees the place decide, and nobody who has a part in it."""
    area_id = merchant_area(session, event.merchant).area_id
    require(session, resident_id=actor, act=Act.OVERSEE_SHOPS, area_id=area_id)
    if has_part(session, event, [actor], now):
        raise OwnDispute(event.dispute_id)


def _own(session: Session, redemption_id: int, resident_id: int) -> RedemptionView:
    code = redemption(session, redemption_id)
    if code.resident_id != resident_id:
        raise NotYourReward(code.code)
    if code.returned_at is not None:
        raise CodeReturned(code.code, code.returned_at)
    return code


def _nowhere(_: object) -> Talk | None:
    return None


@refuses(AlreadyDisputed)
def _already(error: AlreadyDisputed, t: Texts, house: House) -> str:
    phone = house.neighbourhood.community.phone
    return t("refusal.already_disputed", day=house.day(error.at), phone=phone)


@refuses(DisputeTooLate)
def _too_late(error: DisputeTooLate, t: Texts, house: House) -> str:
    phone = house.neighbourhood.community.phone
    return t("refusal.dispute_too_late", day=house.day(error.handed_over_at), phone=phone)


@refuses(DisputeEnded)
def _ended(error: DisputeEnded, t: Texts, _: House) -> str:
    return t(ENDS[DisputeState(error.state)])


@refuses(OwnDispute)
def _own_dispute(_: OwnDispute, t: Texts, house: House) -> str:
    return t("refusal.own_dispute", phone=house.neighbourhood.community.phone)


@refuses(UnknownDispute)
def _unknown(_: UnknownDispute, t: Texts, __: House) -> str:
    return t("oops.stale_button")


@refuses(CodeReturned)
def _returned(error: CodeReturned, t: Texts, house: House) -> str:
    return t("refusal.code_returned", code=error.code, day=house.day(error.at))
