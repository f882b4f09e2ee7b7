"""/points: what a resident has, what waits to be fetched, what expires next, and the last entries."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.house import House
from bot.chat.keyboards import two_a_row
from bot.chat.reward_words import area_names
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import Place, addresses, shown_names
from bot.delivery import Button, Message
from points import (
    DebtStep,
    Entry,
    Passing,
    Standing,
    TransferKind,
    Waiting,
    month_start,
    standing,
    waiting_codes,
)
from points.deeds import listed_deeds

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
PASSED_IN = {
    Passing.SHARED: "points.entry_award",
    Passing.MOVED: "points.entry_brought",
    Passing.RECALLED: "points.entry_called_back",
}
PASSED_OUT = {
    Passing.SHARED: "points.entry_passed_on",
    Passing.MOVED: "points.entry_moved_on",
    Passing.RECALLED: "points.entry_reversal",
}
NOBODY: Mapping[int, str] = MappingProxyType({})
MOMENT = timedelta(seconds=1)
LISTED = 8  # awards that wait for a month's budget; the others are counted


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
    if await turn.look(listed_deeds):
        buttons.append(Button(turn.t("deed.button_list"), "dv"))
    known = await turn.look(names_in, mine.entries)
    html = points_html(turn.t, turn.house, mine, known)
    await turn.ask(Message(str(html), two_a_row(*buttons)), "points")


def names_in(session: Session, entries: Sequence[Entry]) -> dict[int, str]:
    """Give the names of those whose entries they are, or from or to whom something passed."""
    others = {entry.other for entry in entries if entry.other is not None}
    whose = {entry.resident_id for entry in entries if entry.resident_id is not None}
    mine = {number: one.name for number, one in addresses(session, whose).items()}
    return shown_names(session, others, Place.PRIVATE) | mine


def points_html(t: Texts, house: House, mine: Standing, known: Mapping[int, str] = NOBODY) -> Markup:
    """Word where somebody stands; no digit comes before the available balance.

    Neighbours who gave or were given something, and whoever shares these points, are named as far as they
    are `known`.
    """
    lines = [t.rich("points.balance_shared" if mine.shared else "points.balance", available=mine.available)]
    if mine.held:
        lines.append(t.rich("points.held", held=mine.held))
    if mine.owed:
        lines.append(t.rich("points.owed", owed=mine.owed))
    if mine.expiring and mine.expiring_at is not None:
        lines.append(
            t.rich("points.expiring", points=mine.expiring, day=house.day(mine.expiring_at - MOMENT))
        )
    lines += [_waiting(t, house, one) for one in mine.waiting[:LISTED]]
    if len(mine.waiting) > LISTED:
        lines.append(t.rich("points.waiting_more", count=len(mine.waiting) - LISTED))
    if mine.entries:
        lines.append(Markup("\n") + t.rich("points.entries"))
        lines += [_entry(t, house, entry, known) for entry in mine.entries]
    else:
        lines.append(Markup("\n") + t.rich("points.no_entries"))
    return Markup("\n").join(lines)


def what_for(t: Texts, house: House, entry: Entry, known: Mapping[int, str] = NOBODY) -> str:
    """Say what an entry was for, to or from whom it passed, and whose it was, where that is known."""
    if entry.kind is TransferKind.GIFT and entry.fund is not None:
        return t("points.entry_fund", area=area_names(t, house, (entry.fund,)))
    if entry.kind is TransferKind.GIFT and entry.other is not None:
        name = known.get(entry.other) or t("gift.somebody")
        return t("points.entry_gift_from" if entry.amount > 0 else "points.entry_gift_to", name=name)
    what = t(_words(entry), name=t.name(entry.names) if entry.names else t("points.entry_unnamed"))
    what = t("points.entry_minutes", what=what, minutes=entry.minutes) if entry.minutes else what
    whose = known.get(entry.resident_id or 0)
    return t("points.entry_whose", what=what, name=whose) if whose else what


def _words(entry: Entry) -> str:
    if entry.passing is not None:
        return (PASSED_IN if entry.amount > 0 else PASSED_OUT)[entry.passing]
    return KINDS[entry.kind] if entry.debt is None else DEBTS[entry.debt]


def _waiting(t: Texts, house: House, one: Waiting) -> Markup:
    day = house.day(month_start(one.month, house.zone))
    return t.rich("points.waiting", points=one.amount, name=t.name(one.names), day=day)


def _entry(t: Texts, house: House, entry: Entry, known: Mapping[int, str]) -> Markup:
    sign = "+" if entry.amount > 0 else "−"
    amount = f"{sign}{abs(entry.amount)}"
    return t.rich(
        "points.entry", day=house.day(entry.at), amount=amount, what=what_for(t, house, entry, known)
    )
