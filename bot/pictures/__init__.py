"""Boards, posters and codes drawn as PNG and PDF."""

from bot.pictures.leaderboards import LeaderboardPicture, Row, Section, draw_leaderboard
from bot.pictures.posters import Poster, PosterSide, draw_poster

__all__ = [
    "LeaderboardPicture",
    "Poster",
    "PosterSide",
    "Row",
    "Section",
    "draw_leaderboard",
    "draw_poster",
]
