"""/shop: what a shop handed over today, and the ways to its stock, its pauses and its settlement."""

from collections.abc import Sequence

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.house import House
from bot.chat.keyboards import paged
from bot.chat.merchants import own_shops, require_shop
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.delivery import Button, Message
from points import MerchantEntry, RedemptionView
from points.shops import day_start, handovers_of

LISTED = 20


class ShopGoneError(Exception):
    """The shop that a button names is not in the neighbourhood's file any more."""


async def show_shop(turn: Turn) -> None:
    """Show the speaker's shop, or ask which of them."""
    shops = await turn.look(own_shops, turn.me)
    if len(shops) == 1:
        await _show(turn, shops[0])
    elif shops:
        await _ask_which(turn, shops, page=0)
    else:
        await turn.show(Message(str(turn.t.rich("shop.none"))))


async def turn_page(turn: Turn) -> None:
    """Show more of the shops."""
    await _ask_which(turn, await turn.look(own_shops, turn.me), page=turn.said.number(0))


async def choose_shop(turn: Turn) -> None:
    """Show the shop that was chosen."""
    await _show(turn, await shop_tapped(turn))


async def shop_tapped(turn: Turn) -> MerchantEntry:
    """Give the shop that a button names.

    Raises:
        NotAllowed: the speaker does not stand for it, or it is gone.
    """
    return await turn.look(_own_shop, turn.me, turn.said.word(0))


def back_to_shop(turn: Turn, merchant: str) -> Button:
    """Give the way back from what a shop looks at."""
    return Button(turn.t("button.back"), f"sm:{merchant}")


async def _ask_which(turn: Turn, shops: Sequence[MerchantEntry], *, page: int) -> None:
    buttons = [
        Button(turn.t("shop.button_shop", name=turn.t.name(one.names)), f"sm:{one.code}") for one in shops
    ]
    rows = paged(buttons, page, lambda other: f"sg:{other}", turn.t)
    await turn.ask(Message(str(turn.t.rich("shop.ask_which")), rows), "shop.which")


async def _show(turn: Turn, shop: MerchantEntry) -> None:
    t, code = turn.t, shop.code
    midnight = day_start(turn.house.local(turn.now).date(), turn.house.zone)
    today = await turn.look(handovers_of, code, since=midnight)
    buttons = (
        (Button(t("shop.button_stock"), f"sk:{code}"), Button(t("shop.button_pause"), f"sp:{code}")),
        (Button(t("shop.button_settlement"), f"sd:{code}"),),
    )
    await turn.ask(Message(str(_today(turn, shop, today)), buttons), "shop", {"merchant": code})


def _today(turn: Turn, shop: MerchantEntry, today: Sequence[RedemptionView]) -> Markup:
    t = turn.t
    lines = [t.rich("shop.heading", name=t.name(shop.names))]
    if not today:
        return Markup("\n").join((*lines, t.rich("shop.nothing_today")))
    points = sum(one.price for one in today)
    lines.append(t.rich("shop.today", count=t.count("count.handovers", len(today)), points=points))
    lines += [
        t.rich(
            "shop.handover",
            hour=turn.house.hour(one.ended_at or turn.now),
            name=t.name(one.names),
            code=one.code,
            points=one.price,
        )
        for one in today[:LISTED]
    ]
    if len(today) > LISTED:
        lines.append(t.rich("shop.more", count=len(today) - LISTED))
    return Markup("\n").join(lines)


def _own_shop(session: Session, resident_id: int, merchant: str) -> MerchantEntry:
    shop = next((one for one in own_shops(session, resident_id) if one.code == merchant), None)
    if shop is None:
        require_shop(session, resident_id, merchant)
        raise ShopGoneError
    return shop


@refuses(ShopGoneError)
def _gone(_: ShopGoneError, t: Texts, __: House) -> str:
    return t("refusal.shop_gone")
