"""`linli doctor`: every setting with its source, and whether the bot could start."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands.failing import mark, sentence
from bot.commands.opening import configured
from bot.migrating import Standing, standing
from bot.neighbourhood import UnreadableNeighbourhood, load
from bot.secrecy import clean
from bot.settings import Configuration, Settings

_STANDINGS = {
    Standing.EMPTY: "empty; `linli run` fills it",
    Standing.CURRENT: "of this version",
    Standing.OLDER: "of an older version; `linli run` or `linli migrate` brings it up to date",
}


@dataclass(frozen=True)
class Finding:
    good: bool
    text: str


def examine(env_file: Path | None) -> int:
    """Print the settings and what was found; 1 if the bot could not start like this."""
    configuration = configured(env_file)
    console = Console(soft_wrap=True, highlight=False)
    console.print(_settings(configuration))
    findings = [*_findings(configuration)]
    for finding in findings:
        console.print(Text(clean(f"{mark(good=finding.good)} {finding.text}")))
    return 0 if all(finding.good for finding in findings) else 1


def _settings(configuration: Configuration) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for setting in configuration.listed():
        table.add_row(
            *(Text(clean(part), overflow="fold") for part in (setting.name, setting.shown)), setting.source
        )
    return table


def _findings(configuration: Configuration) -> Iterator[Finding]:
    settings = configuration.settings
    token = settings.bot_token
    yield Finding(bool(token), "token: set" if token else "token: not set; `linli run` needs LINLI_BOT_TOKEN")
    yield _neighbourhood(settings)
    yield _database(settings)
    for unknown in configuration.unknown:
        yield Finding(good=False, text=unknown)


def _neighbourhood(settings: Settings) -> Finding:
    try:
        found = load(settings.community)
    except UnreadableNeighbourhood as error:
        return Finding(good=False, text=str(error))
    counts = (
        f"{len(found.areas)} areas, {len(found.teams)} teams, {len(found.plans)} plans, "
        f"{len(found.activities)} activities, {len(found.rewards)} rewards"
    )
    name = " / ".join(dict.fromkeys(found.names.values()))
    return Finding(good=True, text=f"{settings.community}: {name}, {counts}")


def _database(settings: Settings) -> Finding:
    try:
        found = standing(settings.database_url)
    except Exception as error:
        return Finding(good=False, text=f"database: {sentence(error)}")
    told = _STANDINGS.get(found, "of a newer version; install the newer Linli")
    return Finding(good=found in _STANDINGS, text=f"database: {told}")
