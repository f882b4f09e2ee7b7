"""/points: what a resident has, what waits to be fetched, what expires next, and the last entries."""

from collections.abc import Mapping
from datetime import timedelta

from markupsafe import Markup

from bot.chat.house import House
from bot.chat.keyboards import two_a_row
from bot.chat.reward_words import area_names
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import Place, shown_names
from bot.delivery import Button, Message
from points import (
    DebtStep,
    Entry,
    Standing,
    TransferKind,
    Waiting,
    month_start,
    standing,
    waiting_codes,
)

KINDS = {
    TransferKind.AWARD: "points.entry_award",
    TransferKind.CAPTURE: "points.entry_reward",
    TransferKind.REVERSAL: "points.entry_reversal",
    TransferKind.GIFT: "points.entry_gift",
    TransferKind.SETTLEMENT: "points.entry_settlement",
    TransferKind.EXPIRY: "points.entry_expiry",
}
DEBTS = {
    DebtStep.OWED: "points.entry_owed",
    DebtStep.REPAID: "points.entry_repaid",
}
MOMENT = timedelta(seconds=1)
NOBODY: Mapping[int, str] = {}


async def show_points(turn: Turn) -> None:
    """Show the speaker's points in one message, the available balance before any other figure."""
    mine = await turn.look(
        standing,
        turn.me,
        turn.now,
        turn.house.zone,
        expire_months=turn.house.neighbourhood.points.expire_months,
    )
    buttons = [Button(turn.t("points.button_rewards"), "h:rewards")]
    if await turn.look(waiting_codes, turn.me):
        buttons.append(Button(turn.t("points.button_codes"), "wm"))
    buttons.append(Button(turn.t("points.button_leaderboard"), "h:leaderboard"))
    buttons.append(Button(turn.t("points.button_chart"), "pc"))
    if turn.house.neighbourhood.points.gift_monthly:
        buttons.append(Button(turn.t("points.button_give"), "gb"))
    buttons.append(Button(turn.t("points.button_funds"), "gn"))
    others = [entry.other for entry in mine.entries if entry.other is not None]
    known = await turn.look(shown_names, others, Place.PRIVATE)
    html = points_html(turn.t, turn.house, mine, known)
    await turn.ask(Message(str(html), two_a_row(*buttons)), "points")


def points_html(t: Texts, house: House, mine: Standing, known: Mapping[int, str] = NOBODY) -> Markup:
    """Word where somebody stands; no digit comes before the available balance.

    Neighbours who gave or were given something are named as far as they are `known`.
    """
    lines = [t.rich("points.balance", available=mine.available)]
    if mine.held:
        lines.append(t.rich("points.held", held=mine.held))
    if mine.owed:
        lines.append(t.rich("points.owed", owed=mine.owed))
    if mine.expiring and mine.expiring_at is not None:
        lines.append(
            t.rich("points.expiring", points=mine.expiring, day=house.day(mine.expiring_at - MOMENT))
        )
    lines += [_waiting(t, house, one) for one in mine.waiting]
    if mine.entries:
        lines.append(Markup("\n") + t.rich("points.entries"))
        lines += [_entry(t, house, entry, known) for entry in mine.entries]
    else:
        lines.append(Markup("\n") + t.rich("points.no_entries"))
    return Markup("\n").join(lines)


def what_for(t: Texts, house: House, entry: Entry, known: Mapping[int, str] = NOBODY) -> str:
    """Say what an entry was for, and to or from whom it passed where that is known."""
    if entry.kind is TransferKind.GIFT and entry.fund is not None:
        return t("points.entry_fund", area=area_names(t, house, (entry.fund,)))
    if entry.kind is TransferKind.GIFT and entry.other is not None:
        name = known.get(entry.other) or t("gift.somebody")
        return t("points.entry_gift_from" if entry.amount > 0 else "points.entry_gift_to", name=name)
    words = KINDS[entry.kind] if entry.debt is None else DEBTS[entry.debt]
    what = t(words, name=t.name(entry.names) if entry.names else t("points.entry_unnamed"))
    return t("points.entry_minutes", what=what, minutes=entry.minutes) if entry.minutes else what


def _waiting(t: Texts, house: House, one: Waiting) -> Markup:
    day = house.day(month_start(one.month, house.zone))
    return t.rich("points.waiting", points=one.amount, name=t.name(one.names), day=day)


def _entry(t: Texts, house: House, entry: Entry, known: Mapping[int, str]) -> Markup:
    sign = "+" if entry.amount > 0 else "−"
    amount = f"{sign}{abs(entry.amount)}"
    return t.rich(
        "points.entry", day=house.day(entry.at), amount=amount, what=what_for(t, house, entry, known)
    )
