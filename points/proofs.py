"""What proves a transfer: Merkle trees as in RFC 6962, section 2.1, and the chain of seals over them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

# What is hashed says what it is, so that nothing passes for something else (RFC 6962: 0x00 leaf, 0x01 node).
_LEAF, _NODE, _SEAL = b"\x00", b"\x01", b"\x02"
NOTHING_BEFORE = bytes(32)  # what the first seal names as the one before it
PUBLISHED_DIGITS = 32  # hexadecimal digits of a published root: two that share them take 2^64 tries to find


class BadProof(ValueError):
    """A proof has not the shape that its leaf's place in the tree asks for."""


@dataclass(frozen=True)
class Header:
    """A seal without its leaves: it covers the `size` transfers with `above` < id <= `upto`."""

    id: int
    kind: str
    month: str | None
    above: int
    upto: int
    size: int
    root: str
    previous: str
    at: str

    @property
    def hash(self) -> str:
        """What the next seal names as the one before it, and what is published at a month's end."""
        return hashlib.sha256(_SEAL + canonical(asdict(self))).hexdigest()


def short_root(root: str) -> str:
    """Give the part of a published root that people compare by eye, eight times four digits."""
    return "-".join(root[start : start + 4] for start in range(0, PUBLISHED_DIGITS, 4))


def canonical(facts: Mapping[str, object]) -> bytes:
    """Write facts as JSON in the one way that can be hashed: keys sorted, no spaces, nothing that is null.

    For text and whole numbers that is what RFC 8785 says.
    """
    there = {name: fact for name, fact in facts.items() if fact is not None}
    return json.dumps(there, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def moment_text(moment: datetime) -> str:
    """Write a moment in the one way that can be hashed, such as 2026-03-10T04:00:00.000000Z."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def leaf_hash(text: bytes) -> bytes:
    """Hash a transfer's canonical JSON."""
    return hashlib.sha256(_LEAF + text).digest()


def leaf_hashes(texts: Iterable[bytes]) -> list[bytes]:
    """Hash the canonical JSON of many transfers."""
    sha256 = hashlib.sha256
    return [sha256(_LEAF + text).digest() for text in texts]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Give the root of the tree over leaf hashes; that of no leaves is the hash of nothing."""
    level = leaves
    while len(level) > 1:
        level = _level_above(level)
    return level[0] if level else hashlib.sha256().digest()


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Give the hashes beside the way from a leaf up to the root."""
    path: list[bytes] = []
    level = leaves
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        level, index = _level_above(level), index >> 1
    return path


def root_by_path(leaf: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Give the root that a leaf and the hashes beside its way lead to (RFC 9162, section 2.1.3.2).

    Raises:
        BadProof: a tree of that many leaves has no such way.
    """
    place, last, found = index, size - 1, leaf
    if not 0 <= place <= last:
        raise BadProof
    for beside in path:
        while place == last and not place & 1 and last:
            place, last = place >> 1, last >> 1  # alone on its level: it goes up as it is
        if not last:
            raise BadProof
        found = _node(beside, found) if place & 1 else _node(found, beside)
        place, last = place >> 1, last >> 1
    while place == last and not place & 1 and last:
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof
    return found


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    """Join neighbours; who has none goes up alone, which is RFC 6962's cut at the largest power of two."""
    sha256, pairs = hashlib.sha256, iter(level)
    above = [sha256(_NODE + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
