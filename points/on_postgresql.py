"""The fixed statements of the posting path on PostgreSQL: one for all reads of a kind, one for all writes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Integer, LargeBinary
from sqlalchemy.exc import DBAPIError

from points.columns import Moment
from points.models import transfers
from points.rows import TRANSFER, AccountRow, KnownRow, LineRow, Move, ShareRow
from points.storing import CHANGED

# Locks are taken in the order of numbers, so that two units never wait for each other; an account without a
# floor has no row to lock.
_ACCOUNTS = """
WITH floored AS MATERIALIZED (
    SELECT account, posted - held AS available, owed FROM balance
    WHERE account = ANY(%s::bigint[]) ORDER BY account FOR NO KEY UPDATE
)
SELECT account.id, account.kind, floored.available, floored.owed
FROM account LEFT JOIN floored ON floored.account = account.id WHERE account.id = ANY(%s::bigint[])
"""
_KNOWN = "SELECT key, id, request_hash FROM transfer WHERE key = ANY(%s::text[])"


def kind_of(column: str) -> str:
    """Name the kind that a column of transfers has on the server, for a cast."""
    kind = transfers.c[column].type
    known = {Moment: "timestamptz", Integer: "bigint", LargeBinary: "bytea"}
    return next((name for each, name in known.items() if isinstance(kind, each)), "text")


_COLUMNS = ", ".join(TRANSFER)
_ARRAYS = ", ".join(f"%s::{kind_of(column)}[]" for column in TRANSFER)
_WRITE = f"""
WITH line AS (
    SELECT * FROM unnest({_ARRAYS}) WITH ORDINALITY AS line ({_COLUMNS}, place)
), moved AS (
    UPDATE balance SET posted = balance.posted + move.posted, held = balance.held + move.held,
        owed = balance.owed + move.owed
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS move (account, posted, held, owed)
    WHERE balance.account = move.account
), earned AS (
    INSERT INTO monthlytotal (month, group_kind, key, earned, reached_at)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[])
    ON CONFLICT (month, group_kind, key)
    DO UPDATE SET earned = monthlytotal.earned + excluded.earned, reached_at = excluded.reached_at
)
INSERT INTO transfer ({_COLUMNS}) SELECT {_COLUMNS} FROM line ORDER BY place RETURNING key, id
"""  # noqa: S608 - our own names


def accounts(connection: Connection, numbers: Sequence[int]) -> list[AccountRow]:
    """Lock accounts with a floor, and read what is available and owed on them; read the others."""
    some = list(numbers)
    return execute(connection, _ACCOUNTS, (some, some))


def known(connection: Connection, keys: Sequence[str]) -> list[KnownRow]:
    """Read which keys have a transfer."""
    return execute(connection, _KNOWN, (list(keys),))


def write(
    connection: Connection, lines: Sequence[LineRow], moves: Sequence[Move], shares: Sequence[ShareRow]
) -> dict[str, int]:
    """Write transfers, move balances, add to month totals; give each transfer's number by its key."""
    arrays = (*_columns(lines, len(TRANSFER)), *_columns(moves, 4), *_columns(shares, 5))
    numbers = dict(execute(connection, _WRITE, arrays))
    connection.info[CHANGED] = True
    return numbers


def execute(connection: Connection, statement: str, parameters: Any) -> list[Any]:
    """Speak to the driver itself, in half the time; what goes wrong is raised as SQLAlchemy raises it."""
    driver: Any = connection.connection.driver_connection
    wrong = connection.dialect.loaded_dbapi.Error
    try:
        rows: list[Any] = driver.execute(statement, parameters).fetchall()
    except wrong as error:
        raised = DBAPIError.instance(statement, parameters, error, wrong, dialect=connection.dialect)
        raise raised from error
    return rows


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
