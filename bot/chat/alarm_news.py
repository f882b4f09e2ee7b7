"""What coordinators hear of the bot's own running, in words that say what to do."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.alarms import Alarm, AnotherPolls, ForeignWebhook, TapsWait, WasAway
from bot.chat.house import House
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import Act, holders
from bot.delivery import Lane, Message


def tell_coordinators(session: Session, alarm: Alarm, house: House, now: datetime) -> None:
    """Promise an alarm to every coordinator; of each kind they hear once an hour at most."""
    people = {one.resident_id: one for one, _ in holders(session, act=Act.CALL_OUT)}
    tell(
        session,
        people.values(),
        key=f"alarm:{type(alarm).__name__}:{now:%Y-%m-%dT%H}",
        words=lambda t: Message(str(_words(t, alarm, house))),
        now=now,
        lane=Lane.ROUTINE,
    )


def _words(t: Texts, alarm: Alarm, house: House) -> str:
    put: Callable[..., str] = t.rich
    match alarm:
        case AnotherPolls():
            return put("alarm.another_polls")
        case ForeignWebhook():
            return put("alarm.foreign_webhook", host=alarm.host)
        case TapsWait():
            return put("alarm.taps_wait", at=house.hour(alarm.since), n=alarm.in_hand)
        case WasAway():
            since, until = _moment(alarm.since, house), _moment(alarm.until, house)
            return put("alarm.was_away", since=since, until=until, late=alarm.late, waiting=alarm.waiting)


def _moment(moment: datetime, house: House) -> str:
    return f"{house.day(moment)} {house.hour(moment)}"
