"""A shop's month as a sheet to print and sign: what each payer owes, and everything that was handed over."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.pictures.lettering import drawable
from bot.pictures.typesetting import typeset


@dataclass(frozen=True)
class SheetTable:
    """A table with its title; the first `words` columns hold words, the others figures."""

    title: str
    words: int
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True)
class SettlementSheet:
    """All that is set, in the reader's language; `draft` is empty once the month is settled."""

    neighbourhood: str
    title: str
    shop: str
    period: str
    draft: str
    due_label: str
    due: str
    figures: tuple[tuple[str, str], ...]
    tables: tuple[SheetTable, ...]
    notes: tuple[str, ...]
    signatures: tuple[str, ...]
    footer: str


def draw_settlement(sheet: SettlementSheet) -> bytes:
    """Draw the sheet as A4 pages in a PDF."""
    return typeset("settlement.typ", _drawable(asdict(sheet)), "pdf")


def draw_settlement_page(sheet: SettlementSheet) -> bytes:
    """Draw a sheet of one page as a PNG, to be looked at."""
    return typeset("settlement.typ", _drawable(asdict(sheet)), "png")


def _drawable(value: Any) -> Any:
    """Take out of every text what the fonts cannot draw."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {name: _drawable(inner) for name, inner in value.items()}
    return [_drawable(inner) for inner in value] if isinstance(value, Sequence) else value
