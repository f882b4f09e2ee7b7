"""What must hold between the tables of community.toml: codes, parents, teams, the paying activity.

The checks read the file as written, not the checked model, so that they speak up beside any other error and
are silent about what another error already covers.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.neighbourhood.earning_checks import of_activities
from bot.neighbourhood.findings import Finding, choices, codes, root_code, rows
from bot.neighbourhood.kinds import TeamKind

WINGS = 4
_LISTS = ("area", "team", "plan", "activity", "merchant", "sponsor", "reward")


def between_tables(data: dict[str, Any]) -> Iterator[Finding]:
    """Check everything that one table alone cannot know."""
    for table in _LISTS:
        yield from _codes_once(data, table)
    yield from _root_code(data)
    yield from _places(data)
    yield from _circles(data)
    yield from _team_kinds(data)
    yield from _teams_of_plans(data)
    yield from _plan_names(data)
    yield from of_activities(data)


def _codes_once(data: dict[str, Any], table: str) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for number, row in rows(data, table):
        code = row.get("code")
        if isinstance(code, str) and first.setdefault(code, number) != number:
            yield Finding((table, number, "code"), f'"{code}" stands in two [[{table}]]; rename one')


def _root_code(data: dict[str, Any]) -> Iterator[Finding]:
    for number, row in rows(data, "area"):
        if row.get("code") is not None and row["code"] == root_code(data):
            yield Finding(
                ("area", number, "code"), f'"{row["code"]}" is the community\'s own code; choose another'
            )


def _places(data: dict[str, Any]) -> Iterator[Finding]:
    known = {*codes(data, "area"), root_code(data)}
    for table, key in (("area", "parent"), ("merchant", "area")):
        for number, row in rows(data, table):
            area = row.get(key)
            if isinstance(area, str) and area not in known:
                yield Finding((table, number, key), f'"{area}" is no [[area]]; {choices(known)}')


def _circles(data: dict[str, Any]) -> Iterator[Finding]:
    parents: dict[str, Any] = {}
    for _, row in rows(data, "area"):
        if isinstance(row.get("code"), str) and isinstance(row.get("parent"), str):
            parents.setdefault(row["code"], row["parent"])
    for number, row in rows(data, "area"):
        code = row.get("code")
        if not isinstance(code, str) or row.get("parent") != parents.get(code):
            continue  # no code, or a second area of the same one: reported as such
        if _returns(code, parents):
            yield Finding(
                ("area", number, "parent"), f'"{code}" lies within itself; write the code of a larger area'
            )


def _returns(code: str, parents: dict[str, Any]) -> bool:
    seen: set[str] = set()
    above = parents.get(code)
    while above is not None and above != code and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return bool(above == code)


def _team_kinds(data: dict[str, Any]) -> Iterator[Finding]:
    teams = rows(data, "team")
    kinds = Counter(row.get("kind") for _, row in teams if isinstance(row.get("kind"), str))
    if not teams or set(kinds) - set(TeamKind) or kinds.total() < len(teams):
        return  # a missing or misspelt kind is reported where it stands
    for kind, needed, words in ((TeamKind.CORE, 1, "one core"), (TeamKind.WING, WINGS, "four wings")):
        if kinds[kind] != needed:
            yield Finding(("team",), f"{kinds[kind]} of kind {kind.value}; write exactly {words}")


def _teams_of_plans(data: dict[str, Any]) -> Iterator[Finding]:
    known: set[str | None] = set(codes(data, "team"))
    for number, plan in rows(data, "plan"):
        teams = plan.get("teams")
        for team in teams if isinstance(teams, list) else ():
            if isinstance(team, str) and team not in known:
                yield Finding(("plan", number, "teams"), f'"{team}" is no [[team]]; {choices(known)}')


def _plan_names(data: dict[str, Any]) -> Iterator[Finding]:
    """Plans are typed by name or code, so each must mean one plan."""
    first: dict[str, int] = {}
    for number, plan in rows(data, "plan"):
        name = plan.get("name")
        wordings = name.values() if isinstance(name, dict) else [name]
        for wording in (text for text in wordings if isinstance(text, str)):
            if first.setdefault(_typed(wording), number) != number:
                yield Finding(("plan", number, "name"), f'"{wording}" names two plans; rename one')


def _typed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
