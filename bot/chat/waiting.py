"""Waiting for a reward that is out of stock: standing in line, leaving it, and being told in turn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.chat.announcing import announce, announces
from bot.chat.entitlements import facts_of, shared_by
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.refusals import refuses
from bot.chat.shopping import ask_about
from bot.chat.telling import Words, tell
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import addresses, group_keys
from bot.delivery import Button, Lane, Message
from bot.schedule import put
from points import month_of, month_start, months_later
from points.shops import (
    InLine,
    InStock,
    LeftLine,
    LineEnded,
    Offered,
    OfferPassed,
    OfferProlonged,
    lapse_offer,
    serve_every_line,
    serve_line,
    stop_waiting,
    wait_for,
)

OFFER_DUE = "reward.offer"
MONTH_DUE = "reward.month"


async def stand_in_line(turn: Turn) -> None:
    """Wait for a reward."""
    line = await turn.act(_wait, turn.me, turn.said.number(0), turn.now, turn.house.zone)
    await ask_about(turn, line.reward_id)


async def leave_line(turn: Turn) -> None:
    """Wait no longer."""
    left = await turn.act(stop_waiting, resident_id=turn.me, reward_id=turn.said.number(0))
    await ask_about(turn, left.reward_id, turn.t.rich("waiting.left"))


@announces(LeftLine)
def left_line(session: Session, event: LeftLine, house: House, now: datetime) -> None:
    """Keep for the next in line what was kept for who left."""
    serve(session, event.reward_id, house, now)


@announces(Offered)
def offered(session: Session, event: Offered, house: House, now: datetime) -> None:
    """Tell who is first in line that one is kept, and note until when."""

    def words(t: Texts) -> Message:
        html = t.rich(
            "waiting.offered",
            name=t.name(event.names),
            price=event.price,
            day=house.day(event.until),
            hour=house.hour(event.until),
        )
        return Message(str(html), one_a_row(Button(t("waiting.button_look"), f"ro:{event.reward_id}")))

    _tell(session, event, words, now)
    _put_end(session, event)


@announces(OfferProlonged)
def prolonged(session: Session, event: OfferProlonged, _: House, __: datetime) -> None:
    """Note the later end; they read it where they look."""
    _put_end(session, event)


@announces(OfferPassed)
def passed(session: Session, event: OfferPassed, house: House, now: datetime) -> None:
    """Tell who did not take it, and keep it for the next."""

    def words(t: Texts) -> Message:
        again = Button(t("waiting.button_look"), f"ro:{event.reward_id}")
        return Message(str(t.rich("waiting.passed", name=t.name(event.names))), one_a_row(again))

    _tell(session, event, words, now)
    serve(session, event.reward_id, house, now)


@announces(LineEnded)
def line_ended(session: Session, event: LineEnded, _: House, now: datetime) -> None:
    """Tell who waited that it is not offered any more."""

    def words(t: Texts) -> Message:
        return Message(str(t.rich("waiting.ended", name=t.name(event.names))))

    if event.resident_id is not None:
        waited = addresses(session, [event.resident_id]).values()
        key = f"wait:{event.wait_id}:ended"
        tell(session, waited, key=key, words=words, now=now, lane=Lane.ROUTINE)


def serve(session: Session, reward_id: int, house: House, now: datetime) -> None:
    """Keep what is free of a reward for those who wait for it, and tell them."""
    announce(session, serve_line(session, reward_id=reward_id, now=now, zone=house.zone), house, now)


def end_offer(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> object:
    """End what was kept for somebody and not taken in time."""
    return lapse_offer(session, wait_id=int(facts["wait_id"]), now=now, zone=house.zone)


def begin_month(session: Session, _: Mapping[str, Any], now: datetime, house: House) -> object:
    """Serve those who wait for what a sponsor can pay for again."""
    plan_month(session, house, now)
    return serve_every_line(session, now=now, zone=house.zone)


def plan_month(session: Session, house: House, now: datetime) -> None:
    """Note when the next month begins."""
    month = months_later(month_of(now, house.zone), 1)
    at = month_start(month, house.zone)
    put(session, key=f"{MONTH_DUE}:{month}", kind=MONTH_DUE, at=at, facts={"month": month})


def _wait(session: Session, resident_id: int, reward_id: int, now: datetime, zone: ZoneInfo) -> InLine:
    return wait_for(
        session,
        resident_id=resident_id,
        household=group_keys(session, [resident_id])[resident_id].household,
        reward_id=reward_id,
        now=now,
        zone=zone,
        facts=facts_of(session, resident_id),
        shared=shared_by(session, resident_id, now),
    )


def _tell(session: Session, event: Offered | OfferPassed, words: Words, now: datetime) -> None:
    if event.resident_id is None:
        return
    key = f"wait:{event.wait_id}:{type(event).__name__}:{event.until.isoformat()}"
    waiting = addresses(session, [event.resident_id]).values()
    until = event.until if isinstance(event, Offered) else None
    tell(session, waiting, key=key, words=words, now=now, lane=Lane.ROUTINE, until=until)


def _put_end(session: Session, event: Offered | OfferProlonged) -> None:
    key = f"wait:{event.wait_id}:{event.until.isoformat()}"
    put(session, key=key, kind=OFFER_DUE, at=event.until, facts={"wait_id": event.wait_id})


@refuses(InStock)
def _in_stock(error: InStock, t: Texts, _: House) -> str:
    return t("refusal.in_stock", name=t.name(error.names))
