"""Sealing by the clock: each hour what was posted, and each month when it ends where the neighbourhood is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.chat.house import House
from bot.schedule import is_waiting, put
from points import month_of, month_start, months_later, seal, sealed_upto, settled_upto

SEAL_DUE = "seal.hour"
MONTH_SEAL_DUE = "seal.month"
EVERY = timedelta(hours=1)


def plan_seals(session: Session, house: House, now: datetime) -> None:
    """Note at a start when the next seals are due, where that is not noted yet.

    An hour that a clock which ran ahead noted far away does not stand for the next one.
    """
    if not is_waiting(session, SEAL_DUE, by=_next_hour(now)):
        _plan_hour(session, _next_hour(now), now)
    if not is_waiting(session, MONTH_SEAL_DUE):
        _plan_month(session, month_of(now, house.zone), house)


def seal_hour(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> None:
    """Find up to where everything is settled, then seal that, a page at a time, then wait for the next hour.

    Finding and sealing are units of their own: only the next unit surely sees all that is settled.
    """
    hour, step, upto = datetime.fromisoformat(facts["hour"]), int(facts["step"]), facts["upto"]
    if upto is None:
        upto = settled_upto(session)
        more = upto > sealed_upto(session)
    else:
        more = seal(session, upto=int(upto), now=now).more
    if more:
        _plan_hour(session, hour, now, step=step + 1, upto=upto)
    elif not is_waiting(session, SEAL_DUE, after=now, by=_next_hour(now)):
        _plan_hour(session, _next_hour(now), now)


def seal_month(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> None:
    """The same for a month, which gets a seal of its own also when nothing is left to seal."""
    month, step, upto = str(facts["month"]), int(facts["step"]), facts["upto"]
    if upto is None:
        upto, more = settled_upto(session), True
    else:
        more = seal(session, upto=int(upto), now=now, month=month).more
    if more:
        _plan_month(session, month, house, step=step + 1, upto=upto)
    else:
        _plan_month(session, months_later(month, 1), house)


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + EVERY


def _plan_hour(
    session: Session, hour: datetime, now: datetime, *, step: int = 0, upto: int | None = None
) -> None:
    """Note an hour's next step; the moment is in the key, as an hour may come twice when a clock is set."""
    put(
        session,
        key=f"{SEAL_DUE}:{hour.isoformat()}:{step}:{now.isoformat()}",
        kind=SEAL_DUE,
        at=hour,
        facts={"hour": hour.isoformat(), "step": step, "upto": upto},
    )


def _plan_month(
    session: Session, month: str, house: House, *, step: int = 0, upto: int | None = None
) -> None:
    put(
        session,
        key=f"{MONTH_SEAL_DUE}:{month}:{step}",
        kind=MONTH_SEAL_DUE,
        at=month_start(months_later(month, 1), house.zone),
        facts={"month": month, "step": step, "upto": upto},
    )
