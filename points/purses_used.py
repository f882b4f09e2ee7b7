"""Which purses somebody used: the one their points lie in, and those they left; moving resets no limit."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select, tuple_, update
from sqlmodel import Session

from points.accounts import purse_of
from points.models import purses, purses_left


def note_left(session: Session, account_ids: Collection[int], onto: int, now: datetime) -> None:
    """Note which purses these accounts leave for another one, before they do."""
    connection = session.connection()
    leaving = select(purses.c.account, purses.c.purse).where(
        purses.c.account.in_(account_ids), purses.c.purse != onto
    )
    pairs = [(row.account, row.purse) for row in connection.execute(leaving)]
    if not pairs:
        return
    kept = tuple_(purses_left.c.account, purses_left.c.purse).in_(pairs)
    known = {(row.account, row.purse) for row in connection.execute(select(purses_left).where(kept))}
    connection.execute(update(purses_left).where(kept).values(left_at=now))
    fresh = [
        {"account": account, "purse": purse, "left_at": now}
        for account, purse in pairs
        if (account, purse) not in known
    ]
    if fresh:
        connection.execute(insert(purses_left), fresh)


def used_since(session: Session, own: int, since: datetime) -> list[int]:
    """Give the accounts that somebody's points lay in since a moment: their own, and each purse they used."""
    left = select(purses_left.c.purse).where(purses_left.c.account == own, purses_left.c.left_at >= since)
    return sorted({own, purse_of(session, own), *session.connection().execute(left).scalars()})
