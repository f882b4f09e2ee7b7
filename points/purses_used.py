"""Which purses somebody used: the one their points lie in, and those they left; moving resets no limit."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, insert, or_, select, tuple_, update
from sqlmodel import Session

from points.accounts import purse_of
from points.models import TransferKind, purses, purses_left, transfers


def note_left(session: Session, account_ids: Collection[int], onto: int, now: datetime) -> None:
    """Note which purses these accounts leave for another one, before they do."""
    connection = session.connection()
    leaving = select(purses.c.account, purses.c.purse).where(
        purses.c.account.in_(account_ids), purses.c.purse != onto
    )
    pairs = [(row.account, row.purse) for row in connection.execute(leaving)]
    if not pairs:
        return
    left_at = max(now, _last_gift(session, {purse for _, purse in pairs}) or now)
    kept = tuple_(purses_left.c.account, purses_left.c.purse).in_(pairs)
    known = {(row.account, row.purse) for row in connection.execute(select(purses_left).where(kept))}
    connection.execute(update(purses_left).where(kept).values(left_at=left_at))
    fresh = [
        {"account": account, "purse": purse, "left_at": left_at}
        for account, purse in pairs
        if (account, purse) not in known
    ]
    if fresh:
        connection.execute(insert(purses_left), fresh)


def _last_gift(session: Session, purse_ids: Collection[int]) -> datetime | None:
    """Give when something was last given of or to purses: a clock set back since then takes nothing off."""
    t = transfers.c
    gifts = t.kind == TransferKind.GIFT, or_(t.debit.in_(purse_ids), t.credit.in_(purse_ids))
    last: datetime | None = session.connection().execute(select(func.max(t.at)).where(*gifts)).scalar_one()
    return last


def used_since(session: Session, own: int, since: datetime) -> list[int]:
    """Give the accounts that somebody's points lay in since a moment: their own, and each purse they used."""
    left = select(purses_left.c.purse).where(purses_left.c.account == own, purses_left.c.left_at >= since)
    return sorted({own, purse_of(session, own), *session.connection().execute(left).scalars()})
