"""Checking the seals: each in its place in the chain, and each transfer under it as it was then."""

from collections.abc import Callable, Iterator, Sequence

from sqlmodel import Session

from points.counting import counted
from points.leaves import NAMES, Values, hashes, pages
from points.misfits import UNREADABLE, named_or_raised
from points.proofs import NOTHING_BEFORE, Header, leaf_hashes, root_of
from points.seals import header_of, in_order, seals, split
from points.written import Writing

_ID = NAMES.index("id")


def check_seals(session: Session) -> tuple[str, ...]:
    """Say what the seals do not bear out."""
    try:
        return tuple(walk(session, lambda _: None, only=("id",)))
    except UNREADABLE as met:
        return named_or_raised(session, met)


Count = Callable[[Sequence[Values]], None]
"""Counts a page of transfers, of which it is given some columns, the id first."""


def walk(session: Session, count: Count, *, only: tuple[str, ...]) -> Iterator[str]:
    """Go through every transfer once, in order, and `count` each page; say what the seals do not bear out."""
    end = 0
    before = Header(0, "", None, 0, 0, 0, "", "", "")
    previous = NOTHING_BEFORE.hex()
    written = Writing(session, only)
    for rows in pages(session, upto=end, only=only):  # none should be there, and no seal covers it
        count(rows)
    for header, hash_, kept in _chain(session):
        if header.id < 1:
            yield f"{_called(header)} does not count: seals are numbered from 1"
            continue
        yield from _out_of_place(header, before, previous, hash_)
        if end < header.above:  # a seal is missing: what it covered is counted all the same
            for rows in pages(session, above=end, upto=header.above, only=only):
                count(rows)
        begin = max(end, header.above)
        if not _holds(header, _leaves(written, count, above=begin, upto=header.upto), kept):
            yield from _changed(session, header, begin, kept)
        end, before, previous = max(end, header.upto), header, hash_
    for rows in pages(session, above=end, only=only):
        count(rows)


def _leaves(written: Writing, count: Count, *, above: int, upto: int) -> list[bytes]:
    leaves: list[bytes] = []
    for rows, texts in written.pages(above=above, upto=upto):
        count(rows)
        leaves += leaf_hashes(texts)
    return leaves


def _chain(session: Session) -> Iterator[tuple[Header, str, bytes]]:
    for row in in_order(session, *seals.c):
        yield header_of(row), row.hash.hex(), row.leaves


def _called(header: Header) -> str:
    return f"seal {header.id} of {header.at}"


def _out_of_place(header: Header, before: Header, previous: str, hash_: str) -> Iterator[str]:
    name = _called(header)
    if header.id != before.id + 1:
        yield f"{name} follows seal {before.id}: one between them is missing"
    elif header.previous != previous or header.above != before.upto:
        yield f"{name} does not follow from seal {before.id}"
    if header.hash != hash_:
        yield f"{name} is not as it was set"


def _as_sealed(header: Header, leaves: Sequence[bytes]) -> bool:
    return len(leaves) == header.size and root_of(leaves).hex() == header.root


def _holds(header: Header, leaves: Sequence[bytes], kept: bytes) -> bool:
    return b"".join(leaves) == kept and _as_sealed(header, leaves)


def _changed(session: Session, header: Header, above: int, kept: bytes) -> Iterator[str]:
    """Name the transfers that differ from the hashes that were kept when the seal was set.

    They are written here once more, as they were for the seal: nothing else is held against them.
    """
    ids: list[int] = []
    leaves: list[bytes] = []
    for rows in pages(session, above=above, upto=header.upto):
        ids += [row[_ID] for row in rows]
        leaves += hashes(rows)
    name, sealed = _called(header), split(kept)
    if _as_sealed(header, leaves):
        if b"".join(leaves) != kept:
            yield f"the hashes kept with {name} were changed"
        return
    if root_of(sealed).hex() != header.root:
        yield f"{name} does not hold, and the hashes kept with it were changed too"
    yield from _strangers(name, ids, leaves, sealed)
    if len(leaves) < len(sealed):
        found = set(leaves)
        lost = next((place for place, leaf in enumerate(sealed) if leaf not in found), 0)  # kept twice: none
        near = f"after transfer {ids[lost - 1]}" if 0 < lost <= len(ids) else "at its beginning"
        gone = len(sealed) - len(leaves)
        are = "is" if gone == 1 else "are"
        yield f"{gone} of the {counted(len(sealed), 'transfer')} under {name} {are} gone, {near}"


def _strangers(
    name: str, ids: Sequence[int], leaves: Sequence[bytes], sealed: Sequence[bytes]
) -> Iterator[str]:
    what, known = "was changed" if len(leaves) <= len(sealed) else "was changed or put in", set(sealed)
    for transfer, leaf in zip(ids, leaves, strict=True):
        if leaf not in known:
            yield f"transfer {transfer} {what} after {name} was set"
