"""Sealing by the clock: each hour what was posted, and each month when it ends where the neighbourhood is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.chat.house import House
from bot.schedule import is_waiting, put
from points import month_of, month_start, months_later, seal

SEAL_DUE = "seal.hour"
MONTH_SEAL_DUE = "seal.month"
EVERY = timedelta(hours=1)


def plan_seals(session: Session, house: House, now: datetime) -> None:
    """Note at a start when the next seals are due, where that is not noted yet."""
    if not is_waiting(session, SEAL_DUE):
        _plan_hour(session, now, step=0)
    if not is_waiting(session, MONTH_SEAL_DUE):
        _plan_month(session, month_of(now, house.zone), house, step=0)


def seal_hour(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> None:
    """Seal what was posted since the last time, a page at a time, until nothing is left."""
    if seal(session, now=now).more:
        _plan_hour(session, now - EVERY, step=int(facts["step"]) + 1)
    else:
        _plan_hour(session, now, step=0)


def seal_month(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> None:
    """Seal what is left of a month, then the month itself, and note when the next one ends."""
    month = str(facts["month"])
    if seal(session, now=now, month=month).more:
        _plan_month(session, month, house, step=int(facts["step"]) + 1)
    else:
        _plan_month(session, months_later(month, 1), house, step=0)


def _plan_hour(session: Session, before: datetime, *, step: int) -> None:
    hour = before.replace(minute=0, second=0, microsecond=0) + EVERY
    key = f"{SEAL_DUE}:{hour.isoformat()}:{step}"
    put(session, key=key, kind=SEAL_DUE, at=hour, facts={"step": step})


def _plan_month(session: Session, month: str, house: House, *, step: int) -> None:
    put(
        session,
        key=f"{MONTH_SEAL_DUE}:{month}:{step}",
        kind=MONTH_SEAL_DUE,
        at=month_start(months_later(month, 1), house.zone),
        facts={"month": month, "step": step},
    )
