"""A rehearsal room: a local stand-in for the Bot API with phones on a web page."""

from bot.sandbox.errors import NotLoopback, PortInUse
from bot.sandbox.limits import NO_LIMITS, Limits
from bot.sandbox.server import Sandbox, serve

__all__ = ["NO_LIMITS", "Limits", "NotLoopback", "PortInUse", "Sandbox", "serve"]
