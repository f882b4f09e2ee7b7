"""How a bot's work stands, for `linli doctor`: what waits to be sent, what was heard, the last backup."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.commands.findings import Finding
from bot.delivery import State
from bot.delivery.figures import ends, queue
from bot.delivery.lease import SenderLives, refuse_living_senders
from bot.intake.figures import waiting_now
from bot.keeping.nightly import LAST_BACKUP
from bot.remembered import recall
from bot.settings import Settings

SLOW_TO_SEND = timedelta(minutes=10)
SLOW_TO_ANSWER = timedelta(seconds=60)  # Telegram keeps a tap for 150 seconds
OLD_BACKUP = timedelta(hours=36)
LATELY = timedelta(days=2)


def condition(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at the queue, the intake and the backups; what waits too long is not well."""
    yield _sender(session, now)
    yield _queue(session, now)
    yield _intake(session, now)
    if settings.backup_folder is not None:
        yield _backup(session, now)


def _sender(session: Session, now: datetime) -> Finding:
    try:
        refuse_living_senders(session, now)
    except SenderLives as lives:
        return Finding(good=True, text=f"bot: runs as process {lives.holder.pid} on {lives.holder.host}")
    return Finding(good=True, text="bot: does not run")


def _queue(session: Session, now: datetime) -> Finding:
    waits, ended = queue(session), ends(session, since=now - LATELY)
    told = f"queue: {waits.total} wait"
    if waits.oldest is not None:
        told += f", the oldest for {_age(now - waits.oldest)}"
    told += (
        f"; of the last two days {ended[State.SENT]} sent, {ended[State.FAILED]} failed,"
        f" {ended[State.EXPIRED]} too late, {ended[State.UNKNOWN]} in doubt"
    )
    return Finding(good=waits.age(now) < SLOW_TO_SEND.total_seconds(), text=told)


def _intake(session: Session, now: datetime) -> Finding:
    left = waiting_now(session)
    if left.oldest is None:
        return Finding(good=True, text="intake: nothing waits")
    age = now - left.oldest
    return Finding(good=age < SLOW_TO_ANSWER, text=f"intake: {left.count} wait, the oldest for {_age(age)}")


def _backup(session: Session, now: datetime) -> Finding:
    last = recall(session, LAST_BACKUP)
    if last is None:
        return Finding(good=True, text="backup: none yet; the bot makes one each night")
    age = now - datetime.fromisoformat(last)
    return Finding(good=age < OLD_BACKUP, text=f"backup: the last was made {_age(age)} ago")


def _age(age: timedelta) -> str:
    """Say how long, in the largest whole unit that says something."""
    seconds = max(0, round(age.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
