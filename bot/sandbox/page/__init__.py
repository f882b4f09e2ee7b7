"""The rehearsal room's web page: phones side by side, and neighbours who move in."""

from bot.sandbox.page.rehearsal import Door, Place, Preset, Rehearsal
from bot.sandbox.page.routes import Street, neighbours_from, routes

__all__ = ["Door", "Place", "Preset", "Rehearsal", "Street", "neighbours_from", "routes"]
