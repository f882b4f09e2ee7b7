"""Commands and routes: the words for each, who sees it in the menu, and where it leads."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.chat.turn import Turn
from bot.community import Act, Person

Handler = Callable[[Turn], Awaitable[None]]
Sees = Callable[[Person], bool]


def everybody(_: Person) -> bool:
    return True


def volunteers(person: Person) -> bool:
    return person.volunteer


def allowed(act: Act) -> Sees:
    """Those who may do this somewhere."""
    return lambda person: person.may(act)


@dataclass(frozen=True)
class Command:
    """A command; ``about`` is the key of its line in the menu, ``words`` are typed instead of it.

    One that works ``in_groups`` is dealt with where it is said; all others lead into the private chat.
    """

    name: str
    about: str
    handle: Handler
    sees: Sees = everybody
    words: tuple[str, ...] = ()
    for_strangers: bool = False
    in_groups: bool = False


def visible(commands: tuple[Command, ...], person: Person | None) -> tuple[Command, ...]:
    """Give the commands that somebody's menu shows: never what they may not do."""
    if person is None:
        return tuple(command for command in commands if command.for_strangers)
    return tuple(command for command in commands if command.sees(person))


class Helps(Protocol):
    """Answers whoever is lost."""

    async def lost(self, turn: Turn) -> None:
        """Answer what leads nowhere."""

    async def cry(self, turn: Turn) -> None:
        """Answer somebody in distress."""

    async def choose(self, turn: Turn) -> None:
        """Show again what can be chosen."""

    async def words_wanted(self, turn: Turn) -> None:
        """Answer a picture where words are meant."""


@dataclass(frozen=True)
class Routes:
    """Where each thing that can be said leads.

    ``typed`` finds the button that words outside a conversation mean, ``asked_since`` the one of a call-out
    that came after the conversation began; ``stranger`` meets who has not joined. In ``free_steps`` anything
    may be written, a cry for help too; in ``number_steps`` a number is an answer, never a button's place.
    ``resting`` steps only show something: who writes there is in the middle of nothing. In ``picture_steps``
    a photo or a place is an answer as well. ``repeated`` answers a message that a step has taken already.
    """

    commands: tuple[Command, ...]
    open_taps: Mapping[str, Handler]
    taps: Mapping[str, Handler]
    steps: Mapping[str, Handler]
    free_steps: frozenset[str]
    number_steps: frozenset[str]
    resting: frozenset[str]
    picture_steps: frozenset[str]
    typed: Callable[[Turn], Awaitable[str | None]]
    asked_since: Callable[[Turn, datetime], Awaitable[str | None]]
    stranger: Handler
    helper: Helps
    repeated: Mapping[str, Handler] = field(default_factory=dict)

    def command(self, name: str) -> Command | None:
        """Give the command of this name."""
        return next((one for one in self.commands if one.name == name), None)

    def word(self, text: str) -> Command | None:
        """Give the command that a whole message in plain words means."""
        said = text.strip().casefold()
        return next((one for one in self.commands if said in one.words), None)

    def tap(self, kind: str, *, joined: bool) -> Handler | None:
        """Give what a button does; a stranger's tap on a resident's button begins joining."""
        handler = self.open_taps.get(kind)
        if handler is None and kind in self.taps:
            return self.taps[kind] if joined else self.stranger
        return handler
