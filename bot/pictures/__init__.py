"""Boards, posters and codes drawn as PNG and PDF."""

from bot.pictures.charts import Chart, Column, draw_chart
from bot.pictures.leaderboards import LeaderboardPicture, Row, Section, draw_leaderboard
from bot.pictures.posters import Poster, PosterSide, draw_poster

__all__ = [
    "Chart",
    "Column",
    "LeaderboardPicture",
    "Poster",
    "PosterSide",
    "Row",
    "Section",
    "draw_chart",
    "draw_leaderboard",
    "draw_poster",
]
