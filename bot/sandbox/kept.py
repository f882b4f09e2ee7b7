"""Keeping the rehearsal room between two demos, so that phones, chats and pictures are there again."""

import fcntl
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.sandbox.errors import FolderInUse
from bot.sandbox.room import Room

LOCK_FILE = "demo.lock"

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


def keep_room(room: Room, file: Path) -> None:
    """Write down people, chats and files; taps that wait for an answer do not outlive the room."""
    state = {"world": _lasting(room.world), "files": _lasting(room.files), "profile": room.profile}
    file.write_bytes(pickle.dumps(state))


def take_up_room(room: Room, file: Path) -> bool:
    """Take up what an earlier demo left in this folder; tell whether there was anything."""
    if not file.exists():
        return False
    state = pickle.loads(file.read_bytes())  # noqa: S301 - the demo's own file, in the folder it was given
    vars(room.world).update(state["world"])
    vars(room.files).update(state["files"])
    room.profile = state["profile"]
    return True


def _lasting(thing: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(thing).items() if name not in PASSING}
