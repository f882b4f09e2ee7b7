"""Good deeds that people verify: claimed, asked about, agreed to or rejected, listed, and paid."""

from points.deeds.claiming import MOST_LETTERS, Doer, Proof, answer, ask_back, checked_minutes, claim
from points.deeds.deciding import (
    LISTED_FOR,
    Bounds,
    agree,
    object_to,
    pass_on,
    pay,
    reject,
    settle_objection,
)
from points.deeds.errors import (
    DeedDecided,
    HowLong,
    NotAskedBack,
    NothingSaid,
    NotListed,
    OwnDeed,
    PaysByItself,
    SecondPersonNeeded,
    UnknownDeed,
)
from points.deeds.flags import Flag, Look, alike
from points.deeds.keeping import exported_deeds, forget_deeds
from points.deeds.models import DeedState, Doubt, Origin, Tier, Why
from points.deeds.views import DeedView, deed, in_a_circle, listed_deeds, open_deeds_of

__all__ = [
    "LISTED_FOR",
    "MOST_LETTERS",
    "Bounds",
    "DeedDecided",
    "DeedState",
    "DeedView",
    "Doer",
    "Doubt",
    "Flag",
    "HowLong",
    "Look",
    "NotAskedBack",
    "NotListed",
    "NothingSaid",
    "Origin",
    "OwnDeed",
    "PaysByItself",
    "Proof",
    "SecondPersonNeeded",
    "Tier",
    "UnknownDeed",
    "Why",
    "agree",
    "alike",
    "answer",
    "ask_back",
    "checked_minutes",
    "claim",
    "deed",
    "exported_deeds",
    "forget_deeds",
    "in_a_circle",
    "listed_deeds",
    "object_to",
    "open_deeds_of",
    "pass_on",
    "pay",
    "reject",
    "settle_objection",
]
