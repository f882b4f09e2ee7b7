"""The fixed statements of the posting path on SQLite, spoken to the driver itself, which has one writer."""

import json
import sqlite3
from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection

from points.rows import TRANSFER, AccountRow, KnownRow, LineRow, Move, ShareRow

_AMONG = "(SELECT value FROM json_each(?))"
_ACCOUNTS = (
    "SELECT account.id, account.kind, posted - held, owed"
    " FROM account LEFT JOIN balance ON balance.account = account.id WHERE account.id IN "
)
_TWO_ACCOUNTS = _ACCOUNTS + "(?, ?)"
_SOME_ACCOUNTS = _ACCOUNTS + _AMONG
_KNOWN = "SELECT key, id, request_hash FROM transfer WHERE key "
_ONE_KNOWN = _KNOWN + "= ?"
_SOME_KNOWN = _KNOWN + "IN " + _AMONG
_LAST = "SELECT coalesce(max(id), 0) FROM transfer"
_PLACES = ", ".join("?" * (len(TRANSFER) + 1))
_INSERT = f"INSERT INTO transfer (id, {', '.join(TRANSFER)}) VALUES ({_PLACES})"  # noqa: S608 - our own names
_MOVE = "UPDATE balance SET posted = posted + ?2, held = held + ?3, owed = owed + ?4 WHERE account = ?1"
_EARN = (
    "UPDATE monthlytotal SET earned = earned + ?4, reached_at = ?5"
    " WHERE month = ?1 AND group_kind = ?2 AND key = ?3"
)
_BEGIN_MONTH = (
    "INSERT INTO monthlytotal (month, group_kind, key, earned, reached_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)


def accounts(connection: Connection, numbers: Sequence[int]) -> list[AccountRow]:
    """Read accounts, and what is available and owed on those with a floor."""
    if len(numbers) == 2:
        return driver_of(connection).execute(_TWO_ACCOUNTS, numbers).fetchall()
    return driver_of(connection).execute(_SOME_ACCOUNTS, (json.dumps(numbers),)).fetchall()


def known(connection: Connection, keys: Sequence[str]) -> list[KnownRow]:
    """Read which keys have a transfer."""
    if len(keys) == 1:
        return driver_of(connection).execute(_ONE_KNOWN, keys).fetchall()
    return driver_of(connection).execute(_SOME_KNOWN, (json.dumps(keys),)).fetchall()


def write(
    connection: Connection, lines: Sequence[LineRow], moves: Sequence[Move], shares: Sequence[ShareRow]
) -> dict[str, int]:
    """Write transfers, move balances, add to month totals; give each transfer's number by its key."""
    driver = driver_of(connection)
    [last] = driver.execute(_LAST).fetchone()
    numbered = [(number, *line) for number, line in enumerate(lines, last + 1)]
    driver.executemany(_INSERT, numbered)
    driver.executemany(_MOVE, moves)
    earn(driver, shares)
    return {line[1]: line[0] for line in numbered}


def earn(driver: sqlite3.Connection, shares: Sequence[ShareRow]) -> None:
    """Add to month totals; an upsert costs twice as much as the change of a row that is mostly there."""
    if driver.executemany(_EARN, shares).rowcount < len(shares):
        driver.executemany(_BEGIN_MONTH, shares)  # which leaves those that are there, and have got theirs


def driver_of(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
