"""When a shop or a reward is gone: codes are given back, lines end, and what the file added is handed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session

from points.counter import WaitState, waits
from points.lookup import redemption
from points.models import accounts
from points.redemptions import GivenBack, end_code, given_back
from points.shelf import RedemptionState, merchants, redemptions, rewards
from points.taking import IN_LINE
from points.waiting_line import Offered, serve_every_line


class ShopClosed(GivenBack):
    """A code that ended because its shop is gone."""


@dataclass(frozen=True)
class LineEnded:
    """Somebody waited for a reward that nobody will get any more."""

    wait_id: int
    resident_id: int | None
    names: Mapping[str, str]


Closed = ShopClosed | LineEnded | Offered


def close_what_is_gone(session: Session, *, now: datetime, zone: ZoneInfo) -> tuple[Closed, ...]:
    """Do what follows from the neighbourhood's file as it is now; again there is nothing to do.

    Codes of a reward that is gone stay good where its shop is still there.
    """
    return (
        *_close_shops(session, now),
        *_end_lines(session),
        *serve_every_line(session, now=now, zone=zone),
    )


def _close_shops(session: Session, now: datetime) -> list[ShopClosed]:
    stranded = (
        select(redemptions.c.id)
        .join(merchants, merchants.c.code == redemptions.c.merchant)
        .where(redemptions.c.state == RedemptionState.WAITING, merchants.c.retired_at.is_not(None))
        .order_by(redemptions.c.id)
    )
    closed = []
    for number in session.connection().execute(stranded).scalars().all():
        view = redemption(session, number)
        if end_code(session, view, RedemptionState.LAPSED, now):
            closed.append(ShopClosed(**given_back(session, view)))
    return closed


def _end_lines(session: Session) -> list[LineEnded]:
    in_vain = (
        select(waits.c.id, accounts.c.owner, rewards.c.names)
        .join(rewards, rewards.c.id == waits.c.reward)
        .join(accounts, accounts.c.id == waits.c.account)
        .where(waits.c.state.in_(IN_LINE), rewards.c.retired_at.is_not(None))
        .order_by(waits.c.id)
    )
    rows = session.connection().execute(in_vain).all()
    for row in rows:
        left = update(waits).where(waits.c.id == row.id)
        session.connection().execute(left.values(state=WaitState.LEFT))
    return [LineEnded(row.id, None if row.owner is None else int(row.owner), row.names) for row in rows]
