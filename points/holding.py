"""Holds: setting points aside, and letting them go again."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlmodel import Session

from points.accounts import held_by
from points.errors import HoldEnded, NotEnoughPoints
from points.models import HoldState, balances, holds


def place_hold(session: Session, *, account: int, amount: int, key: str, now: datetime) -> int:
    """Set points aside, in one statement with the look whether they are there.

    Raises:
        NotEnoughPoints: fewer are available.
    """
    enough = balances.c.posted - balances.c.held >= amount
    statement = update(balances).where(balances.c.account == account, enough)
    if not session.connection().execute(statement.values(held=balances.c.held + amount)).rowcount:
        raise NotEnoughPoints(available=held_by(session, account).available, price=amount)
    row = {"key": key, "account": account, "amount": amount, "at": now, "state": HoldState.OPEN}
    return int(session.connection().execute(insert(holds).returning(holds.c.id), row).scalar_one())


def release_hold(session: Session, *, hold: int, now: datetime) -> None:
    """Let the points of an open hold be available again.

    Raises:
        HoldEnded: it was captured or released before.
    """
    statement = update(holds).where(holds.c.id == hold, holds.c.state == HoldState.OPEN)
    ending = statement.values(state=HoldState.RELEASED, ended_at=now).returning(
        holds.c.account, holds.c.amount
    )
    row = session.connection().execute(ending).one_or_none()
    if row is None:
        raise HoldEnded(hold)
    freed = update(balances).where(balances.c.account == row.account)
    session.connection().execute(freed.values(held=balances.c.held - row.amount))
