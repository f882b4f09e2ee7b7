"""Looking and departing in one go, for tests that need rows on their way."""

from datetime import datetime

from sqlmodel import Session

from bot.delivery.claims import Claim, Room, depart, look


def claim(session: Session, room: Room, now: datetime) -> tuple[Claim, ...]:
    """Give the next rows, marked as being sent."""
    found = look(session, room, now)
    departed = depart(session, found)
    return tuple(each for each in found if each.delivery_id in departed)
