"""One plain posting on PostgreSQL: read, decided and written in one statement, in one round trip."""

from datetime import datetime

from sqlmodel import Session

from points.deciding import bad_shape
from points.effects import Line
from points.entering import line_row, stored
from points.models import TransferKind
from points.on_postgresql import execute, kind_of
from points.postings import Posted, Posting, fingerprint
from points.rows import TRANSFER
from points.storing import CHANGED

_VALUES = ", ".join(f"%({column})s::{kind_of(column)}" for column in TRANSFER)
# Nothing is written where an account is not there or is a debt, has too little or owes something, where
# neither has a floor, or where the key is known: then somebody has to look closer.
_POST = f"""
WITH floored AS MATERIALIZED (
    SELECT account, posted - held AS available, owed FROM balance
    WHERE account IN (%(debit)s, %(credit)s) ORDER BY account FOR NO KEY UPDATE
), fits AS MATERIALIZED (
    SELECT WHERE EXISTS (SELECT FROM floored)
    AND (SELECT count(*) FROM account WHERE id IN (%(debit)s, %(credit)s) AND kind <> 'debt') = 2
    AND NOT EXISTS (SELECT FROM floored WHERE account = %(debit)s AND available < %(amount)s)
    AND NOT EXISTS (SELECT FROM floored WHERE account = %(credit)s AND owed > 0)
), line AS (
    INSERT INTO transfer ({", ".join(TRANSFER)}) SELECT {_VALUES} FROM fits
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
FROM line WHERE account IN (SELECT account FROM floored) RETURNING line.id
"""  # noqa: S608 - our own names


def post_alone(session: Session, posting: Posting, now: datetime, month: str) -> Posted | None:
    """Post, if nothing speaks against it; None where there is more to it, or another database."""
    connection = session.connection()
    if connection.dialect.name == "sqlite" or not _plain(posting):
        return None
    line = Line(posting, fingerprint(posting), month, posting.groups)
    row = line_row(line, stored(connection.dialect)(now))
    found = execute(connection, _POST, dict(zip(TRANSFER, row, strict=True)))
    if not found:
        return None
    connection.info[CHANGED] = True
    return Posted(found[0][0], replayed=False)


def _plain(posting: Posting) -> bool:
    more = (posting.hold, posting.reverses, posting.link, posting.onto_hold)
    plain = posting.kind is not TransferKind.REVERSAL and more == (None, None, None, None)
    return plain and bad_shape(posting) is None
