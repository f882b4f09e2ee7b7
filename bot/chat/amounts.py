"""For how long and how many: asked, tapped, or typed as 90, 1.5 h, 一个半小时, 3 bags."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.chat.keyboards import two_a_row
from bot.chat.texts import Texts
from bot.chat.turn import Said
from bot.delivery import Button, Message
from points import ActivityRule
from points.deeds import checked_minutes, checked_units

MINUTES, UNITS = "minutes", "units"
OFFERED = (30, 60, 90, 120)
OFFERED_UNITS = (1, 2, 3, 5)
_UNITS = re.compile(r"(\d{1,5})(?!\d)[^\d.,]{0,40}")
_POINTS = re.compile(r"[+]?(-?\d{1,30}) *(?:points?|分|积分)?")
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


def units_typed(text: str) -> int | None:
    """Give the number of things that somebody typed, with or without what they are."""
    found = _UNITS.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return int(found[1]) if found else None


def points_typed(text: str) -> int | None:
    """Give the number of points that somebody typed, below zero too; None where it is no whole number."""
    found = _POINTS.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    return int(found[1]) if found else None


def missing(rule: ActivityRule, draft: Mapping[str, Any]) -> str | None:
    """Say what is still to be asked: for how long, how many, or nothing."""
    if rule.points_per_hour and draft.get(MINUTES) is None:
        return MINUTES
    return UNITS if rule.points_per_unit and draft.get(UNITS) is None else None


def question(t: Texts, rule: ActivityRule, asked: str, kind: str) -> Message:
    """Ask for how long or how many, with usual answers as buttons of this kind, two a row."""
    if asked == MINUTES:
        buttons = [Button(t("deed.button_minutes", minutes=one), f"{kind}:{one}") for one in OFFERED]
        return Message(t.rich("deed.how_long", name=t.name(rule.names)), two_a_row(*buttons))
    unit = t.name(rule.unit or {"*": "×"})
    buttons = [Button(t("deed.button_units", n=one, unit=unit), f"{kind}:{one}") for one in OFFERED_UNITS]
    return Message(t.rich("deed.how_many", name=t.name(rule.names), unit=unit), two_a_row(*buttons))


def answered(said: Said, rule: ActivityRule, asked: str) -> int | None:
    """Take the answer, tapped or typed, as it counts.

    Raises:
        HowLong, HowMany: it is none.
    """
    if asked == MINUTES:
        return checked_minutes(rule, said.number(0) if said.data else minutes_typed(said.text))
    return checked_units(rule, said.number(0) if said.data else units_typed(said.text))
