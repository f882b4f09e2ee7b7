"""What a rule's outcome means for others: turned into outbox rows and due things in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from bot.chat.house import House

E = TypeVar("E")
Announcer = Callable[[Session, E, House, datetime], None]

_announcers: dict[type, Announcer[Any]] = {}


def announces(event: type[E]) -> Callable[[Announcer[E]], Announcer[E]]:
    """Register what is announced when a rule's outcome is of this kind."""

    def register(announcer: Announcer[E]) -> Announcer[E]:
        _announcers[event] = announcer
        return announcer

    return register


def announce(session: Session, outcome: object, house: House, now: datetime) -> None:
    """Announce an outcome, or each of several; an outcome that concerns nobody else passes in silence."""
    if isinstance(outcome, (tuple, list)):
        for part in outcome:
            announce(session, part, house, now)
        return
    announcer = _announcers.get(type(outcome))
    if announcer is not None:
        announcer(session, outcome, house, now)
