"""Who is speaking, and what residents change about themselves: name, language, area, skills."""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, or_, select, update
from sqlmodel import Session, SQLModel, col

from bot.community.areas import area, below, open_area
from bot.community.errors import UnknownResident
from bot.community.households import move_household
from bot.community.models import (
    Area,
    ChatLink,
    ChatState,
    Resident,
    ShownIn,
    Skill,
    Status,
)
from bot.community.names import checked_line, checked_name, name_key
from bot.community.roles import RESIDENT_ACTS, ROLE_ACTS, VOLUNTEER_ACTS, Act, Grant, allows

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
CODE_LENGTHS = (4, 5, 6, 7)  # eight characters are a reward's code
_DRAWS = 8
_MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Person:
    """Who is speaking: read afresh at each tap, so that a role given or taken counts at once."""

    resident_id: int
    name: str
    short_code: str
    language: str
    area_id: int
    area_path: str
    household_id: int
    roles: tuple[Grant, ...]
    volunteer: bool
    reachable: bool
    username: str | None = None

    def may(self, act: Act, area_path: str | None = None, subject: str | None = None) -> bool:
        """Tell whether this person may do this there; the same answer as the rule's own question."""
        if act in RESIDENT_ACTS:
            return True
        if act in VOLUNTEER_ACTS:
            return self.volunteer
        return allows(self.roles, act, area_path, subject)

    @property
    def acts(self) -> frozenset[Act]:
        """Everything this person may do somewhere: what the menu shows."""
        own = RESIDENT_ACTS | VOLUNTEER_ACTS if self.volunteer else RESIDENT_ACTS
        return own.union(*(ROLE_ACTS[grant.role] for grant in self.roles))


@dataclass(frozen=True)
class Found:
    """One of the residents a typed name or code can mean."""

    resident_id: int
    name: str
    short_code: str
    area_id: int
    area_names: Mapping[str, str]


# It runs for each tap of a thousand: of tables, not of classes, for which every row is worked out at length.
_areas, _residents, _links, _grants, _members = (
    SQLModel.metadata.tables[name] for name in ("area", "resident", "chat_link", "role_grant", "membership")
)
_grant_areas = _areas.alias()
_PERSON = (
    select(
        _residents.c.id,
        _residents.c.name,
        _residents.c.short_code,
        _residents.c.language,
        _residents.c.area_id,
        _areas.c.path,
        _residents.c.household_id,
        exists().where(_members.c.resident_id == _residents.c.id),
        _links.c.state,
        _grants.c.role,
        _grants.c.area_id,
        _grant_areas.c.path,
        _grants.c.subject,
        _grants.c.id,
        _links.c.username,
        _links.c.chat_id,
    )
    .select_from(_links)
    .join(_residents, _residents.c.id == _links.c.resident_id)
    .join(_areas, _areas.c.id == _residents.c.area_id)
    .outerjoin(_grants, and_(_grants.c.resident_id == _residents.c.id, _grants.c.ended_at.is_(None)))
    .outerjoin(_grant_areas, _grant_areas.c.id == _grants.c.area_id)
    .order_by(_grants.c.id)
)

_BY_CHAT = _PERSON.where(_links.c.bot_id == bindparam("bot"), _links.c.chat_id == bindparam("chat"))
_BY_CHATS = _PERSON.where(
    _links.c.bot_id == bindparam("bot"), _links.c.chat_id.in_(bindparam("chats", expanding=True))
)


def person(session: Session, *, bot_id: int, chat_id: int) -> Person | None:
    """Give who speaks in this private chat, None for a stranger."""
    return _person(session.execute(_BY_CHAT, {"bot": bot_id, "chat": chat_id}).all())


def people_by_chat(session: Session, *, bot_id: int, chat_ids: Collection[int]) -> dict[int, Person]:
    """Give who speaks in each of these private chats, without the strangers, in one query."""
    rows: dict[int, list[Any]] = {}
    for row in session.execute(_BY_CHATS, {"bot": bot_id, "chats": list(chat_ids)}):
        rows.setdefault(row[-1], []).append(row)
    found = {chat_id: _person(theirs) for chat_id, theirs in rows.items()}
    return {chat_id: person for chat_id, person in found.items() if person is not None}


def person_by_id(session: Session, resident_id: int) -> Person | None:
    """Give a resident who has a chat as they would speak, None for anybody else."""
    return _person(session.execute(_PERSON.where(_residents.c.id == resident_id)).all())


def _person(rows: Sequence[Any]) -> Person | None:
    if not rows:
        return None
    (resident_id, name, short_code, language, area_id, area_path, household_id, volunteer, *_) = rows[0]
    return Person(
        resident_id=resident_id,
        name=name,
        short_code=short_code,
        language=language,
        area_id=area_id,
        area_path=area_path,
        household_id=household_id,
        roles=tuple({row[13]: Grant(*row[9:14]) for row in rows if row[9] is not None}.values()),
        volunteer=bool(volunteer),
        reachable=any(row[8] is ChatState.REACHABLE for row in rows),
        username=rows[0][14],
    )


