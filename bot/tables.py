"""Every table of the house in one metadata: what migrations compare with and tests create."""

from importlib import import_module
from importlib.util import find_spec

from sqlmodel import SQLModel

_ROOMS = (
    "points.models",
    "bot.community.models",
    "bot.callouts.models",
    "bot.delivery.models",
    "bot.chat.conversation",
    "bot.intake",
    "bot.schedule",
)

for _room in _ROOMS:
    if find_spec(_room) is not None:
        import_module(_room)

metadata = SQLModel.metadata
