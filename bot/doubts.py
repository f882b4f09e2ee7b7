"""What nobody can say arrived: which coordinator sees it, by where its reader lives, and sends it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.community import Act, NotAllowed, addresses, allows, area, area_by_code, grants_of, record, root_area
from bot.community.contacts import paths_of, who_reads
from bot.delivery import bindings
from bot.delivery.again import Lost, all_in_doubt, send_one_again

SEND_AGAIN = "send-again"
AREA = "area:"


@dataclass(frozen=True)
class InDoubt:
    """A message in doubt: to whom, of what kind its key says, when; an area's own address has its names."""

    delivery_id: int
    key: str
    at: datetime
    possible: bool
    resident_id: int | None
    name: str
    path: str
    area_names: Mapping[str, str] | None = None


@dataclass(frozen=True)
class SaidAgain:
    """One message waits again; not `changed` when that was done before, `late` when it is too late for it."""

    changed: bool
    late: bool = False


def in_doubt_for(session: Session, *, reader_id: int, now: datetime) -> tuple[InDoubt, ...]:
    """Give what is in doubt in the areas of a coordinator, the newest first.

    Raises:
        NotAllowed: this person coordinates nowhere.
    """
    grants = grants_of(session, reader_id)
    if not allows(grants, Act.CALL_OUT):
        raise NotAllowed(Act.CALL_OUT)
    found = _placed(session, all_in_doubt(session, now))
    return tuple(one for one in found if allows(grants, Act.CALL_OUT, one.path))


def say_again(session: Session, *, delivery_id: int, coordinator_id: int, now: datetime) -> SaidAgain:
    """Send one message again because a coordinator of its reader's area decided so; once.

    Raises:
        NotAllowed: this person coordinates nowhere.
    """
    mine = in_doubt_for(session, reader_id=coordinator_id, now=now)
    one = next((each for each in mine if each.delivery_id == delivery_id), None)
    if one is None or not one.possible:
        return SaidAgain(changed=False, late=one is not None)
    changed = send_one_again(session, delivery_id=delivery_id, now=now)
    if changed:
        where = area_by_code(session, one.path.rstrip("/").rpartition("/")[2]).area_id
        facts = {"delivery": delivery_id}
        record(
            session,
            actor=coordinator_id,
            act=SEND_AGAIN,
            area_id=where,
            about=one.resident_id,
            facts=facts,
            now=now,
        )
    return SaidAgain(changed)


def _placed(session: Session, lost: tuple[Lost, ...]) -> list[InDoubt]:
    """Say of each whose it is and where: a resident's home, a group's area, else the whole community."""
    if not lost:
        return []
    readers = who_reads(session, [one.chat_id for one in lost])
    residents = {one.delivery_id: one.tag or readers.get(one.chat_id) for one in lost}
    known = [number for number in residents.values() if number is not None]
    people, paths = addresses(session, known), paths_of(session, known)
    groups = {one.chat_id: one for one in bindings(session)}
    root = root_area(session).path
    placed = []
    for one in lost:
        facts = (one.delivery_id, one.key, one.at, one.possible)
        number, group = residents[one.delivery_id], groups.get(one.chat_id)
        if one.channel is not None and one.channel.startswith(AREA):
            place = area_by_code(session, one.channel.removeprefix(AREA))
            placed.append(InDoubt(*facts, None, "", place.path, place.names))
        elif number is not None and number in people:
            placed.append(InDoubt(*facts, number, people[number].name, paths.get(number, root)))
        elif group is not None:
            placed.append(InDoubt(*facts, None, group.title, area(session, group.area_id).path))
        else:
            placed.append(InDoubt(*facts, None, "", root))
    return placed
