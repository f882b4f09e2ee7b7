"""🌳 at /points: area funds to read and to spend: proposed by one coordinator, agreed to by somebody else."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat.amounts import points_typed
from bot.chat.conversation import Talk
from bot.chat.giving_words import about, page_html, who
from bot.chat.keyboards import PAGE, Rows, one_a_row, page_ways, page_within, paged, two_a_row
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.delivery import Button, Message
from bot.giving import (
    FundPage,
    SpendingCard,
    SpendingDone,
    SpendingProposed,
    agree_spending,
    check_proposer,
    fund_page,
    funds_for,
    propose_spending,
    refuse_spending,
    withdraw_spending,
)
from points.giving import LONGEST_PURPOSE, checked_purpose

LIST, SHOWN = "fund.list", "fund.page"
AMOUNT, PURPOSE, PREVIEW, DONE = "fund.amount", "fund.purpose", "fund.preview", "fund.done"
NO_AMOUNT = -1
LONGEST_LABEL = 20
MOST_NAMES = 5
Draft = Mapping[str, Any]


async def show_funds(turn: Turn) -> None:
    """List the funds of where the speaker lives, and those they may spend from; a single one is shown."""
    lines = await turn.look(funds_for, turn.me)
    if len(lines) == 1:
        await _show(turn, lines[0].area.area_id)
        return
    buttons = [
        Button(
            turn.t("fund.button_open", area=turn.t.name(one.area.names), available=one.available),
            f"gv:{one.area.area_id}",
        )
        for one in lines
    ]
    page = turn.said.number(0) if turn.said.data else 0
    rows = paged(buttons, page, lambda number: f"gn:{number}", turn.t)
    await turn.ask(Message(turn.t.rich("fund.which"), rows), LIST)


async def show_fund(turn: Turn) -> None:
    """Show one fund, or another page of it."""
    await _show(turn, turn.said.number(0), turn.said.number(1) if len(turn.said.data) > 1 else 0)


async def begin_proposal(turn: Turn) -> None:
    """Ask how many points a common good takes."""
    area_id = turn.said.number(0)
    place = await turn.look(check_proposer, area_id=area_id, proposer_id=turn.me, now=turn.now)
    page = await turn.look(fund_page, area_id=area_id, reader_id=turn.me, now=turn.now)
    facts: dict[str, str | int] = {"area": turn.t.name(place.names), "available": page.fund.available}
    draft = {"key": secrets.token_hex(8), "area": area_id}
    await turn.ask(Message(turn.t.rich("fund.ask_amount", **facts), _cancel(turn)), AMOUNT, draft)


async def take_amount(turn: Turn) -> None:
    """Take how many points, and ask what for."""
    draft = _draft(turn, AMOUNT)
    amount = points_typed(turn.said.text)
    page = await turn.look(fund_page, area_id=int(draft["area"]), reader_id=turn.me, now=turn.now)
    page.fund.check(NO_AMOUNT if amount is None else amount)
    html = turn.t.rich("fund.ask_purpose", area=turn.t.name(page.area.names), most=LONGEST_PURPOSE)
    await turn.ask(Message(html, _cancel(turn)), PURPOSE, {**draft, "amount": amount})


async def take_purpose(turn: Turn) -> None:
    """Take what it is for, and show what everybody will read."""
    draft, purpose = _draft(turn, PURPOSE), checked_purpose(turn.said.text)
    page = await turn.look(fund_page, area_id=int(draft["area"]), reader_id=turn.me, now=turn.now)
    area, amount = turn.t.name(page.area.names), int(draft["amount"])
    html = turn.t.rich("fund.preview", area=area, amount=amount, purpose=purpose)
    buttons = one_a_row(
        Button(turn.t("fund.button_propose_yes"), f"gk:{draft['key']}"), Button(turn.t("button.cancel"), "x")
    )
    await turn.ask(Message(html, buttons), PREVIEW, {**draft, "purpose": purpose})


async def confirm(turn: Turn) -> None:
    """Propose what was read, once."""
    if turn.talk is not None and turn.talk.step == DONE:
        await turn.toast(turn.t("fund.done_already"))
        return
    draft = _draft(turn, PREVIEW)
    if turn.said.word(0) != draft["key"]:
        raise Forged
    made = await turn.act_and_step(
        _over,
        propose_spending,
        key=f"{turn.me}:{draft['key']}",
        area_id=int(draft["area"]),
        amount=int(draft["amount"]),
        purpose=str(draft["purpose"]),
        proposer_id=turn.me,
        now=turn.now,
    )
    names = _first_of(turn.t, [who(turn.t, made.card, one.resident_id) for one in made.asked])
    day = turn.house.day(made.card.spending.lapses_at)
    html = turn.t.rich("fund.proposed", purpose=made.card.spending.purpose, names=names, day=day)
    await turn.show(Message(html, one_a_row(_back(turn.t, int(draft["area"])))))


def _first_of(t: Texts, names: Sequence[str]) -> str:
    """Name the first few, once each, and say how many more there are."""
    few = list(dict.fromkeys(names))[:MOST_NAMES]
    left = len(names) - sum(name in few for name in names)
    return t("list.comma").join(few) + (t("board.names_more", n=left) if left else "")


async def agree(turn: Turn) -> None:
    """Agree as the second person."""
    number = turn.said.number(0)
    done = await turn.act(
        agree_spending, spending_id=number, decider_id=turn.me, now=turn.now, zone=turn.house.zone
    )
    await _say(turn, done, "fund.you_agreed")


async def refuse(turn: Turn) -> None:
    """Refuse as the second person."""
    done = await turn.act(refuse_spending, spending_id=turn.said.number(0), decider_id=turn.me, now=turn.now)
    await _say(turn, done, "fund.you_refused")


async def withdraw(turn: Turn) -> None:
    """Take back what the speaker proposed."""
    done = await turn.act(
        withdraw_spending, spending_id=turn.said.number(0), proposer_id=turn.me, now=turn.now
    )
    await _say(turn, done, "fund.you_withdrew")


async def _show(turn: Turn, area_id: int, number: int = 0) -> None:
    page = await turn.look(fund_page, area_id=area_id, reader_id=turn.me, now=turn.now)
    gifts = turn.house.neighbourhood.points.gift_monthly > 0
    number = page_within(number, len(page.cards))
    cards = page.cards[number * PAGE :][:PAGE]
    ways = page_ways(len(page.cards), number, lambda other: f"gv:{area_id}:{other}", turn.t)
    rows = (*_ways(turn.t, page, gifts=gifts), *_decisions(turn.t, page, cards), *ways, *_others(turn.t))
    await turn.ask(Message(page_html(turn.t, turn.house, page, cards), rows), SHOWN)


def _ways(t: Texts, page: FundPage, *, gifts: bool) -> Rows:
    area_id, ways = page.area.area_id, []
    if gifts and page.lives_there:
        ways.append(Button(t("fund.button_give"), f"gf:{area_id}"))
    if page.may_propose and page.fund.available:
        ways.append(Button(t("fund.button_propose"), f"gs:{area_id}"))
    return two_a_row(*ways)


def _decisions(t: Texts, page: FundPage, cards: Sequence[SpendingCard]) -> Rows:
    decisions = []
    for one in (card.spending for card in cards):
        label: dict[str, str | int] = {"amount": one.amount, "purpose": _short(one.purpose)}
        if one.spending_id in page.to_decide:
            decisions.append(Button(t("fund.button_agree_to", **label), f"gc:{one.spending_id}"))
            decisions.append(Button(t("fund.button_refuse_that", **label), f"gd:{one.spending_id}"))
        if one.spending_id in page.to_withdraw:
            decisions.append(Button(t("fund.button_withdraw", **label), f"gx:{one.spending_id}"))
    return one_a_row(*decisions)


def _others(t: Texts) -> Rows:
    return one_a_row(Button(t("fund.button_others"), "gn"))


def _short(purpose: str) -> str:
    return purpose if len(purpose) <= LONGEST_LABEL else f"{purpose[: LONGEST_LABEL - 1]}…"


async def _say(turn: Turn, done: SpendingDone, key: str) -> None:
    buttons = one_a_row(_back(turn.t, done.card.area.area_id))
    await turn.show(Message(about(turn.t, done.card, key), buttons))


def _back(t: Texts, area_id: int) -> Button:
    return Button(t("fund.button_back"), f"gv:{area_id}")


def _cancel(turn: Turn) -> Rows:
    return one_a_row(Button(turn.t("button.cancel"), "x"))


def _over(_: SpendingProposed) -> Talk:
    return Talk(DONE)


def _draft(turn: Turn, step: str) -> Draft:
    """Give what was said so far at a step; a button of another one leads nowhere."""
    if turn.talk is None or turn.talk.step != step:
        raise Forged
    return turn.talk.draft
