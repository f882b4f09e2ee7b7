"""The neighbourhood's own file, community.toml: what it may say, and everything that is wrong with one."""

from bot.neighbourhood.base import Limit
from bot.neighbourhood.earning import DAYS, Activity, Cap, Multiplier, Window
from bot.neighbourhood.earning_checks import CALLOUT_ACTIVITY
from bot.neighbourhood.kinds import Level, Period, Share, TeamKind, Verifier
from bot.neighbourhood.model import (
    Area,
    CallOutRules,
    Community,
    Merchant,
    Neighbourhood,
    Plan,
    PointRules,
    Reward,
    Sponsor,
    Team,
)
from bot.neighbourhood.problems import Problem, UnreadableNeighbourhood
from bot.neighbourhood.reading import SAMPLE, json_schema, load

__all__ = [
    "CALLOUT_ACTIVITY",
    "COMMUNITY_PAYS",
    "DAYS",
    "SAMPLE",
    "Activity",
    "Area",
    "CallOutRules",
    "Cap",
    "Community",
    "Level",
    "Limit",
    "Merchant",
    "Multiplier",
    "Neighbourhood",
    "Period",
    "Plan",
    "PointRules",
    "Problem",
    "Reward",
    "Share",
    "Sponsor",
    "Team",
    "TeamKind",
    "UnreadableNeighbourhood",
    "Verifier",
    "Window",
    "json_schema",
    "load",
]
