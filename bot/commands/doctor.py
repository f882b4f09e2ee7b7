"""`linli doctor`: every setting with its source, and whether the bot could start."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import SystemClock
from bot.commands.condition import condition
from bot.commands.failing import mark, sentence
from bot.commands.findings import Finding
from bot.commands.opening import configured, looking
from bot.migrating import Standing, standing
from bot.neighbourhood import UnreadableNeighbourhood, load
from bot.secrecy import clean
from bot.settings import Configuration, Settings
from points.counting import counted

_STANDINGS = {
    Standing.EMPTY: "empty; `linli run` fills it",
    Standing.CURRENT: "of this version",
    Standing.OLDER: "of an older version; `linli run` or `linli migrate` brings it up to date",
}


def examine(env_file: Path | None) -> int:
    """Print the settings and what was found; 1 if the bot could not start like this, or does not keep up."""
    configuration = configured(env_file)
    console = Console(soft_wrap=True, highlight=False)
    console.print(_settings(configuration))
    return _print(console, _findings(configuration))


def try_token(env_file: Path | None, *, chat: int | None) -> int:
    """Try the token for real, and print each step as it is taken; 1 if one was not as expected."""
    from bot.commands.live import try_live  # noqa: PLC0415 - only here something goes over the net

    settings = configured(env_file).settings
    return _print(Console(soft_wrap=True, highlight=False), try_live(settings, chat=chat))


def _print(console: Console, findings: Iterator[Finding]) -> int:
    well = True
    for finding in findings:
        console.print(Text(clean(f"{mark(good=finding.good)} {finding.text}")))
        well = well and finding.good
    return 0 if well else 1


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
    yield from _database(settings)
    for unknown in configuration.unknown:
        yield Finding(good=False, text=unknown)


def _neighbourhood(settings: Settings) -> Finding:
    try:
        found = load(settings.community)
    except UnreadableNeighbourhood as error:
        return Finding(good=False, text=str(error))
    counts = (
        f"{counted(len(found.areas), 'area')}, {counted(len(found.teams), 'team')},"
        f" {counted(len(found.plans), 'plan')}, {counted(len(found.activities), 'activity', 'activities')},"
        f" {counted(len(found.rewards), 'reward')}"
    )
    name = " / ".join(dict.fromkeys(found.names.values()))
    return Finding(good=True, text=f"{settings.community}: {name}, {counts}")


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        found = standing(settings.database_url)
        told = _STANDINGS.get(found, "of a newer version; install the newer Linli")
        yield Finding(good=found in _STANDINGS, text=f"database: {told}")
        if found is Standing.CURRENT:
            with looking(settings) as session:
                yield from condition(session, settings, SystemClock().now())
    except Exception as error:
        yield Finding(good=False, text=f"database: {sentence(error)}")
