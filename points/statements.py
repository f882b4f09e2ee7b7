"""A resident's statement: every entry with the balance after it, and the proof that each stands as sealed."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points.accounts import had_before
from points.leaves import NAMES, Values, facts, hashes, of_account
from points.months import month_start, months_later
from points.proofs import Header, moment_text, path_to
from points.purses import Keeping, keeping
from points.seals import SealKind, headers, leaves_of
from points.standings import Entry, entries

KIND, VERSION = "linli statement", 1
_ID = NAMES.index("id")


@dataclass(frozen=True)
class Line:
    """An entry, and what there was after it, held points included."""

    entry: Entry
    balance: int


@dataclass(frozen=True)
class Statement:
    """Entries, the oldest first; `proof` is what `linli ledger verify --statement` reads, ready for JSON.

    `root` was published at the end of `root_month`, the newest that ended.
    """

    lines: tuple[Line, ...] = ()
    proof: Mapping[str, Any] = field(default_factory=dict)
    root: str | None = None
    root_month: str | None = None


def statement(
    session: Session, *, resident_id: int, now: datetime, zone: ZoneInfo, month: str | None = None
) -> Statement:
    """Give a resident's entries, of one local month or all of them, each with its proof.

    Where points lie together, those of the purse since the resident came to it; for a month before that,
    the resident's own.
    """
    mine = keeping(session, resident_id)
    if mine is None:
        return Statement()
    account, since = _of(mine, month, zone)
    lines = [line for line in _lines(session, account, since) if month is None or _within(line, month, zone)]
    wanted = {line.entry.transfer_id for line in lines}
    rows = [row for row in of_account(session, account) if row[_ID] in wanted]
    chain = _chain(session, rows)
    ended = [header for header in chain if header.kind == SealKind.MONTH]
    root, root_month = (ended[-1].hash, ended[-1].month) if ended else (None, None)
    proof = {
        "kind": KIND,
        "version": VERSION,
        "how": "linli ledger verify --statement FILE --root ROOT, with the root read from the leaderboard",
        "made": moment_text(now),
        "account": account,
        "month": month,
        "root": root,
        "root_month": root_month,
        "entries": list(_proven(session, rows, chain)),
        "unsealed": [facts(row) for row in rows if not chain or row[_ID] > chain[-1].upto],
        "seals": [_said(header) for header in chain],
    }
    return Statement(tuple(lines), proof, root, root_month)


def _of(mine: Keeping, month: str | None, zone: ZoneInfo) -> tuple[int, datetime | None]:
    """Give what to state, and since when: the purse, but for a month before the resident came to it."""
    if mine.since is None or (month and month_start(months_later(month, 1), zone) <= mine.since):
        return mine.own, None
    return mine.purse, mine.since


def _lines(session: Session, account: int, since: datetime | None) -> Iterator[Line]:
    """Add up from the first entry on; of what a purse had before the reader came only the sum is said."""
    balance = 0 if since is None else had_before(session, account, since)
    for entry in reversed(entries(session, account, None, since=since)):
        balance += entry.amount
        yield Line(entry, balance)


def _within(line: Line, month: str, zone: ZoneInfo) -> bool:
    return month_start(month, zone) <= line.entry.at < month_start(months_later(month, 1), zone)


def _chain(session: Session, rows: Sequence[Values]) -> list[Header]:
    """Give the seals from the first that covers an entry to the newest."""
    return list(headers(session, covering=rows[0][_ID])) if rows else []


def _proven(session: Session, rows: Sequence[Values], chain: Sequence[Header]) -> Iterator[dict[str, Any]]:
    """Give each sealed entry with its place under its seal and the hashes beside its way to the root."""
    ends = [header.upto for header in chain]
    for place, under in groupby(rows, lambda row: bisect_left(ends, row[_ID])):
        if place == len(chain):
            return
        leaves = leaves_of(session, chain[place].id)
        for row in under:
            # One that was changed since is not among them: it gets a proof that fails, and names it.
            leaf = hashes([row])[0]
            index = leaves.index(leaf) if leaf in leaves else 0
            path = [beside.hex() for beside in path_to(leaves, index)]
            yield {"transfer": facts(row), "seal": chain[place].id, "index": index, "path": path}


def _said(header: Header) -> dict[str, Any]:
    return {name: value for name, value in asdict(header).items() if value is not None}
