"""What call-outs ask of the community: who is asked, who may decide, how each is reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.callouts.errors import NobodyToAsk
from bot.callouts.events import AskedPerson
from bot.callouts.states import Level
from bot.community import Act, Asked, PersonAddress, addresses, audience, people_who_may


@dataclass(frozen=True)
class Reach:
    """Who can be asked, who is meant but has no chat that answers, and why how many others are left out."""

    people: tuple[AskedPerson, ...]
    unreachable: tuple[Asked, ...]
    left_out: Mapping[str, int]

    @property
    def everybody(self) -> int:
        """How many are called, in chat or otherwise."""
        return len(self.people) + len(self.unreachable)

    def checked(self) -> "Reach":
        """Give it on if there is anyone to call: who has no chat is told by other ways, or by a human.

        Raises:
            NobodyToAsk: no one of the audience is there.
        """
        if not self.everybody:
            raise NobodyToAsk(self.left_out)
        return self


def reach(
    session: Session, *, team_codes: Sequence[str], area_id: int, quiet_at: time | None, now: datetime
) -> Reach:
    """Find the people of these teams in the area and below it."""
    found = audience(session, team_codes=team_codes, area_id=area_id, now=now, quiet_at=quiet_at)
    return Reach(
        people=tuple(
            AskedPerson(one.resident_id, one.chat_id, one.language, one.team)
            for one in found.people
            if one.chat_id is not None
        ),
        unreachable=tuple(one for one in found.people if one.chat_id is None),
        left_out={reason.value: count for reason, count in found.left_out.items()},
    )


def quiet_time(level: Level, now: datetime, zone: ZoneInfo) -> time | None:
    """Give the local time to keep quiet hours by; red asks through them."""
    return None if level is Level.RED else now.astimezone(zone).time()


def coordinators(session: Session, area_id: int) -> tuple[PersonAddress, ...]:
    """Give everybody who may decide on a call-out in this area."""
    return people_who_may(session, act=Act.APPROVE_CALL_OUT, area_id=area_id)


def address(session: Session, resident_id: int | None) -> PersonAddress | None:
    """Give how one person is reached, if they are still with us."""
    return addresses(session, [resident_id]).get(resident_id) if resident_id is not None else None
