"""What Telegram sends, stored before Telegram hears that it was taken; one person's updates in order."""

from bot.intake.ear import ALLOWED, Ear
from bot.intake.fast import Reply, answered_at_once, expect
from bot.intake.heard import Heard, Unreadable, heard
from bot.intake.mouth import Mouth
from bot.intake.store import erase_old, finish, forget_person, take

__all__ = [
    "ALLOWED",
    "Ear",
    "Heard",
    "Mouth",
    "Reply",
    "Unreadable",
    "answered_at_once",
    "erase_old",
    "expect",
    "finish",
    "forget_person",
    "heard",
    "take",
]
