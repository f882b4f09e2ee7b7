"""What rewards announce: the code itself, that it was fetched, taken back, given back or has lapsed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.code_messages import about_code, becomes, ends, owner_of, shows_again
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.merchants import staff
from bot.chat.reward_words import code_message, last_day
from bot.chat.telling import Words, tell
from bot.chat.texts import Texts
from bot.chat.waiting import serve
from bot.delivery import Button, Lane, Message
from bot.schedule import put
from points import Cancelled, GivenBack, HandedOver, HandoverUndone, Lapsed, Redeemed, lapse
from points.shops import ShopClosed

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
        owner_of(session, event.resident_id),
        key=f"redemption:{event.redemption_id}:code",
        words=words,
        now=now,
        about=about_code(event.redemption_id),
        until=event.lapses_at,
    )
    _put_lapse(session, event.redemption_id, event.lapses_at, key=f"redemption:{event.redemption_id}:lapse")


@announces(HandedOver)
def handed_over(session: Session, event: HandedOver, house: House, now: datetime) -> None:
    """Make the owner's message with the code say that it was received, where and when."""
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
        not_received = Button(t("disputes.button_not_received"), f"wd:{event.redemption_id}")
        return Message(str(html), one_a_row(not_received))

    key = f"handover:{event.transfer_id}"
    becomes(session, event.redemption_id, event.resident_id, words=words, key=key, now=now)


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
    tell(
        session, owner_of(session, event.resident_id), key=key, words=to_owner, now=now, until=event.lapses_at
    )
    shows_again(session, event.redemption_id, event.resident_id, house=house, now=now)
    # The lapse noted at redeeming may have passed in silence while the code was handed over.
    again = f"redemption:{event.redemption_id}:lapse:{event.transfer_id}"
    _put_lapse(session, event.redemption_id, event.lapses_at, key=again)


@announces(Cancelled)
def cancelled(session: Session, event: Cancelled, house: House, now: datetime) -> None:
    """Tell both sides that a code was given back, and who waits for the reward that one came back."""
    _tell_both(session, event, "given_back.cancelled", "shop.cancelled", now, lane=Lane.OWN_ACT)
    serve(session, event.reward_id, house, now)


@announces(Lapsed)
def lapsed(session: Session, event: Lapsed, house: House, now: datetime) -> None:
    """Tell both sides that nobody fetched it in time, and who waits for the reward that one came back."""
    _tell_both(session, event, "given_back.lapsed", "shop.lapsed", now, lane=Lane.ROUTINE)
    serve(session, event.reward_id, house, now)


@announces(ShopClosed)
def shop_closed(session: Session, event: ShopClosed, house: House, now: datetime) -> None:
    """Tell the owner that the shop is gone and the points are back."""
    phone = house.neighbourhood.community.phone

    def words(t: Texts) -> Message:
        html = t.rich(
            "given_back.shop_closed",
            name=t.name(event.names),
            merchant=t.name(event.merchant_names),
            price=event.price,
            balance=event.balance,
            phone=phone,
        )
        return Message(str(html + _elsewhere(t, event)))

    key = f"redemption:{event.redemption_id}:shop-closed"
    owner = owner_of(session, event.resident_id)
    tell(session, owner, key=key, words=words, now=now, lane=Lane.ROUTINE)
    ends(session, event.redemption_id, event.resident_id, words=_ended(event), now=now)


def lapse_code(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> Lapsed | None:
    """End a code whose time is over, where it still waits."""
    return lapse(session, redemption_id=int(facts["redemption_id"]), now=now)


def _tell_both(
    session: Session, event: GivenBack, owner_key: str, shop_key: str, now: datetime, *, lane: Lane
) -> None:
    def to_owner(t: Texts) -> Message:
        name, price = t.name(event.names), event.price
        html = t.rich(owner_key, name=name, price=price, code=event.code, balance=event.balance)
        return Message(str(html + _elsewhere(t, event)))

    def to_merchant(t: Texts) -> Message:
        return Message(str(t.rich(shop_key, name=t.name(event.names), code=event.code)))

    key = f"redemption:{event.redemption_id}:given-back"
    owner = owner_of(session, event.resident_id)
    tell(session, owner, key=key, words=to_owner, now=now, lane=lane)
    ends(session, event.redemption_id, event.resident_id, words=_ended(event), now=now)
    tell(session, staff(session, event.merchant), key=f"{key}:shop", words=to_merchant, now=now, lane=lane)


def _elsewhere(t: Texts, event: GivenBack) -> Markup:
    return Markup("\n") + t.rich("given_back.elsewhere") if event.elsewhere else Markup("")


def _ended(event: GivenBack) -> Words:
    return lambda t: Message(str(t.rich("codes.ended", name=t.name(event.names))))


def _put_lapse(session: Session, redemption_id: int, at: datetime, *, key: str) -> None:
    put(session, key=key, kind=LAPSE_DUE, at=at, facts={"redemption_id": redemption_id})
