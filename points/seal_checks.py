"""Checking the seals: each in its place in the chain, and each transfer under it as it was then."""

from collections.abc import Callable, Iterator, Sequence

from sqlmodel import Session

from points.leaves import NAMES, Values, hashes, pages
from points.misfits import UNREADABLE, named_or_raised
from points.proofs import NOTHING_BEFORE, Header, root_of
from points.seals import header_of, in_order, seals, split

_ID = NAMES.index("id")


def check_seals(session: Session) -> tuple[str, ...]:
    """Say what the seals do not bear out."""
    try:
        return tuple(walk(session, lambda _: None))
    except UNREADABLE as met:
        return named_or_raised(session, met)


def walk(session: Session, count: Callable[[Sequence[Values]], None]) -> Iterator[str]:
    """Go through every transfer once, in order, and `count` each page; say what the seals do not bear out."""
    end = 0
    before = Header(0, "", None, 0, 0, 0, "", "", "")
    previous = NOTHING_BEFORE.hex()
    for rows in pages(session, upto=end):  # none should be there, and no seal covers it
        count(rows)
    for header, hash_, kept in _chain(session):
        if header.id < 1:
            yield f"{_called(header)} does not count: seals are numbered from 1"
            continue
        yield from _out_of_place(header, before, previous, hash_)
        if end < header.above:  # a seal is missing: what it covered is counted all the same
            for rows in pages(session, above=end, upto=header.above):
                count(rows)
        ids: list[int] = []
        leaves: list[bytes] = []
        for rows in pages(session, above=max(end, header.above), upto=header.upto):
            count(rows)
            ids += [row[_ID] for row in rows]
            leaves += hashes(rows)
        yield from _changed(header, ids, leaves, kept)
        end, before, previous = max(end, header.upto), header, hash_
    for rows in pages(session, above=end):
        count(rows)


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


def _changed(header: Header, ids: Sequence[int], leaves: Sequence[bytes], kept: bytes) -> Iterator[str]:
    """Name the transfers that differ from the hashes that were kept when the seal was set."""
    name = _called(header)
    if len(leaves) == header.size and root_of(leaves).hex() == header.root:
        if b"".join(leaves) != kept:
            yield f"the hashes kept with {name} were changed"
        return
    sealed = split(kept)
    if root_of(sealed).hex() != header.root:
        yield f"{name} does not hold, and the hashes kept with it were changed too"
    yield from _strangers(name, ids, leaves, sealed)
    if len(leaves) < len(sealed):
        found = set(leaves)
        lost = next((place for place, leaf in enumerate(sealed) if leaf not in found), 0)  # kept twice: none
        near = f"after transfer {ids[lost - 1]}" if 0 < lost <= len(ids) else "at its beginning"
        yield f"{len(sealed) - len(leaves)} of the {len(sealed)} transfers under {name} are gone, {near}"


def _strangers(
    name: str, ids: Sequence[int], leaves: Sequence[bytes], sealed: Sequence[bytes]
) -> Iterator[str]:
    what, known = "was changed" if len(leaves) <= len(sealed) else "was changed or put in", set(sealed)
    for transfer, leaf in zip(ids, leaves, strict=True):
        if leaf not in known:
            yield f"transfer {transfer} {what} after {name} was set"
