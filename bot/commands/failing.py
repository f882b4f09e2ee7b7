"""What went wrong, as one clear sentence on standard error."""

import os
import sys

from rich.console import Console
from sqlalchemy.exc import OperationalError

from bot import community
from bot.discretion import told
from bot.secrecy import clean


class Failed(Exception):
    """A command could not do what was asked; the text is the whole sentence."""


def complain(error: Exception) -> None:
    """Say what went wrong; where in the code is for whoever asks with LINLI_LOG=debug."""
    if os.environ.get("LINLI_LOG", "").lower() == "debug":
        say(told(error))
    say(sentence(error))


def say(text: str) -> None:
    """Write to standard error: what is told beside a command's own output."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(clean(text), markup=False)


def sentence(error: Exception) -> str:
    """Put an error into words."""
    if isinstance(error, community.Refusal):
        return _refusal(error)
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {str(error.orig).strip().splitlines()[0]}."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return str(error) or f"It failed ({type(error).__name__}); LINLI_LOG=debug shows where."


def _refusal(error: community.Refusal) -> str:
    told = type(error).__name__
    match error:
        case community.UnknownArea():
            told = f'There is no area "{error.area}"; the codes are those of [[area]] in community.toml.'
        case community.AreaRetired():
            told = f"{' / '.join(error.names.values())} left community.toml; choose another area."
        case community.TeamRetired():
            told = f"{' / '.join(error.names.values())} left community.toml; choose another team."
        case community.UnknownTeam():
            told = f'There is no team "{error.code}"; the codes are those of [[team]] in community.toml.'
        case community.SubjectNeeded():
            told = f"A {error.role.value} is always of something: add --of and the code of which."
        case community.SubjectRefused():
            told = f"A {error.role.value} is never of something: leave --of away."
    return told


def mark(*, good: bool) -> str:
    """Give the sign before a line of a report, also where a terminal cannot show it."""
    encoding = (sys.stdout.encoding or "").lower()
    signs = ("✓", "✗") if encoding.startswith("utf") else ("ok", "!!")
    return signs[0] if good else signs[1]
