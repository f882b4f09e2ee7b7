"""Checking the seals: each in its place in the chain, and each transfer under it as it was then."""

from collections.abc import Callable, Iterator, Sequence

from sqlmodel import Session

from points.leaves import NAMES, Values, hashes, pages
from points.proofs import NOTHING_BEFORE, Header, root_of
from points.seals import header_of, in_order, seals, split

_ID = NAMES.index("id")


def walk(session: Session, count: Callable[[Sequence[Values]], None]) -> Iterator[str]:
    """Go through every transfer once, in order, and `count` each page; say what the seals do not bear out."""
    end = 0
    before = Header(0, "", None, 0, 0, 0, "", "", "")
    previous = NOTHING_BEFORE.hex()
    for header, hash_, leaves in _chain(session):
        yield from _out_of_place(header, before, previous, hash_)
        for rows in pages(session, above=end, upto=header.above):  # none, unless a seal is missing
            count(rows)
        under: list[tuple[int, bytes]] = []
        for rows in pages(session, above=max(end, header.above), upto=header.upto):
            count(rows)
            under += zip((row[_ID] for row in rows), hashes(rows), strict=True)
        yield from _changed(header, under, leaves)
        end, before, previous = max(end, header.upto), header, hash_
    for rows in pages(session, above=end):
        count(rows)


def _chain(session: Session) -> Iterator[tuple[Header, str, bytes]]:
    for row in in_order(session, *seals.c):
        yield header_of(row), row.hash.hex(), row.leaves


def _out_of_place(header: Header, before: Header, previous: str, hash_: str) -> Iterator[str]:
    name = f"seal {header.id} of {header.at}"
    if header.id != before.id + 1:
        yield f"{name} follows seal {before.id}: one between them is missing"
    elif header.previous != previous or header.above != before.upto:
        yield f"{name} does not follow from seal {before.id}"
    if header.hash != hash_:
        yield f"{name} is not as it was set"


def _changed(header: Header, under: Sequence[tuple[int, bytes]], kept: bytes) -> Iterator[str]:
    """Name the transfers that differ from the hashes that were kept when the seal was set."""
    name = f"seal {header.id} of {header.at}"
    leaves, sealed = [leaf for _, leaf in under], split(kept)
    if len(leaves) == header.size and root_of(leaves).hex() == header.root:
        if leaves != sealed:
            yield f"the hashes kept with {name} were changed"
        return
    if root_of(sealed).hex() != header.root:
        yield f"{name} does not hold, and the hashes kept with it were changed too"
    yield from _strangers(name, under, set(sealed))
    if len(leaves) < len(sealed):
        found = set(leaves)
        lost = next(place for place, leaf in enumerate(sealed) if leaf not in found)
        near = f"after transfer {under[lost - 1][0]}" if 0 < lost <= len(under) else "at its beginning"
        yield f"{len(sealed) - len(leaves)} of the {len(sealed)} transfers under {name} are gone, {near}"


def _strangers(name: str, under: Sequence[tuple[int, bytes]], sealed: set[bytes]) -> Iterator[str]:
    what = "was changed" if len(under) <= len(sealed) else "was changed or put in"
    for transfer, leaf in under:
        if leaf not in sealed:
            yield f"transfer {transfer} {what} after {name} was set"
