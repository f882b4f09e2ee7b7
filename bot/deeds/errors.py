"""What can be refused about deeds between people, each carrying the facts its sentence needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.community import addresses
from points.deeds import DeedDecided, DeedState


class DeedRefusal(Exception):
    """A rule of verifying said no."""


@dataclass(eq=False)
class DecidedBefore(DeedRefusal):
    """Somebody decided before; `name` is empty where nobody by name did."""

    name: str
    state: DeedState
    at: datetime | None


@dataclass(eq=False)
class OwnAward(DeedRefusal):
    """Nobody awards points to themselves, or to their `household`."""

    household: bool


@dataclass(eq=False)
class NobodyCalled(DeedRefusal):
    """No resident in reach has this short code, name or @username."""

    typed: str


@contextmanager
def saying_who(session: Session) -> Iterator[None]:
    """Name who was first, where a deed is decided already."""
    try:
        yield
    except DeedDecided as before:
        person = addresses(session, [before.by]).get(before.by) if before.by is not None else None
        raise DecidedBefore(person.name if person else "", before.state, before.at) from None
