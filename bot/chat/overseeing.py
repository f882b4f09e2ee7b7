"""Who oversees shops and decides complaints: coordinators with no part in it, or else admins."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session

from bot.chat.merchants import merchant_area, staff
from bot.community import (
    Act,
    PersonAddress,
    Role,
    area,
    holders,
    near_people,
    who_did,
)
from points.shops import Complaint


def overseers(
    session: Session, area_id: int, *, without: Collection[int] = frozenset()
) -> tuple[PersonAddress, ...]:
    """Give who oversees the shops of an area: its coordinators, or admins where no coordinator can."""
    path = area(session, area_id).path
    there = {Role.COORDINATOR: dict[int, PersonAddress](), Role.ADMIN: dict[int, PersonAddress]()}
    for person, grant in holders(session, act=Act.OVERSEE_SHOPS):
        if person.chat_id is not None and person.resident_id not in without and grant.reaches(path, None):
            there[grant.role][person.resident_id] = person
    return tuple((there[Role.COORDINATOR] or there[Role.ADMIN]).values())


def deciders(session: Session, event: Complaint, now: datetime) -> tuple[PersonAddress, ...]:
    """Give who decides a complaint: nobody of the shop, and nobody who lives or lately lived with a side."""
    area_id = merchant_area(session, event.merchant).area_id
    held = {person.resident_id for person, _ in holders(session, act=Act.OVERSEE_SHOPS)}
    return overseers(session, area_id, without=has_part(session, event, held, now))


def has_part(session: Session, event: Complaint, people: Iterable[int], now: datetime) -> set[int]:
    """Give who of these people is a side of a complaint, or shares or lately shared a home with one.

    Whoever recorded the handover stays a side, though they left the shop since.
    """
    asked = set(people)
    code = ("redemption", event.redemption_id)
    sides = set(who_did(session, act=Act.HAND_OVER, at=event.handed_over_at, fact=code))
    sides |= {one.resident_id for one in staff(session, event.merchant)}
    if event.resident_id is not None:
        sides.add(event.resident_id)
    return asked & near_people(session, sides, now)
