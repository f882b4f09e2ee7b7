"""Points that expire, by the clock: taken when a month begins, those concerned told 30 and 7 days before."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import addresses
from bot.delivery import Button, Lane, Message
from bot.schedule import is_waiting, put
from points import Expiring, Run, expire, expiring, month_of, month_start, months_later

EXPIRY_DUE = "expiry"
DAYS_BEFORE = {"expiry.30": 30, "expiry.7": 7}  # a kind of due thing for each, so that each has its own chain
AT = time(9)
MOMENT = timedelta(seconds=1)
A_LITTLE_LATER = timedelta(minutes=1)


def plan_expiry(session: Session, house: House, now: datetime) -> None:
    """Note at a start when the next month begins and the news before it, unless they are noted.

    Never the month that has begun: nobody would have been told.
    """
    month = months_later(month_of(now, house.zone), 1)
    if not is_waiting(session, EXPIRY_DUE):
        _plan_run(session, Run(month), house)
    for kind in DAYS_BEFORE:
        if not is_waiting(session, kind):
            _plan_news(session, kind, month, house)


def run_expiry(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> None:
    """Take a step of a month's run, and go on with the next step, or with the next month."""
    expire_months = house.neighbourhood.points.expire_months
    run = expire(session, Run(**facts), expire_months=expire_months, now=now, zone=house.zone).run
    _plan_run(session, run.next if run.over else run, house)


def tell_expiring(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> None:
    """Tell some of those who will lose points, and go on with the others, or with the next month.

    After a pause the runs that were missed come first: who loses points by them loses none later.
    """
    month, kind = str(facts["month"]), str(facts["kind"])
    if is_waiting(session, EXPIRY_DUE, by=now):
        _plan_news(session, kind, month, house, after=int(facts["after"]), again=now + A_LITTLE_LATER)
        return
    after: int | None = None
    if house.neighbourhood.points.expire_months and now < _told_until(kind, month, house):
        page = expiring(
            session,
            month=month,
            expire_months=house.neighbourhood.points.expire_months,
            now=now,
            zone=house.zone,
            after=int(facts["after"]),
        )
        for one in page.concerned:
            _tell(session, one, kind, month, house, now)
        after = page.after
    if after is None:
        _plan_news(session, kind, months_later(month, 1), house)
    else:
        _plan_news(session, kind, month, house, after=after)


def _told_until(kind: str, month: str, house: House) -> datetime:
    """Say when it is too late: from then on the nearer news says it, or the points are gone."""
    nearer = [other for other, days in DAYS_BEFORE.items() if days < DAYS_BEFORE[kind]]
    return min((_told_at(other, month, house) for other in nearer), default=month_start(month, house.zone))


def _told_at(kind: str, month: str, house: House) -> datetime:
    day = house.local(month_start(month, house.zone)).date() - timedelta(days=DAYS_BEFORE[kind])
    return datetime.combine(day, AT, tzinfo=house.zone).astimezone(UTC)


def _tell(session: Session, one: Expiring, kind: str, month: str, house: House, now: datetime) -> None:
    last_day = house.day(month_start(month, house.zone) - MOMENT)

    def words(t: Texts) -> Message:
        html = t.rich("expiry.soon_shared" if one.shared else "expiry.soon", points=one.points, day=last_day)
        return Message(str(html), one_a_row(Button(t("points.button_rewards"), "h:rewards")))

    tell(
        session,
        addresses(session, [one.resident_id]).values(),
        key=f"{kind}:{month}:{one.resident_id}",
        words=words,
        now=now,
        lane=Lane.ROUTINE,
        until=_told_until(kind, month, house),
    )


def _plan_run(session: Session, run: Run, house: House) -> None:
    put(
        session,
        key=f"{EXPIRY_DUE}:{run.month}:{run.cut}:{run.first}:{run.found}:{run.after}",
        kind=EXPIRY_DUE,
        at=month_start(run.month, house.zone),
        facts=asdict(run),
    )


def _plan_news(
    session: Session, kind: str, month: str, house: House, *, after: int = 0, again: datetime | None = None
) -> None:
    put(
        session,
        key=f"{kind}:{month}:{after}" + (f":{again.isoformat()}" if again else ""),
        kind=kind,
        at=again or _told_at(kind, month, house),
        facts={"month": month, "after": after, "kind": kind},
    )