def reserve_numbers(session: Session, *, upto: int) -> None:
    """See that no newcomer gets a number up to this one: somebody bore it whom this database never knew.

    A nameless row stands for them, as for who was forgotten: both databases number on from the highest row.
    """
    if upto > (session.execute(select(func.max(col(Resident.id)))).scalar() or 0):
        nobody = {"short_code": None, "name": None, "name_key": None, "area_id": None, "household_id": None}
        session.add(
            Resident(id=upto, language="", status=Status.FORGOTTEN, shown_in=ShownIn.HIDDEN, **nobody)
        )
        session.flush()


def active(session: Session, resident_id: int) -> Resident:
    """Give the row of somebody who lives here, for this room's own rules.

    Raises:
        UnknownResident: there is no such person, or they asked to be forgotten.
    """
    row = session.get(Resident, resident_id)
    if row is None or row.status is Status.FORGOTTEN:
        raise UnknownResident(resident_id)
    return row


def free_codes(session: Session) -> Iterator[str]:
    """Draw short codes that nobody has: four characters, more only where eight draws found none free."""
    for length in CODE_LENGTHS:
        drawn = ["".join(secrets.choice(ALPHABET) for _ in range(length)) for _ in range(_DRAWS)]
        taken = session.execute(select(col(Resident.short_code)).where(col(Resident.short_code).in_(drawn)))
        yield from set(drawn) - set(taken.scalars())


def rename(session: Session, *, resident_id: int, name: str) -> str:
    """Take a new name and give it as stored.

    Raises:
        BadName: it cannot be a name.
        UnknownResident: nobody to rename.
    """
    row = active(session, resident_id)
    row.name = checked_name(name)
    row.name_key = name_key(row.name)
    session.flush()
    return row.name


def set_language(session: Session, *, resident_id: int, language: str) -> None:
    """Speak another language with this person from now on."""
    active(session, resident_id).language = language
    session.flush()


def set_skills(session: Session, *, resident_id: int, skills: Iterable[str]) -> tuple[str, ...]:
    """Replace what this person can do, and give it as stored.

    Raises:
        BadName: one of them holds no letter, or more than 40 characters.
    """
    active(session, resident_id)
    wanted = tuple(dict.fromkeys(checked_line(skill) for skill in skills))
    session.execute(delete(Skill).where(col(Skill.resident_id) == resident_id))
    session.add_all(Skill(resident_id=resident_id, skill=skill) for skill in wanted)
    session.flush()
    return wanted


def move(session: Session, *, resident_id: int, area_id: int | None, now: datetime) -> None:
    """Live somewhere else from now on; None is "I don't know". What was earned before stays where it was.

    Raises:
        UnknownArea, AreaRetired: nobody can move there.
    """
    row = active(session, resident_id)
    target = open_area(session, area_id)
    if row.area_id == target.area_id:
        return
    move_household(session, resident_id=resident_id, area_id=target.area_id, now=now)


def mark_chat(session: Session, *, bot_id: int, chat_id: int, state: ChatState) -> None:
    """Remember whether this chat can be reached; chats of strangers are none of our business."""
    session.execute(
        update(ChatLink)
        .where(col(ChatLink.bot_id) == bot_id, col(ChatLink.chat_id) == chat_id)
        .values(state=state)
    )


def known_as(session: Session, *, bot_id: int, chat_id: int, username: str | None) -> None:
    """Remember the username somebody has now; whoever had it before has it no longer.

    Chats of strangers are none of our business.
    """
    name = username.casefold() if username else None
    mine = and_(col(ChatLink.bot_id) == bot_id, col(ChatLink.chat_id) == chat_id)
    if name is not None:
        others = and_(col(ChatLink.username) == name, ~mine)
        session.execute(update(ChatLink).where(others).values(username=None))
    session.execute(update(ChatLink).where(mine).values(username=name))


def find_residents(session: Session, typed: str, *, within: int | None = None) -> tuple[Found, ...]:
    """Give everyone whom a typed short code, @username or whole name can mean.

    That is in an area and below it; None: everywhere.
    """
    statement = (
        select(col(Resident.id), col(Resident.name), col(Resident.short_code), col(Area.id), col(Area.names))
        .join(Area, col(Area.id) == col(Resident.area_id))
        .where(_called(typed.strip()))
        .order_by(col(Area.path), col(Resident.id))
    )
    if within is not None:
        statement = statement.where(below(area(session, within).path))
    return tuple(Found(*row) for row in session.execute(statement))


def _called(typed: str) -> ColumnElement[bool]:
    if typed.startswith("@"):
        linked = exists().where(
            col(ChatLink.resident_id) == col(Resident.id), col(ChatLink.username) == typed[1:].casefold()
        )
        return and_(linked, col(Resident.status) == Status.ACTIVE)
    code = typed.upper().translate(_MISREAD)
    return or_(col(Resident.short_code) == code, col(Resident.name_key) == name_key(typed))
