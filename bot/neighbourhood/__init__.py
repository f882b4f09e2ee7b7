"""The neighbourhood's own file, community.toml: what it may say, and everything that is wrong with one."""

from bot.neighbourhood.kinds import Level, Period, Share, TeamKind, Verifier
from bot.neighbourhood.model import (
    CALLOUT_ACTIVITY,
    Activity,
    Area,
    CallOutRules,
    Cap,
    Community,
    Limit,
    Merchant,
    Neighbourhood,
    Plan,
    PointRules,
    Reward,
    Team,
)
from bot.neighbourhood.problems import Problem, UnreadableNeighbourhood
from bot.neighbourhood.reading import SAMPLE, json_schema, load

__all__ = [
    "CALLOUT_ACTIVITY",
    "SAMPLE",
    "Activity",
    "Area",
    "CallOutRules",
    "Cap",
    "Community",
    "Level",
    "Limit",
    "Merchant",
    "Neighbourhood",
    "Period",
    "Plan",
    "PointRules",
    "Problem",
    "Reward",
    "Share",
    "Team",
    "TeamKind",
    "UnreadableNeighbourhood",
    "Verifier",
    "json_schema",
    "load",
]
