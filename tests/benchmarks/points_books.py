"""Books with a million transfers, written by the database itself: posting them is another benchmark."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlmodel import Session

from bot.database import writing_engine
from bot.migrating import migrate
from points import Verify, ddl, seal, settled_upto
from points.models import balances, transfers
from points.shelf import activities

ACCOUNTS = 50_000
TRANSFERS = 1_000_000
MONTHS = 14  # of which the first is 2025-01
SEALED_AT = datetime(2026, 3, 1, tzinfo=UTC)
_FIRST = 3  # the first resident's account, after those of what was issued and what has expired

_INDEXES = {
    "ix_transfer_debit_id": "CREATE INDEX ix_transfer_debit_id ON transfer (debit, id)",
    "ix_transfer_credit_id": "CREATE INDEX ix_transfer_credit_id ON transfer (credit, id)",
}
# A number that looks like chance and is the same each time: Knuth's multiplicative hash.
_WRITE = f"""
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :transfers),
deed AS (
    SELECT n, {_FIRST} + (n * 30011 + n / {ACCOUNTS} * 7919) % {ACCOUNTS} AS account,
        (n - 1) * {MONTHS} / :transfers AS m, n * 2654435761 % 4294967296 AS chance FROM number
)
INSERT INTO transfer (id, key, request_hash, kind, debit, credit, amount, at, month, household, team,
    building, grid, rule, rule_version, minutes)
SELECT n, printf('callout:%d:resident:%d', n, account), randomblob(32), 'award', 1, account, 20 + chance % 50,
    printf('%d-%02d-%02d 10:11:12.000123', 2025 + m / 12, m % 12 + 1, 1 + n % 28),
    printf('%d-%02d', 2025 + m / 12, m % 12 + 1), 'h' || account / 2,
    CASE chance % 3 WHEN 0 THEN 'core' WHEN 1 THEN 'clinic' END, 'b' || account % 60, 'g' || account % 6,
    'callout', 1, chance % 60 FROM deed
"""  # noqa: S608 - our own numbers
_KEYS = {"resident": "CAST(credit AS TEXT)"} | {
    kind: kind for kind in ("household", "team", "building", "grid")
}


def written(folder: Path, transfers_in_all: int = TRANSFERS) -> str:
    """Make books in which 50,000 residents earned in a million transfers over fourteen months, all sealed."""
    url = unsealed(folder, transfers_in_all)
    _finish(url)
    return url


def unsealed(folder: Path, transfers_in_all: int) -> str:
    """Make books in which 50,000 residents earned over fourteen months, with their month totals only."""
    url = f"sqlite:///{folder / 'linli.db'}"
    migrate(url, backup_folder=None)
    with closing(sqlite3.connect(folder / "linli.db")) as database:
        _fill(database, transfers_in_all)
        database.commit()
    return url


def _fill(database: sqlite3.Connection, transfers_in_all: int) -> None:
    """Without its guards and most of its indexes a table is filled many times as fast; both come back."""
    for setting in ("synchronous = OFF", "cache_size = -200000", "temp_store = MEMORY"):
        database.execute(f"PRAGMA {setting}")
    guards = [name for (name,) in database.execute(_GUARDS)]
    for name in (*(f"TRIGGER {guard}" for guard in guards), *(f"INDEX {index}" for index in _INDEXES)):
        database.execute(f"DROP {name}")
    kinds = [(1, "issued", "community"), (2, "expired", "community")]
    residents = [(_FIRST + number, "resident", str(number)) for number in range(ACCOUNTS)]
    database.executemany("INSERT INTO account (id, kind, owner) VALUES (?, ?, ?)", [*kinds, *residents])
    database.execute(_WRITE, {"transfers": transfers_in_all})
    for statement in (*_INDEXES.values(), *ddl.append_only("sqlite"), *map(_month, _KEYS)):
        database.execute(statement)


_GUARDS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'transfer'"


def _month(kind: str) -> str:
    key = _KEYS[kind]
    summed = f"SELECT month, '{kind}', {key}, sum(amount), max(at) FROM transfer"  # noqa: S608 - our own
    return (
        f"INSERT INTO monthlytotal (month, group_kind, key, earned, reached_at) {summed}"
        f" WHERE {key} IS NOT NULL GROUP BY month, {key}"
    )


def _finish(url: str) -> None:
    engine = writing_engine(url)
    with Session(engine) as session:
        summed = select(transfers.c.credit, func.sum(transfers.c.amount)).group_by(transfers.c.credit)
        rows = [{"account": account, "posted": posted} for account, posted in session.execute(summed)]
        session.execute(insert(balances), rows)
        rule = {"code": "callout", "version": 1, "names": {}, "points": 100, "verify": Verify.AUTOMATIC}
        session.execute(insert(activities), rule | {"since": SEALED_AT})
        upto = settled_upto(session)
        while seal(session, upto=upto, now=SEALED_AT, month="2026-02").more:
            session.commit()
        session.commit()
    engine.dispose()
