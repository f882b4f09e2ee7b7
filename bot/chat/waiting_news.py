"""Points that waited for a month's budget: paid on its first day, and everybody told of theirs."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.award_words import award_html
from bot.chat.board_months import first_day
from bot.chat.house import House
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import addresses
from bot.delivery import Lane, Message
from bot.remembered import MONTHLY_BUDGET, keep, recall
from bot.schedule import put
from points import Awarded, PaidLater, PutOff, WaitingPaid, month_of, months_later, pay_waiting, raise_budget

WAITING_DUE = "points.waiting"
AT = time(8)  # before the leaderboard of the month that is over, and not in the night


def plan_first(session: Session, house: House, now: datetime) -> None:
    """Note at a start when the next points that wait are due: this month's if that is still to come."""
    month = month_of(now, house.zone)
    if _is_raised(session, house):
        _serve_sooner(session, month, house, now)
    _plan(session, month, house.zone)
    _plan(session, months_later(month, 1), house.zone)


def pay(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> WaitingPaid:
    """Pay some of those who waited, and note when to go on: at once, or on the first of the next month."""
    paid = pay_waiting(session, now=now, zone=house.zone, budget=house.neighbourhood.points.monthly_budget)
    _plan(session, months_later(str(facts["month"]), 1), house.zone)
    if paid.more:
        part = int(facts.get("part", 0)) + 1
        raised = facts.get("raised", "")
        again = {"month": facts["month"], "part": part, "raised": raised}
        key = f"{WAITING_DUE}:{facts['month']}:{raised}{part}"
        put(session, key=key, kind=WAITING_DUE, at=now, facts=again)
    return paid


def _is_raised(session: Session, house: House) -> bool:
    """Tell whether the file gives a month more than at the last start."""
    budget, before = house.neighbourhood.points.monthly_budget, recall(session, MONTHLY_BUDGET)
    keep(session, MONTHLY_BUDGET, str(budget))
    return before is not None and budget > int(before)


def _serve_sooner(session: Session, month: str, house: House, now: datetime) -> None:
    """Let who waits have what the month can give by now, before anybody else."""
    budget = house.neighbourhood.points.monthly_budget
    if raise_budget(session, budget=budget, now=now, zone=house.zone):
        facts = {"month": month, "raised": f"{now.isoformat()}:"}
        put(session, key=f"{WAITING_DUE}:{month}:{now.isoformat()}", kind=WAITING_DUE, at=now, facts=facts)


@announces(WaitingPaid)
def told(session: Session, event: WaitingPaid, house: House, now: datetime) -> None:
    """Tell each what came, or when it comes after all."""
    for outcome in event.outcomes:
        key = "paid" if isinstance(outcome, PaidLater) else f"put-off:{event.month}"
        _tell(session, outcome, f"waiting:{outcome.waiting_id}:{key}", house, now)


def due_at(month: str, zone: ZoneInfo) -> datetime:
    """Give the hour of a month's first day at which what waits for it is paid."""
    return datetime.combine(first_day(month), AT, tzinfo=zone).astimezone(UTC)


def _tell(session: Session, outcome: PaidLater | PutOff, key: str, house: House, now: datetime) -> None:
    heading = "waiting.paid" if isinstance(outcome, PaidLater) else "waiting.put_off"

    def words(t: Texts) -> Message:
        return Message(_words(t, house, heading, outcome.award))

    owner = addresses(session, [outcome.award.resident_id]).values()
    tell(session, owner, key=key, words=words, now=now, lane=Lane.ROUTINE)


def _words(t: Texts, house: House, heading: str, award: Awarded) -> Markup:
    return t.rich(heading, name=t.name(award.names)) + Markup("\n") + award_html(t, house, award)


def _plan(session: Session, month: str, zone: ZoneInfo) -> None:
    at = due_at(month, zone)
    put(session, key=f"{WAITING_DUE}:{month}", kind=WAITING_DUE, at=at, facts={"month": month})
