"""Boards, posters, codes and settlements drawn as PNG and PDF."""

from bot.pictures.charts import Chart, Column, draw_chart
from bot.pictures.leaderboards import LeaderboardPicture, Row, Section, draw_leaderboard
from bot.pictures.posters import Poster, PosterSide, draw_poster
from bot.pictures.settlements import (
    SettlementSheet,
    SheetTable,
    draw_settlement,
    draw_settlement_page,
)

__all__ = [
    "Chart",
    "Column",
    "LeaderboardPicture",
    "Poster",
    "PosterSide",
    "Row",
    "Section",
    "SettlementSheet",
    "SheetTable",
    "draw_chart",
    "draw_leaderboard",
    "draw_poster",
    "draw_settlement",
    "draw_settlement_page",
]
