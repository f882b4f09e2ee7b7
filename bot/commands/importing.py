"""`linli import`: residents from a spreadsheet's list, with a report for each line."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from sqlmodel import Session

from bot import community
from bot.clock import SystemClock
from bot.commands.failing import mark, sentence
from bot.commands.listing import Line, LineRefused, lines_of
from bot.commands.opening import configured
from bot.community.importing import ListedTwice, TakenIn, take_in
from bot.database import Database
from bot.migrating import prepare
from bot.neighbourhood import Neighbourhood, load
from bot.settings import Settings
from bot.settling import settle_once

Outcome = TakenIn | Exception
AT_ONCE = 10  # lines that share a unit: taps of people wait behind it


def import_list(file: Path, *, env_file: Path | None) -> int:
    """Take in who can be, say of each line what became of it; 1 if one was refused."""
    settings = configured(env_file).settings
    neighbourhood = load(settings.community)
    lines = list(lines_of(file, _areas(neighbourhood)))
    outcomes = asyncio.run(_all(settings, neighbourhood, lines))
    taken = [one for one in outcomes if isinstance(one, TakenIn)]
    known, refused = sum(one.known for one in taken), len(outcomes) - len(taken)
    noted = f"{known} known before got other ways, " if known else ""
    typer.echo(f"{len(taken) - known} taken in, {noted}{refused} refused.")
    return 1 if refused else 0


async def _all(settings: Settings, neighbourhood: Neighbourhood, lines: Sequence[Line]) -> list[Outcome]:
    prepare(settings.database_url)
    done: list[Outcome] = []
    left = iter(lines)
    async with Database(settings.database_url) as database:
        await database.write(settle_once, neighbourhood, SystemClock().now())
        while some := list(islice(left, AT_ONCE)):
            now = SystemClock().now()
            outcomes = await database.write(_take_in, some, zone=neighbourhood.zone, now=now)
            for line, outcome in zip(some, outcomes, strict=True):
                typer.echo(_report(line, outcome))
            done += outcomes
    return done


def _take_in(session: Session, lines: Sequence[Line], *, zone: ZoneInfo, now: datetime) -> list[Outcome]:
    return [_one(session, line, zone, now) for line in lines]


def _one(session: Session, line: Line, zone: ZoneInfo, now: datetime) -> Outcome:
    if isinstance(line.found, LineRefused):
        return line.found
    try:
        with session.begin_nested():
            return take_in(session, listed=line.found, now=now, zone=zone)
    except community.Refusal as refused:
        return refused


def _areas(neighbourhood: Neighbourhood) -> dict[str, str]:
    """Give the code of each area by its names; a name that two of them share says neither."""
    named: dict[str, set[str]] = {}
    root = neighbourhood.community
    places = [(root.code, root.names), *((area.code, area.names) for area in neighbourhood.areas)]
    for code, names in places:
        for name in names.values():
            named.setdefault(name.casefold(), set()).add(code)
    return {name: next(iter(codes)) for name, codes in named.items() if len(codes) == 1}


def _report(line: Line, outcome: Outcome) -> str:
    if isinstance(outcome, Exception):
        return f"{mark(good=False)} line {line.number}: {line.name}: {_why(outcome)}"
    renewed = ", lives there already; other ways noted" if outcome.known else ""
    return f"{mark(good=True)} line {line.number}: {outcome.name}: {outcome.short_code}{renewed}"


def _why(refused: Exception) -> str:
    match refused:
        case ListedTwice():
            return f"lives there already, as {refused.short_code}"
        case community.BadName():
            return f"a name, door or skill needs a letter and at most {refused.longest} characters"
        case community.BadBirthYear():
            return f"birth_year must be from {refused.earliest} to {refused.latest}"
    return sentence(refused).rstrip(".")
