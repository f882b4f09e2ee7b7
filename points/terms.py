"""What of a rule has no column of its own, as JSON: units, caps, limits, windows, multipliers."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from points.months import Per
from points.rewards import Limit
from points.rules import PLAIN, ActivityRule, AgeBand, Cap, Multiplier, Streak
from points.shelf import By
from points.windows import window_from_json, window_to_json


def plain_cap(rule: ActivityRule) -> Cap | None:
    """Give the cap where there is one alone and each resident's own: that one has columns."""
    [cap] = rule.caps if len(rule.caps) == 1 else [None]
    return cap if cap is not None and cap.by is By.RESIDENT else None


def written(rule: ActivityRule) -> dict[str, Any] | None:
    """Write down the terms of a rule that columns do not hold; None where there are none."""
    terms = {
        "points_per_unit": rule.points_per_unit,
        "caps": [asdict(cap) for cap in rule.caps] if plain_cap(rule) is None else [],
        "limits": [asdict(limit) for limit in rule.limits],
        "windows": [window_to_json(window) for window in rule.windows],
        "multiplier": _multiplier(rule.multiplier) if rule.multiplier != PLAIN else None,
    }
    return {name: term for name, term in terms.items() if term} or None


def read(terms: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give what was written, as arguments of a rule."""
    if terms is None:
        return {}
    said = {
        "points_per_unit": terms.get("points_per_unit", 0),
        "limits": tuple(
            Limit(one["count"], Per(one["per"]), By(one["by"])) for one in terms.get("limits", ())
        ),
        "windows": tuple(window_from_json(one) for one in terms.get("windows", ())),
        "multiplier": _read_multiplier(terms["multiplier"]) if "multiplier" in terms else PLAIN,
    }
    caps = tuple(Cap(one["points"], Per(one["per"]), By(one["by"])) for one in terms.get("caps", ()))
    return said | {"cap": caps} if caps else said


def _multiplier(multiplier: Multiplier) -> dict[str, Any]:
    return asdict(multiplier) | {
        "ages": [asdict(band) for band in multiplier.ages],
        "areas": dict(multiplier.areas),
    }


def _read_multiplier(said: Mapping[str, Any]) -> Multiplier:
    streak = said["streak"]
    return Multiplier(
        ages=tuple(AgeBand(**band) for band in said["ages"]),
        first_time_percent=said["first_time_percent"],
        streak=Streak(**streak) if streak else None,
        areas=said["areas"],
    )
