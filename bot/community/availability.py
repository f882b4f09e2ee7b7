"""When a volunteer may be asked: on or off, away until, quiet hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlmodel import Session

from bot.community.errors import AwayInThePast
from bot.community.models import Availability
from bot.community.residents import active


@dataclass(frozen=True)
class AvailabilityView:
    willing: bool = True
    away_until: datetime | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None

    def is_available(self, now: datetime) -> bool:
        """Tell whether this person may be asked at that moment, quiet hours aside."""
        return self.willing and (self.away_until is None or self.away_until <= now)

    def is_quiet(self, at: time) -> bool:
        """Tell whether that local time lies in the quiet hours, which may run over midnight."""
        return in_quiet_hours(self.quiet_from, self.quiet_to, at)


def in_quiet_hours(start: time | None, end: time | None, at: time) -> bool:
    """Tell whether `start <= at < end`, over midnight when the end is the earlier one; none set: never."""
    if start is None or end is None:
        return False
    return start <= at < end if start <= end else at >= start or at < end


def availability(session: Session, resident_id: int) -> AvailabilityView:
    """Give what a person set; whoever set nothing is available."""
    row = session.get(Availability, resident_id)
    if row is None:
        return AvailabilityView()
    return AvailabilityView(row.willing, row.away_until, row.quiet_from, row.quiet_to)


def set_willing(session: Session, *, resident_id: int, willing: bool) -> AvailabilityView:
    """Turn being asked on or off; turning it on also ends being away."""
    row = _row(session, resident_id)
    row.willing = willing
    if willing:
        row.away_until = None
    session.flush()
    return availability(session, resident_id)


def set_away(session: Session, *, resident_id: int, until: datetime, now: datetime) -> AvailabilityView:
    """Be away until that moment, and available again by itself afterwards.

    Raises:
        AwayInThePast: that moment is over.
    """
    if until <= now:
        raise AwayInThePast(until)
    row = _row(session, resident_id)
    row.willing, row.away_until = True, until
    session.flush()
    return availability(session, resident_id)


def set_quiet_hours(
    session: Session, *, resident_id: int, start: time | None, end: time | None
) -> AvailabilityView:
    """Be asked between these local times for emergencies only; None, or twice the same time, lifts it."""
    row = _row(session, resident_id)
    same = start is None or end is None or start == end
    row.quiet_from, row.quiet_to = (None, None) if same else (start, end)
    session.flush()
    return availability(session, resident_id)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Give the moment a local day is over: away until Friday means Friday included."""
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def _row(session: Session, resident_id: int) -> Availability:
    active(session, resident_id)
    row = session.get(Availability, resident_id) or Availability(resident_id=resident_id)
    session.add(row)
    return row
