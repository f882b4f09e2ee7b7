"""💝 at /points: give points to a neighbour or a fund: for whom, how many, a preview, and done once."""

import secrets
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.chat.amounts import points_typed
from bot.chat.conversation import Talk
from bot.chat.giving_words import seen
from bot.chat.house import House
from bot.chat.keyboards import one_a_row, paged, told_apart, two_a_row
from bot.chat.turn import Forged, Turn
from bot.community import Place, card, shown_names
from bot.delivery import Button, Message
from bot.giving import (
    GiftGiven,
    Neighbour,
    check_receiver,
    give_fund,
    give_neighbour,
    neighbours_called,
    own_area,
)
from points.giving import GiftLimits, GiftRoom, gift_room

WHO, AMOUNT, PREVIEW, DONE = "gift.who", "gift.amount", "gift.preview", "gift.done"
OFFERED = (5, 10, 20, 50)
LONGEST_KEPT = 200
NO_AMOUNT = -1
Draft = Mapping[str, Any]


def limits_of(house: House) -> GiftLimits:
    """Give how much may be given in a month, as the neighbourhood's file says."""
    rules = house.neighbourhood.points
    return GiftLimits(rules.gift_monthly, rules.gift_received_monthly)


async def begin(turn: Turn) -> None:
    """Ask for whom it is: typed for a neighbour, a button for a fund of where the speaker lives."""
    room = await _room(turn)
    if room.most < 1:
        await turn.show(_nothing(turn, room))
        return
    html = turn.t.rich("gift.who", available=room.available, left=room.left)
    await turn.ask(Message(html, one_a_row(*await _funds(turn), _cancel(turn))), WHO, _new())


async def begin_with_fund(turn: Turn) -> None:
    """Begin from a fund's page: for whom it is, is said."""
    await _fund(turn, _new(), turn.said.number(0))


async def take_fund(turn: Turn) -> None:
    """Take the fund that was tapped."""
    await _fund(turn, _draft(turn, WHO), turn.said.number(0))


async def take_who(turn: Turn) -> None:
    """Take who was typed; several of one name are told apart by where they live."""
    draft, typed = _draft(turn, WHO), turn.said.text
    found = await turn.look(neighbours_called, typed, turn.me)
    if len(found) == 1:
        await _person(turn, draft, found[0])
        return
    await _ask_person(turn, {**draft, "called": typed[:LONGEST_KEPT]}, found)


async def take_person(turn: Turn) -> None:
    """Take the one of several who was tapped; only who was found by what was typed can be."""
    draft, number = _draft(turn, WHO), turn.said.number(0)
    found = await turn.look(neighbours_called, str(draft.get("called", "")), turn.me)
    chosen = next((one for one in found if one.resident_id == number), None)
    if chosen is None:
        raise Forged
    await _person(turn, draft, chosen)


async def turn_people(turn: Turn) -> None:
    """Show another page of people of one name."""
    draft = _draft(turn, WHO)
    found = await turn.look(neighbours_called, str(draft.get("called", "")), turn.me)
    await _ask_person(turn, draft, found, page=turn.said.number(0))


async def take_amount(turn: Turn) -> None:
    """Take how many, tapped or typed, and show what will be given and what is kept."""
    draft = _draft(turn, AMOUNT)
    amount = turn.said.number(0) if turn.said.data else points_typed(turn.said.text)
    after = (await _room(turn)).after(NO_AMOUNT if amount is None else amount)
    facts: dict[str, str | int] = {"name": str(draft["name"]), "amount": amount or 0, "left": after.available}
    html = turn.t.rich("gift.preview", **facts) + Markup("\n") + await _signed(turn, draft)
    buttons = one_a_row(Button(turn.t("gift.button_yes"), f"gy:{draft['key']}"), _cancel(turn))
    await turn.ask(Message(html, buttons), PREVIEW, {**draft, "amount": amount})


async def confirm(turn: Turn) -> None:
    """Give what was read, once."""
    if turn.talk is not None and turn.talk.step == DONE:
        await turn.toast(turn.t("gift.done_already"))
        return
    draft = _draft(turn, PREVIEW)
    if turn.said.word(0) != draft["key"]:
        raise Forged
    given = await _give(turn, draft)
    if not given.gift.new:
        await turn.toast(turn.t("gift.done_already"))
        return
    await turn.show(_done(turn, draft, given))


