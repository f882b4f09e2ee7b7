"""A resident's last months as columns, as a picture for a phone."""

from dataclasses import dataclass

from bot.pictures.lettering import drawable
from bot.pictures.typesetting import typeset


@dataclass(frozen=True)
class Column:
    """One month: its name, what came in, what was spent."""

    label: str
    earned: int
    spent: int


@dataclass(frozen=True)
class Chart:
    """All that is drawn, in the reader's language; `available` is said in large figures."""

    title: str
    available: str
    available_words: str
    earned_words: str
    spent_words: str
    columns: tuple[Column, ...]


def draw_chart(chart: Chart) -> bytes:
    """Draw the columns as a PNG, 1080 pixels wide; the highest fills the height there is."""
    highest = max((max(one.earned, one.spent) for one in chart.columns), default=0)
    return typeset(
        "chart.typ",
        {
            "title": drawable(chart.title),
            "available": drawable(chart.available),
            "available_words": drawable(chart.available_words),
            "earned_words": drawable(chart.earned_words),
            "spent_words": drawable(chart.spent_words),
            "columns": [_column(one, highest) for one in chart.columns],
        },
        "png",
    )


def _column(one: Column, highest: int) -> dict[str, object]:
    return {
        "label": drawable(one.label),
        "earned": {"figure": f"{one.earned:,}", "share": one.earned / highest if highest else 0},
        "spent": {"figure": f"{one.spent:,}", "share": one.spent / highest if highest else 0},
    }
