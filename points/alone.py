"""One plain posting, as most are: decided without a book, if nothing speaks against it."""

from datetime import datetime

from sqlmodel import Session

from points import alone_on_postgresql, alone_on_sqlite
from points.columns import NUMBERS
from points.deciding import bad_shape
from points.effects import Line
from points.entering import line_row, stored
from points.models import TransferKind
from points.postings import Posted, Posting, fingerprint, says_nothing_more


def post_alone(session: Session, posting: Posting, now: datetime, month: str) -> Posted | None:
    """Post, if accounts and points are there, nothing is owed and the key is new; do nothing otherwise."""
    if not _plain(posting):
        return None
    connection = session.connection()
    fixed = alone_on_sqlite if connection.dialect.name == "sqlite" else alone_on_postgresql
    line = Line(posting, fingerprint(posting), posting.month or month, posting.groups)
    row = line_row(line, stored(connection.dialect)(now))
    number = fixed.post_alone(connection, posting, row)
    return None if number is None else Posted(number, replayed=False)


def _plain(posting: Posting) -> bool:
    plain = (
        posting.kind is not TransferKind.REVERSAL
        and posting.hold is None
        and posting.reverses is None
        and says_nothing_more(posting)
    )
    there = posting.debit in NUMBERS and posting.credit in NUMBERS
    return plain and there and bad_shape(posting) is None