async def _give(turn: Turn, draft: Draft) -> GiftGiven:
    facts: dict[str, Any] = {
        "key": f"gift:{turn.me}:{draft['key']}",
        "giver_id": turn.me,
        "amount": int(draft["amount"]),
        "limits": limits_of(turn.house),
        "now": turn.now,
        "zone": turn.house.zone,
    }
    if "area" in draft:
        return await turn.act_and_step(_over, give_fund, area_id=int(draft["area"]), **facts)
    return await turn.act_and_step(_over, give_neighbour, receiver_id=int(draft["who"]), **facts)


async def _person(turn: Turn, draft: Draft, one: Neighbour) -> None:
    await turn.look(check_receiver, giver_id=turn.me, receiver_id=one.resident_id, now=turn.now)
    await _ask_amount(turn, {**draft, "who": one.resident_id, "name": seen(turn.t, one)})


async def _fund(turn: Turn, draft: Draft, area_id: int) -> None:
    area = await turn.look(own_area, turn.me, area_id)
    name = turn.t("gift.fund_of", area=turn.t.name(area.names))
    await _ask_amount(turn, {**draft, "area": area_id, "name": name})


async def _ask_amount(turn: Turn, draft: Draft) -> None:
    room = await _room(turn)
    if room.most < 1:
        await turn.show(_nothing(turn, room))
        return
    offered = [
        Button(turn.t("gift.button_amount", amount=one), f"ga:{one}") for one in OFFERED if one <= room.most
    ]
    html = turn.t.rich("gift.amount", name=str(draft["name"]), available=room.available, left=room.left)
    await turn.ask(Message(html, (*two_a_row(*offered), (_cancel(turn),))), AMOUNT, draft)


async def _ask_person(turn: Turn, draft: Draft, found: tuple[Neighbour, ...], *, page: int = 0) -> None:
    named = [(turn.t("gift.button_person", name=seen(turn.t, one)), one.short_code) for one in found]
    labels = zip(found, told_apart(named), strict=True)
    buttons = [Button(label, f"gp:{one.resident_id}") for one, label in labels]
    rows = paged(buttons, page, lambda number: f"gq:{number}", turn.t)
    await turn.ask(Message(turn.t.rich("gift.which_person"), rows), WHO, draft)


async def _funds(turn: Turn) -> list[Button]:
    places = [one for one in reversed((await turn.look(card, turn.me)).trail) if not one.retired]
    return [
        Button(turn.t("fund.button_fund", area=turn.t.name(one.names)), f"gt:{one.area_id}") for one in places
    ]


async def _signed(turn: Turn, draft: Draft) -> Markup:
    """Say what the receiver reads of who gives; a fund's page names no giver."""
    if "area" in draft:
        return turn.t.rich("gift.to_fund")
    shown = await turn.look(shown_names, [turn.me], Place.PRIVATE)
    return turn.t.rich("gift.signed", name=shown.get(turn.me) or turn.t("gift.somebody"))


async def _room(turn: Turn) -> GiftRoom:
    limits = limits_of(turn.house)
    return await turn.look(gift_room, giver_id=turn.me, limits=limits, now=turn.now, zone=turn.house.zone)


def _nothing(turn: Turn, room: GiftRoom) -> Message:
    key = "gift.none_left" if room.available else "gift.nothing"
    html = turn.t.rich(key, available=room.available, most=room.limit)
    return Message(html, one_a_row(Button(turn.t("command.points"), "h:points")))


def _done(turn: Turn, draft: Draft, given: GiftGiven) -> Message:
    gift = given.gift
    lines = [
        turn.t.rich("gift.done", name=str(draft["name"]), amount=gift.amount),
        turn.t.rich("gift.balance", balance=gift.balance, left=gift.left),
    ]
    if given.receiver and all(one.chat_id is None for one in given.receiver):
        lines.append(turn.t.rich("gift.no_chat"))
    buttons = one_a_row(Button(turn.t("command.points"), "h:points"))
    return Message(Markup("\n").join(lines), buttons)


def _over(_: GiftGiven) -> Talk:
    return Talk(DONE)


def _new() -> Draft:
    return {"key": secrets.token_hex(8)}


def _cancel(turn: Turn) -> Button:
    return Button(turn.t("button.cancel"), "x")


def _draft(turn: Turn, step: str) -> Draft:
    """Give what was said so far at a step; a button of another one leads nowhere."""
    if turn.talk is None or turn.talk.step != step:
        raise Forged
    return turn.talk.draft
