"""One plain posting on PostgreSQL: read, decided and written in one statement, in one round trip."""

from sqlalchemy import Connection

from points.on_postgresql import execute, kind_of
from points.postings import Posting
from points.rows import TRANSFER, LineRow
from points.storing import CHANGED

_VALUES = ", ".join(f"%({column})s::{kind_of(column)}" for column in TRANSFER)
# Nothing is written where an account is not there or is a debt, has too little or owes something, where
# neither has a floor, or where the key is known: then somebody has to look closer.
_POST = f"""
WITH floored AS MATERIALIZED (
    SELECT account, posted - held AS available, owed FROM balance
    WHERE account IN (%(debit)s, %(credit)s) ORDER BY account FOR NO KEY UPDATE
), line AS (
    INSERT INTO transfer ({", ".join(TRANSFER)}) SELECT {_VALUES}
    WHERE (
        SELECT count(*) > 0
        AND bool_and(CASE account WHEN %(credit)s THEN owed = 0 ELSE available >= %(amount)s END)
        FROM floored
    )
    AND (SELECT count(*) FROM account WHERE id IN (%(debit)s, %(credit)s) AND kind <> 'debt') = 2
    ON CONFLICT (key) DO NOTHING RETURNING id
), earned AS (
    INSERT INTO monthlytotal (month, group_kind, key, earned, reached_at)
    SELECT %(month)s, share.kind, share.key, %(amount)s, %(at)s
    FROM line, (VALUES ('building', %(building)s), ('grid', %(grid)s), ('household', %(household)s),
        ('resident', %(credit)s::text), ('team', %(team)s)) AS share (kind, key)
    WHERE %(kind)s = 'award' AND share.key IS NOT NULL
    ON CONFLICT (month, group_kind, key)
    DO UPDATE SET earned = monthlytotal.earned + excluded.earned, reached_at = excluded.reached_at
)
UPDATE balance SET posted = posted + CASE account WHEN %(credit)s THEN %(amount)s ELSE -%(amount)s END
FROM line WHERE account IN (%(debit)s, %(credit)s) RETURNING line.id
"""  # noqa: S608 - our own names


def post_alone(connection: Connection, _posting: Posting, row: LineRow) -> int | None:
    """Write a transfer and what follows from it; give its number, or None where somebody must look closer."""
    found = execute(connection, _POST, dict(zip(TRANSFER, row, strict=True)))
    if not found:
        return None
    connection.info[CHANGED] = True
    return int(found[0][0])
