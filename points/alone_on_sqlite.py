"""One plain posting on SQLite: one statement to look at all there is to know, and one for each table."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from points.models import AccountKind, TransferKind
from points.on_sqlite import driver_of, earn
from points.rows import TRANSFER, ShareRow

_LOOK = (
    "SELECT account.id, kind, posted - held, owed, EXISTS (SELECT 1 FROM transfer WHERE key = :key)"
    " FROM account LEFT JOIN balance ON balance.account = account.id WHERE account.id IN (:debit, :credit)"
)
_PLACES = ", ".join(f":{column}" for column in TRANSFER)
_INSERT = f"INSERT INTO transfer ({', '.join(TRANSFER)}) VALUES ({_PLACES})"  # noqa: S608 - our own names
_MOVE = "UPDATE balance SET posted = posted + ? WHERE account = ?"


def post_alone(connection: Connection, line: Mapping[str, Any]) -> int | None:
    """Write a transfer and what follows from it; give its number, or None where somebody must look closer."""
    driver = driver_of(connection)
    moves: list[tuple[int, int]] = []
    accounts = driver.execute(_LOOK, line).fetchall()
    for number, kind, left, owed, known in accounts:
        more = line["amount"] if number == line["credit"] else -line["amount"]
        if known or owed or kind == AccountKind.DEBT or (left is not None and left + more < 0):
            return None
        if left is not None:
            moves.append((more, number))
    if len(accounts) != 2:
        return None
    written = driver.execute(_INSERT, line).lastrowid
    driver.executemany(_MOVE, moves)
    if line["kind"] == TransferKind.AWARD:
        earn(driver, list(_shares(line)))
    return written


def _shares(line: Mapping[str, Any]) -> Iterator[ShareRow]:
    for kind in ("building", "grid", "household", "team"):
        if line[kind] is not None:
            yield line["month"], kind, line[kind], line["amount"], line["at"]
    yield line["month"], "resident", str(line["credit"]), line["amount"], line["at"]
