"""Photos and documents: kept in memory, found by their id or path."""

import itertools
import re
import struct
from pathlib import PurePosixPath

from bot.sandbox.errors import BadRequest
from bot.sandbox.things import StoredFile

PNG = b"\x89PNG\r\n\x1a\n"
# a JPEG's frame header: any SOF marker but those for tables and arithmetic conditioning
FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..\x08(..)(..)", re.DOTALL)
# https://core.telegram.org/bots/api#sendphoto: width and height together at most 10000, ratio at most 20
LARGEST_SIDES = 10_000
LARGEST_RATIO = 20
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOCUMENT = 50 * 1024 * 1024


class Files:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, data: bytes, *, name: str, mime: str, sides: tuple[int, int] = (0, 0)) -> StoredFile:
        number = next(self._numbers)
        folder = "photos" if sides != (0, 0) else "documents"
        ending = re.sub(r"[^A-Za-z0-9.]", "", PurePosixPath(name).suffix)
        path = f"{folder}/file_{number}{ending}"
        stored = StoredFile(f"rehearsal-file-{number}", f"unique-{number}", path, name, mime, data, *sides)
        self._by_id[stored.file_id] = self._by_path[path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)


def sides_of(data: bytes) -> tuple[int, int] | None:
    """Read width and height of a PNG or JPEG picture."""
    if data.startswith(PNG) and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data.startswith(b"\xff\xd8") and (frame := FRAME.search(data)):
        return int.from_bytes(frame[2], "big"), int.from_bytes(frame[1], "big")
    return None


def check_photo(data: bytes) -> tuple[int, int]:
    """Give the sides of a picture that Telegram would take.

    Raises:
        BadRequest: as https://core.telegram.org/bots/api#sendphoto bounds it.
    """
    sides = sides_of(data)
    if not data:
        raise BadRequest("file must be non-empty")
    if sides is None:
        raise BadRequest("IMAGE_PROCESS_FAILED")
    if len(data) > LARGEST_PHOTO:
        raise BadRequest("file is too big for a photo")
    if not min(sides) or sum(sides) > LARGEST_SIDES or max(sides) / min(sides) > LARGEST_RATIO:
        raise BadRequest("PHOTO_INVALID_DIMENSIONS")
    return sides


def check_document(data: bytes) -> None:
    if not data:
        raise BadRequest("file must be non-empty")
    if len(data) > LARGEST_DOCUMENT:
        raise BadRequest("file is too big")
