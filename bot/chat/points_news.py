"""What rewards announce: the code itself, that it was fetched, taken back, given back or has lapsed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.house import House
from bot.chat.merchants import staff
from bot.chat.reward_words import code_message, last_day
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import PersonAddress, addresses
from bot.delivery import Lane, Message
from bot.schedule import put
from points import Cancelled, GivenBack, HandedOver, HandoverUndone, Lapsed, Redeemed, lapse

LAPSE_DUE = "redemption.lapse"


@announces(Redeemed)
def redeemed(session: Session, event: Redeemed, house: House, now: datetime) -> None:
    """Give the code to its owner, and note when it lapses."""
    from bot.pictures.codes import draw_code  # noqa: PLC0415 - drawing is loaded where somebody looks at it

    picture = draw_code(link=house.start_link(f"h_{event.code}"))

    def words(t: Texts) -> Message:
        return code_message(t, house, event, balance=event.balance, picture=picture)

    tell(
        session,
        _owner(session, event.resident_id),
        key=f"redemption:{event.redemption_id}:code",
        words=words,
        now=now,
        about=_about(event.redemption_id),
    )
    _put_lapse(session, event.redemption_id, event.lapses_at, key=f"redemption:{event.redemption_id}:lapse")


@announces(HandedOver)
def handed_over(session: Session, event: HandedOver, house: House, now: datetime) -> None:
    """Tell the owner that it was fetched, where and when."""
    phone = house.neighbourhood.community.phone

    def words(t: Texts) -> Message:
        html = t.rich(
            "fetched.told",
            name=t.name(event.names),
            merchant=t.name(event.merchant_names),
            at=house.hour(event.at),
            price=event.price,
            phone=phone,
        )
        return Message(str(html))

    owner = _owner(session, event.resident_id)
    tell(session, owner, key=f"handover:{event.transfer_id}", words=words, now=now)


@announces(HandoverUndone)
def handover_undone(session: Session, event: HandoverUndone, house: House, now: datetime) -> None:
    """Tell the owner that the code waits again, and note again when it lapses; the merchant sees it done."""

    def to_owner(t: Texts) -> Message:
        html = t.rich(
            "fetched.undone",
            name=t.name(event.names),
            merchant=t.name(event.merchant_names),
            code=event.code,
            day=last_day(house, event.lapses_at),
        )
        return Message(str(html))

    key = f"handover:{event.transfer_id}:undone"
    tell(session, _owner(session, event.resident_id), key=key, words=to_owner, now=now)
    # The lapse noted at redeeming may have passed in silence while the code was handed over.
    again = f"redemption:{event.redemption_id}:lapse:{event.transfer_id}"
    _put_lapse(session, event.redemption_id, event.lapses_at, key=again)


@announces(Cancelled)
def cancelled(session: Session, event: Cancelled, _: House, now: datetime) -> None:
    """Tell both sides that a code was given back."""
    _tell_both(session, event, "given_back.cancelled", "shop.cancelled", now, lane=Lane.OWN_ACT)


@announces(Lapsed)
def lapsed(session: Session, event: Lapsed, _: House, now: datetime) -> None:
    """Tell both sides that nobody fetched it in time."""
    _tell_both(session, event, "given_back.lapsed", "shop.lapsed", now, lane=Lane.ROUTINE)


def lapse_code(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> Lapsed | None:
    """End a code whose time is over, where it still waits."""
    return lapse(session, redemption_id=int(facts["redemption_id"]), now=now)


def _tell_both(
    session: Session, event: GivenBack, owner_key: str, shop_key: str, now: datetime, *, lane: Lane
) -> None:
    def to_owner(t: Texts) -> Message:
        name, price = t.name(event.names), event.price
        return Message(str(t.rich(owner_key, name=name, price=price, code=event.code, balance=event.balance)))

    def to_merchant(t: Texts) -> Message:
        return Message(str(t.rich(shop_key, name=t.name(event.names), code=event.code)))

    key = f"redemption:{event.redemption_id}:given-back"
    tell(session, _owner(session, event.resident_id), key=key, words=to_owner, now=now, lane=lane)
    tell(session, staff(session, event.merchant), key=f"{key}:shop", words=to_merchant, now=now, lane=lane)


def _owner(session: Session, resident_id: int | None) -> tuple[PersonAddress, ...]:
    """Give where the owner is reached; whoever was forgotten is nowhere."""
    return () if resident_id is None else tuple(addresses(session, [resident_id]).values())


def _put_lapse(session: Session, redemption_id: int, at: datetime, *, key: str) -> None:
    put(session, key=key, kind=LAPSE_DUE, at=at, facts={"redemption_id": redemption_id})


def _about(redemption_id: int) -> str:
    return f"redemption:{redemption_id}"
