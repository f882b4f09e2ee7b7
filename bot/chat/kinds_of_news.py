"""Each kind of news by the key it is promised under: its subject, how long it lasts, what rings at night.

This is the one table of both. Nothing is delivered after its time: an offer, a code or a question may end
sooner, then whoever tells it says when. At night, from 22 to 8 o'clock, only real call-outs of level orange
and red make a sound, with what belongs to them: the second coordinator's question, and their end. What
answers a person's own tap in a conversation follows the same clock: by day as Telegram does it, where an open
chat is silent anyway; at night without a sound: who tapped is looking, and who stopped looking is asleep.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.callouts import CallOutView
from bot.delivery import Sound

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Kind:
    """News whose keys look like this; `about` names it for who asks what a message was about."""

    about: str
    keys: str
    lasts: timedelta
    rings: bool = False


# The first whose keys match. The longest answer to anybody's own act is worth reading for a week.
KINDS = (
    Kind("news.call", r"callout:\d+:(ask|groups|fallback:call:.+)", 12 * HOURS, rings=True),
    Kind("news.call_over", r"callout:\d+:(stood-down.*|fallback:end:.+)", 12 * HOURS, rings=True),
    Kind("news.approval", r"callout:\d+:(second|waiting|decided|refused|lapsed)", 12 * HOURS, rings=True),
    Kind("news.board", r"callout:\d+:board:.+", 12 * HOURS),
    Kind("news.restored", r"restored:.+:callout:\d+", 12 * HOURS),
    Kind("news.running", r"(restored|alarm|backup):.+", DAYS),
    Kind("news.deed_question", r"deed:\d+:(reminded|still):.+", DAYS),  # asked again a day later
    Kind("news.deed_question", r"deed:\d+:(ask|passed-on):.+", 3 * DAYS),  # then others are asked
    Kind("news.deed", r"deed:\d+:.+", 7 * DAYS),
    Kind("news.code", r"redemption:\d+:(code|shown:.+)", 366 * DAYS),  # or until it lapses
    Kind("news.redemption", r"(redemption|handover):.+", 7 * DAYS),
    Kind("news.complaint_question", r"dispute:\d+(:\d{4}-.+)?", DAYS),  # asked again a day later
    Kind("news.complaint", r"dispute:\d+:.+", 7 * DAYS),
    Kind("news.wrong_codes", r"handovers-paused:.+", DAYS),
    Kind("news.offer", r"wait:\d+:Offered:.+", 7 * DAYS),  # or until it goes to the next in line
    Kind("news.offer", r"wait:.+", 7 * DAYS),
    Kind("news.points", r"waiting:.+", 7 * DAYS),
    Kind("news.expiry", r"expiry\.\d+:.+", 30 * DAYS),  # or until the points are gone
    Kind("news.gift", r"gift:.+", 7 * DAYS),
    Kind("news.fund", r"spending:.+", 7 * DAYS),  # the question, or until the proposal lapses
    Kind("news.home", r"home:.+", 7 * DAYS),
    Kind("news.settlement", r"settlement:.+", 30 * DAYS),
    Kind("news.boards", r"(leaderboard|season):.+", 14 * DAYS),
)
OTHER = Kind("news.other", r".*", 7 * DAYS)
_PART = re.compile(r"part:\d+:")  # of a text that was too long for one message


def kind_of(key: str) -> Kind:
    """Give the kind of what is promised under a key."""
    whole = _PART.sub("", key)
    return next((kind for kind in KINDS if re.fullmatch(kind.keys, whole)), OTHER)


def lasts_until(key: str, now: datetime, until: datetime | None = None) -> datetime:
    """Say after which moment it is not delivered any more, which may be sooner than its kind says."""
    latest = now + kind_of(key).lasts
    return min(latest, until) if until is not None else latest


def sound_of(key: str, *, loud: bool) -> Sound:
    """Say when it makes a sound: what is loud by night too, where its kind may."""
    return Sound.ALWAYS if loud and kind_of(key).rings else Sound.DAY


def is_loud(view: CallOutView) -> bool:
    """Tell whether a call-out rings by night: a real one of level orange or red; an exercise wakes nobody."""
    return view.level.is_urgent and not view.exercise
