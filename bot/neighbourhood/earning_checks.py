"""What must hold within each [[activity]] and around it: what it pays, caps, areas, the budget."""

from collections.abc import Iterator
from typing import Any

from bot.neighbourhood.findings import Finding, choices, codes, root_code, rows
from bot.neighbourhood.kinds import Verifier

CALLOUT_ACTIVITY = "callout"
_PAYS = ("points", "points_per_hour", "points_per_unit")


def of_activities(data: dict[str, Any]) -> Iterator[Finding]:
    """Check what one key of an activity cannot know of another."""
    yield from _paying_activity(data)
    for number, row in rows(data, "activity"):
        yield from _worth(number, row)
        yield from _unit(number, row)
        yield from _caps(number, row)
    yield from _areas(data)
    yield from _budget(data)


def _paying_activity(data: dict[str, Any]) -> Iterator[Finding]:
    activities = rows(data, "activity")
    for number, row in activities:
        if row.get("code") == CALLOUT_ACTIVITY:
            yield from _callout(number, row)
    if activities and CALLOUT_ACTIVITY not in codes(data, "activity"):
        yield Finding(
            ("activity",), f'none has the code "{CALLOUT_ACTIVITY}"; call-outs pay by it, so add one'
        )


def _callout(number: int, row: dict[str, Any]) -> Iterator[Finding]:
    if row.get("verify") not in (None, Verifier.AUTOMATIC):
        yield Finding(
            ("activity", number, "verify"), 'call-outs pay without asking; write verify = "automatic"'
        )
    if row.get("points_per_unit"):
        yield Finding(
            ("activity", number, "points_per_unit"),
            "call-outs count minutes, nothing else; write points or points_per_hour",
        )


def _worth(number: int, row: dict[str, Any]) -> Iterator[Finding]:
    if all(row.get(key, 0) == 0 for key in _PAYS):
        yield Finding(("activity", number), "pays nothing; write points, points_per_hour or points_per_unit")


def _unit(number: int, row: dict[str, Any]) -> Iterator[Finding]:
    if row.get("points_per_unit") and "unit" not in row:
        yield Finding(
            ("activity", number, "points_per_unit"),
            'says not of what; add unit = {zh = "袋", en = "bag"}',
        )
    if "unit" in row and not row.get("points_per_unit"):
        yield Finding(("activity", number, "unit"), "is paid by nothing; add points_per_unit, or remove it")


def _caps(number: int, row: dict[str, Any]) -> Iterator[Finding]:
    """A cap that not even one award fits under is a mistake: nobody would ever get what the rule says."""
    least = _least(row)
    for cap in _tables(row.get("cap")):
        most = _figure(cap.get("points"))
        if 0 < most < least:
            yield Finding(
                ("activity", number, "cap"),
                f"{most} is below one award of {least}; write {least} or more, or lower the award",
            )


def _areas(data: dict[str, Any]) -> Iterator[Finding]:
    known = {*codes(data, "area"), root_code(data)}
    for number, row in rows(data, "activity"):
        multiplier = row.get("multiplier")
        named = [one.get("area") for one in _tables(_table(multiplier).get("area"))]
        path = ("activity", number, "multiplier", "area")
        for area in named:
            if isinstance(area, str) and area not in known:
                yield Finding(path, f'"{area}" is no [[area]]; {choices(known)}')
            elif isinstance(area, str) and named.count(area) > 1:
                yield Finding(path, f'names "{area}" twice; write each once')
                break


def _budget(data: dict[str, Any]) -> Iterator[Finding]:
    budget = _figure(_table(data.get("points")).get("monthly_budget"))
    for _, row in rows(data, "activity"):
        if 0 < budget < _least(row):
            text = f'{budget} does not pay one award of {_least(row)} for "{row.get("code")}"; write more'
            yield Finding(("points", "monthly_budget"), text)
            return


def _least(row: dict[str, Any]) -> int:
    """Give what doing it once is worth at least: whatever is counted is counted once."""
    return _figure(row.get("points")) + _figure(row.get("points_per_unit"))


def _figure(value: Any) -> int:
    return value if type(value) is int else 0


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[dict[str, Any]]:
    """Give the tables that stand alone or in a list."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
