"""What can be refused about deeds between people, each carrying the facts its sentence needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.community import addresses
from points.deeds import DeedDecided, DeedState, QuestionOpen


class DeedRefusal(Exception):
    """A rule of verifying said no."""


@dataclass(eq=False)
class DecidedBefore(DeedRefusal):
    """Somebody decided before; `name` is empty where nobody by name did."""

    name: str
    state: DeedState
    at: datetime | None


@dataclass(eq=False)
class AskedBefore(DeedRefusal):
    """Somebody asked the claimant already, and the answer goes to everybody."""

    name: str
    question: str


@dataclass(eq=False)
class OwnAward(DeedRefusal):
    """Nobody awards points to themselves, or to their `household`."""

    household: bool


class NearFirst(DeedRefusal):
    """The first person who agreed lives with them, or did lately."""


@dataclass(eq=False)
class NobodyCalled(DeedRefusal):
    """No resident in reach has this short code, name or @username."""

    typed: str


@contextmanager
def saying_who(session: Session) -> Iterator[None]:
    """Name who was first, where a deed is decided already or somebody asks back."""
    try:
        yield
    except DeedDecided as before:
        raise DecidedBefore(_name(session, before.by), before.state, before.at) from None
    except QuestionOpen as asked:
        raise AskedBefore(_name(session, asked.by), asked.question) from None


def _name(session: Session, resident_id: int | None) -> str:
    person = None if resident_id is None else addresses(session, [resident_id]).get(resident_id)
    return person.name if person else ""
