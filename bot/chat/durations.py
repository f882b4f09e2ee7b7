"""How long something took, as people type it: 90, 90 min, 1.5 h, 一个半小时."""

import re
import unicodedata

from bot.chat.keyboards import Rows
from bot.chat.texts import Texts
from bot.delivery import Button

OFFERED = (30, 60, 90, 120)
_MINUTES = re.compile(r"(\d{1,5}) *(?:m|min|mins|minutes?|分|分钟)?")
_HOURS = re.compile(
    r"(\d{1,3})(?:[.](\d{1,2}))? *(?:h|hours?|个?小时)(?: *(\d{1,2}) *(?:m|min|minutes?|分|分钟)?)?"
)
_WORDS = {
    "半小时": 30,
    "半个小时": 30,
    "一小时": 60,
    "一个小时": 60,
    "一个半小时": 90,
    "两小时": 120,
    "两个小时": 120,
}


def minutes_typed(text: str) -> int | None:
    """Give the minutes that somebody typed, None where it is no length of time."""
    typed = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if typed in _WORDS:
        return _WORDS[typed]
    if found := _MINUTES.fullmatch(typed):
        return int(found[1])
    if found := _HOURS.fullmatch(typed):
        part = int(f"{found[2]:0<2}") * 60 // 100 if found[2] else 0
        return int(found[1]) * 60 + part + int(found[3] or 0)
    return None


def minute_buttons(t: Texts, kind: str) -> Rows:
    """Offer usual lengths, two a row."""
    offered = [Button(t("deed.button_minutes", minutes=one), f"{kind}:{one}") for one in OFFERED]
    return (tuple(offered[:2]), tuple(offered[2:]))
