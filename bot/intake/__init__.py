"""What Telegram sends, stored before Telegram hears that it was taken; one person's updates in order."""

from bot.intake.ear import Ear
from bot.intake.store import erase_old, finish, forget_person, take

__all__ = ["Ear", "erase_old", "finish", "forget_person", "take"]
