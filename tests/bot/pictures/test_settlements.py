import re
from dataclasses import replace

from bot.pictures import SettlementSheet, SheetTable, draw_settlement, draw_settlement_page

HEADS = ("时间", "奖品", "付款方", "兑换码", "积分", "金额（元）")
ROW = ("2026-10-03 10:05", "Rice, 5 kg 🍚", "Willow Bank Grain Store", "AB2CDEFG", "150", "25.00")
SHEET = SettlementSheet(
    neighbourhood="柳岸社区",
    title="爱心商家结算单",
    shop="街角便利店",
    period="2026年10月",
    draft="",
    due_label="应付给商家（元）",
    due="25.00",
    figures=(("件数", "1"), ("更正", "0"), ("积分", "150")),
    tables=(
        SheetTable(
            "按付款方", 1, ("付款方", "件数", "金额（元）"), (("社区", "1", "25.00"),), ("合计", "1", "25.00")
        ),
        SheetTable("明细", 3, HEADS, (ROW,)),
    ),
    notes=("商家自己承担的不计入应付金额。",),
    signatures=("街角便利店（签字、日期）", "居委会（签字、日期）"),
    footer="制表 2026-11-01 08:00",
)


def pages(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    return int(re.findall(rb"/Type/Pages/Count (\d+)", pdf)[0])


def test_a_quiet_month_is_one_page() -> None:
    assert pages(draw_settlement(SHEET)) == 1
    assert draw_settlement_page(SHEET).startswith(b"\x89PNG")


def test_a_busy_month_goes_on_over_the_pages() -> None:
    busy = SheetTable("明细", 3, HEADS, (ROW,) * 200)
    assert pages(draw_settlement(replace(SHEET, tables=(*SHEET.tables[:1], busy)))) == 6


def test_a_month_without_anything_and_the_longest_names_can_be_drawn() -> None:
    empty = replace(SHEET, tables=SHEET.tables[:1], notes=(), signatures=(), draft="还没有结算")
    assert pages(draw_settlement(empty)) == 1
    long = tuple("长" * 64 if number in (1, 2) else cell for number, cell in enumerate(ROW))
    wordy = SheetTable("明细", 3, HEADS, (long,) * 3)
    assert pages(draw_settlement(replace(SHEET, shop="W" * 64, tables=(wordy,)))) == 1


def test_nothing_typed_is_taken_for_a_command() -> None:
    evil = SheetTable("#panic()", 1, ("*a*", "$x$"), (('#read("/etc/passwd")', "]"),))
    assert pages(draw_settlement(replace(SHEET, shop="#sys.inputs", tables=(evil,)))) == 1
