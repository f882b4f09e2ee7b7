"""/rewards: the catalogue, a reward's terms, and redeeming it for points."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.conversation import Talk
from bot.chat.entitlements import facts_of, shared_by
from bot.chat.handing_over import show_code as show_to_merchant
from bot.chat.handing_over import typed_code
from bot.chat.keyboards import one_a_row, paged, plain_words
from bot.chat.reward_words import picture_of, terms_message, wait_words
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import group_keys
from bot.delivery import Button, Message
from points import (
    OfferView,
    OutOfStock,
    PriceChanged,
    Redeemed,
    RewardRetired,
    catalogue,
    offer_of,
    redeem,
    standing,
    waiting_codes,
)
from points.shops import DISPUTE_WITHIN, Wait, fetched_codes, wait_of

LIST = "rewards"
TERMS = "rewards.terms"
DONE = "rewards.done"
NAMED = 12  # rewards that are gone or closed; the others are counted


async def show_rewards(turn: Turn) -> None:
    """Show the rewards, or those of which the words after the command are the name."""
    await _list(turn, turn.said.text, page=0)


async def turn_page(turn: Turn) -> None:
    """Show another page of the rewards."""
    talk = turn.talk
    typed = str(talk.draft.get("typed", "")) if talk is not None and talk.step == LIST else ""
    await _list(turn, typed, page=turn.said.number(0))


async def search(turn: Turn) -> None:
    """Show the rewards whose name holds what was typed; a code that a merchant types is a handover."""
    if typed_code(turn) is not None:
        await show_to_merchant(turn, turn.said.text)
        return
    await _list(turn, turn.said.text, page=0)


async def show_terms(turn: Turn) -> None:
    """Show what one gets for what, and ask."""
    await ask_about(turn, turn.said.number(0))


async def leave(turn: Turn) -> None:
    """Go back to the rewards without redeeming."""
    await _list(turn, "", page=0)


async def confirm(turn: Turn) -> None:
    """Redeem what was shown at the price that was shown, once; the code leaves with the commit."""
    reward_id, price = turn.said.number(0), turn.said.number(1)
    shown = {"reward": reward_id, "price": price}
    if turn.talk is None or turn.talk.step not in (TERMS, DONE) or dict(turn.talk.draft) != shown:
        await ask_about(turn, reward_id)
        return
    if turn.talk.step == DONE:
        await turn.toast(turn.t("rewards.done_already"))
        return
    try:
        got = await turn.act_and_step(
            lambda _: Talk(DONE, shown), _redeem, turn.me, reward_id, price, turn.now, turn.house.zone
        )
    except PriceChanged as changed:
        notice = turn.t.rich("rewards.price_changed", shown=changed.shown, price=changed.price)
        await ask_about(turn, reward_id, notice)
        return
    except OutOfStock as gone:
        await turn.toast(turn.t("refusal.out_of_stock", name=turn.t.name(gone.names)), alert=True)
        await ask_about(turn, reward_id)
        return
    name = turn.t.name(got.names)
    await turn.show(Message(str(turn.t.rich("rewards.redeemed", name=name, balance=got.balance))))


async def _list(turn: Turn, typed: str, *, page: int) -> None:
    offers = await turn.look(catalogue, now=turn.now, zone=turn.house.zone)
    found = _matching(offers, typed)
    mine = await turn.look(standing, turn.me, turn.now, turn.house.zone)
    waiting = len(await turn.look(waiting_codes, turn.me))
    received = await turn.look(fetched_codes, turn.me, since=turn.now - DISPUTE_WITHIN)
    buttons = [
        Button(
            turn.t("rewards.button_offer", name=turn.t.name(one.names), price=one.price),
            f"ro:{one.reward_id}",
        )
        for one in found or offers
    ]
    rows = paged(buttons, page, lambda other: f"rp:{other}", turn.t)
    if waiting:
        rows = (*rows, (Button(turn.t("rewards.button_codes", count=waiting), "wm"),))
    elif received:
        rows = (*rows, (Button(turn.t("points.button_codes"), "wm"),))
    html = _heading(turn, offers, mine.available)
    if typed and not found:
        html = turn.t.rich("rewards.not_found", typed=typed[:40]) + Markup("\n") + html
    await turn.ask(Message(str(html), rows), LIST, {"typed": typed if found else ""})


def _heading(turn: Turn, offers: list[OfferView], available: int) -> Markup:
    if not offers:
        return turn.t.rich("rewards.nothing", available=available)
    html = turn.t.rich("rewards.heading", available=available)
    closed = [turn.t.name(one.names) for one in offers if one.closed]
    gone = [turn.t.name(one.names) for one in offers if one.left == 0 and not one.closed]
    for key, names in (("rewards.gone", gone), ("rewards.closed", closed)):
        if names:
            more = turn.t("rewards.names_more", count=len(names) - NAMED) if len(names) > NAMED else ""
            html += Markup("\n") + turn.t.rich(key, names=turn.t("list.comma").join(names[:NAMED]) + more)
    return html


def _matching(offers: list[OfferView], typed: str) -> list[OfferView]:
    wanted = plain_words(typed)
    return [one for one in offers if any(wanted in plain_words(name) for name in one.names.values())]


async def _offer(turn: Turn, reward_id: int) -> OfferView:
    offers = {one.reward_id: one for one in await turn.look(catalogue, now=turn.now, zone=turn.house.zone)}
    if reward_id not in offers:
        raise RewardRetired((await turn.look(offer_of, reward_id)).names)
    return offers[reward_id]


async def ask_about(turn: Turn, reward_id: int, notice: Markup | None = None) -> None:
    """Show a reward's terms, what came of the last tap before them, and what can be done now."""
    offer = await _offer(turn, reward_id)
    mine = await turn.look(standing, turn.me, turn.now, turn.house.zone)
    wait = await turn.look(wait_of, turn.me, reward_id)
    buttons = [*_ways(turn.t, offer, wait), Button(turn.t("rewards.button_not"), "rx")]
    if wait is not None:
        in_line = wait_words(turn.t, turn.house, wait)
        notice = in_line if notice is None else Markup("\n").join((notice, in_line))
    picture = await asyncio.to_thread(picture_of, turn.house, offer.code)
    message = terms_message(
        turn.t, turn.house, offer, mine.available, one_a_row(*buttons), notice=notice, picture=picture
    )
    await turn.ask(message, TERMS, {"reward": offer.reward_id, "price": offer.price})


def _ways(t: Texts, offer: OfferView, wait: Wait | None) -> list[Button]:
    """Redeem it, or stand in line for it, or leave the line; while it is closed, none of them."""
    kept = wait is not None and wait.until is not None
    ways = []
    if not offer.closed and (offer.left != 0 or kept):
        ways.append(Button(t("rewards.button_redeem"), f"ry:{offer.reward_id}:{offer.price}"))
    elif offer.left == 0 and wait is None:
        ways.append(Button(t("waiting.button_tell_me"), f"rw:{offer.reward_id}"))
    if wait is not None:
        ways.append(Button(t("waiting.button_stop"), f"rv:{offer.reward_id}"))
    return ways


def _redeem(
    session: Session, resident_id: int, reward_id: int, price: int, now: datetime, zone: ZoneInfo
) -> Redeemed:
    home = group_keys(session, [resident_id])[resident_id]
    return redeem(
        session,
        resident_id=resident_id,
        household=home.household,
        reward_id=reward_id,
        price_shown=price,
        now=now,
        zone=zone,
        shared=shared_by(session, resident_id, now),
        facts=facts_of(session, resident_id),
    )
