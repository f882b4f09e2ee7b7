"""How a shop's month is worded: in a message, as lines of a CSV file, and on a sheet to print."""

import csv
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.chat.board_months import month_name
from bot.chat.house import House
from bot.chat.texts import Texts
from bot.delivery import Message
from points import COMMUNITY, say
from points.shops import PayerSum, SettledItem, SettlementView, yuan

if TYPE_CHECKING:
    from bot.pictures import SettlementSheet, SheetTable

BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know that Chinese is meant
LISTED = 8  # payers in a message; all are on the sheet, whose caption has little room
FORMULA_SIGNS = ("=", "+", "@", "\t", "\r")


def settlement_html(t: Texts, view: SettlementView) -> Markup:
    """Word a shop's month: how much, how many, and who pays what."""
    month = month_name(view.month, t.language)
    key = "settlement.so_far" if view.settled_at is None else "settlement.settled"
    lines = [t.rich(key, month=month, due=yuan(view.due_fen))]
    if not view.items:
        return Markup("\n").join((lines[0], t.rich("settlement.nothing")))
    lines.append(
        t.rich("settlement.counted", count=t.count("count.handovers", view.handed_over), points=view.points)
    )
    if view.corrections:
        lines.append(t.rich("settlement.corrected", count=view.corrections))
    payers = [one for one in view.payers if one.payer is not None]
    lines += [
        t.rich("settlement.payer", payer=payer_name(t, view, one), yuan=yuan(one.cost_fen))
        for one in payers[:LISTED]
    ]
    if len(payers) > LISTED:
        lines.append(t.rich("settlement.payers_more", count=len(payers) - LISTED))
    return Markup("\n").join(lines)


def sheet_message(t: Texts, house: House, view: SettlementView, now: datetime) -> Message:
    """Give a shop's month as a sheet to print."""
    from bot.pictures import draw_settlement  # noqa: PLC0415 - typst is loaded where somebody prints

    words = t.rich("settlement.file", shop=say(view.merchant_names, t.language))
    return Message(
        str(Markup("\n").join((words, settlement_html(t, view)))),
        document=draw_settlement(settlement_sheet(t, house, view, now)),
        file_name=f"settlement-{view.merchant}-{view.month}.pdf",
    )


def csv_message(t: Texts, house: House, view: SettlementView) -> Message:
    """Give a shop's month as a file for spreadsheets."""
    name = f"settlement-{view.merchant}-{view.month}.csv"
    return Message(str(t.rich("settlement.csv")), document=settlement_csv(t, house, view), file_name=name)


def settlement_csv(t: Texts, house: House, view: SettlementView) -> bytes:
    """Write everything that was handed over or put right, a line each, in yuan."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([t(key) for key in CSV_HEADS])
    for one in view.items:
        writer.writerow(
            _harmless(cell)
            for cell in (
                house.day(one.at),
                house.hour(one.at),
                one.code,
                one.reward,
                t.name(one.names),
                str(one.points),
                yuan(one.cost_fen).replace(",", ""),
                _payer_of(t, view, one),
                _kind(t, one),
            )
        )
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def settlement_sheet(t: Texts, house: House, view: SettlementView, now: datetime) -> "SettlementSheet":
    """Word the sheet."""
    from bot.pictures import SettlementSheet  # noqa: PLC0415 - as above

    facts, shop = house.neighbourhood, say(view.merchant_names, t.language)
    moment = view.settled_at or now
    return SettlementSheet(
        neighbourhood=t.name(facts.names),
        title=t("settlement.title"),
        shop=shop,
        period=month_name(view.month, t.language),
        draft="" if view.settled_at else t("settlement.draft", day=house.day(now), hour=house.hour(now)),
        due_label=t("settlement.due"),
        due=yuan(view.due_fen),
        figures=(
            (t("settlement.head_count"), str(view.handed_over)),
            (t("settlement.head_corrections"), str(view.corrections)),
            (t("settlement.head_points"), f"{view.points:,}"),
        ),
        tables=(_payers(t, view), *_items(t, house, view)),
        notes=_notes(t, view),
        signatures=_signatures(t, house, shop) if view.settled_at else (),
        footer=t("settlement.printed", day=house.day(moment), hour=house.hour(moment)),
    )


def payer_name(t: Texts, view: SettlementView, one: PayerSum) -> str:
    """Name who pays: the community, the shop itself, a sponsor, or nobody where no money was agreed."""
    if one.payer is None:
        return t("settlement.no_money")
    if one.payer == COMMUNITY:
        return t("settlement.community")
    if one.payer == view.merchant:
        return t("settlement.shop_itself")
    return say(one.names, t.language)


CSV_HEADS = (
    "settlement.head_day",
    "settlement.head_hour",
    "settlement.head_code",
    "settlement.head_reward_code",
    "settlement.head_reward",
    "settlement.head_points",
    "settlement.head_yuan",
    "settlement.head_payer",
    "settlement.head_kind",
)


def _payers(t: Texts, view: SettlementView) -> "SheetTable":
    from bot.pictures import SheetTable  # noqa: PLC0415 - as above

    heads = ("settlement.head_payer", "settlement.head_count", "settlement.head_corrections")
    return SheetTable(
        title=t("settlement.by_payer"),
        words=1,
        heads=(*(t(key) for key in heads), t("settlement.head_points"), t("settlement.head_yuan")),
        rows=tuple(_line(payer_name(t, view, one), one, _money(one)) for one in view.payers),
        total=_line(t("settlement.total_due"), view, yuan(view.due_fen)),
    )


def _line(name: str, one: PayerSum | SettlementView, money: str) -> tuple[str, ...]:
    return name, str(one.handed_over), str(one.corrections), f"{one.points:,}", money


def _items(t: Texts, house: House, view: SettlementView) -> tuple["SheetTable", ...]:
    from bot.pictures import SheetTable  # noqa: PLC0415 - as above

    if not view.items:
        return ()
    rows = tuple(
        (
            f"{house.day(one.at)} {house.hour(one.at)}",
            f"{t.name(one.names)} · {_kind(t, one)}" if one.correction else t.name(one.names),
            _payer_of(t, view, one),
            one.code,
            f"{one.points:,}",
            yuan(one.cost_fen) if one.payer else "–",
        )
        for one in view.items
    )
    keys = ("settlement.head_when", "settlement.head_reward", "settlement.head_payer", "settlement.head_code")
    heads = (*(t(key) for key in keys), t("settlement.head_points"), t("settlement.head_yuan"))
    return (SheetTable(title=t("settlement.by_item"), words=3, heads=heads, rows=rows),)


def _notes(t: Texts, view: SettlementView) -> tuple[str, ...]:
    notes = [t("settlement.note_corrections")] if view.corrections else []
    if any(one.payer == view.merchant for one in view.payers):
        notes.append(t("settlement.note_shop_itself"))
    return tuple(notes)


def _signatures(t: Texts, house: House, shop: str) -> tuple[str, ...]:
    operator = t.name(house.neighbourhood.community.operators)
    return t("settlement.sign_shop", shop=shop), t("settlement.sign_operator", operator=operator)


def _money(one: PayerSum) -> str:
    return yuan(one.cost_fen) if one.payer is not None else "–"


def _payer_of(t: Texts, view: SettlementView, item: SettledItem) -> str:
    return next(payer_name(t, view, one) for one in view.payers if one.payer == item.payer)


def _kind(t: Texts, one: SettledItem) -> str:
    return t("settlement.correction" if one.correction else "settlement.handover")


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
