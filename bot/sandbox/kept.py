"""Keeping the rehearsal room between two demos, so that phones, chats and pictures are there again."""

import fcntl
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.errors import FolderInUse
from bot.sandbox.room import Room
from bot.sandbox.things import Json

LOCK_FILE = "demo.lock"
PERHAPS_LOST = 1_000  # messages and people since the room was last written down, when the demo was killed

# What belongs to the running process and not to the room.
PASSING = frozenset({"_clock", "_bell"})


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have a folder to oneself; the lock is the process's own, so a killed one leaves none behind.

    Raises:
        FolderInUse: another demo runs on it.
    """
    with (folder / LOCK_FILE).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(folder) from None
        yield


@dataclass(frozen=True)
class Kept:
    """What an earlier demo left beside the room itself."""

    neighbours: Json | None


def keep_room(room: Room, file: Path, *, neighbours: Json | None) -> None:
    """Write down people, chats and files; taps that wait for an answer do not outlive the room.

    The file is whole at any moment: whoever is killed while writing leaves the one before.
    """
    state = {"world": _lasting(room.world), "files": _lasting(room.files), "profile": room.profile}
    written = file.with_suffix(".new")
    written.write_bytes(pickle.dumps(state | {"neighbours": neighbours}))
    written.replace(file)


def take_up_room(room: Room, file: Path) -> Kept | None:
    """Take up what an earlier demo left in this folder, if there was one."""
    if not file.exists():
        return None
    state = pickle.loads(file.read_bytes())  # noqa: S301 - the demo's own file, in the folder it was given
    vars(room.world).update(state["world"])
    vars(room.files).update(state["files"])
    room.profile = state["profile"]
    room.world.leave_numbers(PERHAPS_LOST)
    return Kept(state.get("neighbours"))


def _lasting(thing: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(thing).items() if name not in PASSING}
