"""One plain posting on SQLite: one statement to look at all there is to know, and one for each table."""

from collections.abc import Iterator

from sqlalchemy import Connection

from points.models import AccountKind, TransferKind
from points.on_sqlite import driver_of, earn
from points.postings import GROUPS, Posting, grouped
from points.rows import AT, MONTH, TRANSFER, LineRow, ShareRow

_LOOK = (
    "SELECT account.id, kind, posted - held, owed, EXISTS (SELECT 1 FROM transfer WHERE key = ?)"
    " FROM account LEFT JOIN balance ON balance.account = account.id WHERE account.id IN (?, ?)"
)
_PLACES = ", ".join("?" * len(TRANSFER))
_INSERT = f"INSERT INTO transfer ({', '.join(TRANSFER)}) VALUES ({_PLACES})"  # noqa: S608 - our own names
_MOVE = "UPDATE balance SET posted = posted + ? WHERE account = ?"


def post_alone(connection: Connection, posting: Posting, row: LineRow) -> int | None:
    """Write a transfer and what follows from it; give its number, or None where somebody must look closer."""
    driver = driver_of(connection)
    moves: list[tuple[int, int]] = []
    accounts = driver.execute(_LOOK, (posting.key, posting.debit, posting.credit)).fetchall()
    for number, kind, left, owed, known in accounts:
        more = posting.amount if number == posting.credit else -posting.amount
        if known or owed or kind == AccountKind.DEBT or (left is not None and left + more < 0):
            return None
        if left is not None:
            moves.append((more, number))
    if len(accounts) != 2:
        return None
    written = driver.execute(_INSERT, row).lastrowid
    for move in moves:
        driver.execute(_MOVE, move)
    if posting.kind is TransferKind.AWARD:
        earn(driver, list(_shares(posting, row)))
    return written


def _shares(posting: Posting, row: LineRow) -> Iterator[ShareRow]:
    amount, at, month = posting.amount, row[AT], row[MONTH]
    for kind, key in zip(GROUPS, grouped(posting.groups), strict=True):
        if key is not None:
            yield month, kind, key, amount, at
    yield month, "resident", str(posting.credit), amount, at
