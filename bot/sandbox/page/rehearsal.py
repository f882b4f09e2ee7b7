"""What the demo offers on the page: posters to scan, invitations, people to play, places to send."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Words = str | Mapping[str, str]


@dataclass(frozen=True)
class Door:
    """A poster at a door, or an invitation: what its start link carries and what it says."""

    label: Words
    payload: str


@dataclass(frozen=True)
class Preset:
    """A person to play with one tap; the payload is what they scanned or were sent."""

    role: Words
    name: str
    language: str
    payload: str = ""


@dataclass(frozen=True)
class Place:
    label: Words
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Rehearsal:
    posters: tuple[Door, ...] = ()
    invitations: tuple[Door, ...] = ()
    presets: tuple[Preset, ...] = ()
    places: tuple[Place, ...] = ()
    timezone: str | None = None  # what the phones' clocks show; without it the browser's own

    def facts(self) -> dict[str, Any]:
        """Give everything as plain values for the page."""
        return asdict(self)
