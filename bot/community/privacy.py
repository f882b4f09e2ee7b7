"""What is kept of a person, handed out or erased when they ask."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, update
from sqlmodel import Session, SQLModel, col, select

from bot.community.audit import record
from bot.community.cards import skills_of
from bot.community.contacts import contacts_of, kinds_of
from bot.community.households import close_household
from bot.community.models import (
    Area,
    AuditEntry,
    Availability,
    ChatLink,
    Contact,
    HomeInvitation,
    Household,
    Invitation,
    Membership,
    Resident,
    RoleGrant,
    ShownIn,
    Skill,
    Status,
    Stay,
    Team,
    Ward,
)
from bot.community.names import name_key
from bot.community.residents import active
from bot.community.wards import forget_wards

_OWNED = (ChatLink, Contact, Membership, RoleGrant, Skill, Availability, Stay)


def exported(session: Session, resident_id: int) -> dict[str, Any]:
    """Give everything this room keeps of a person, ready for JSON: moments as ISO text.

    Raises:
        UnknownResident: there is no such person (any more).
    """
    return {
        **_kept_of(session, active(session, resident_id)),
        "answers_for": [_kept_of(session, ward) for ward in _wards(session, resident_id)],
    }


def _kept_of(session: Session, row: Resident) -> dict[str, Any]:
    """Give what is kept of one resident, whoever asks for it."""
    resident_id = row.id or 0
    return {
        "resident": _plain(row) | {"area": session.get_one(Area, row.area_id).code},
        "household": _plain(session.get_one(Household, row.household_id)),
        "households_left": _all(session, Stay, col(Stay.resident_id) == resident_id),
        "household_invitations": _all(session, HomeInvitation, _home_invited(resident_id)),
        "chats": _all(session, ChatLink, col(ChatLink.resident_id) == resident_id),
        "other_ways": kinds_of(contacts_of(session, resident_id)),
        "teams": _teams(session, resident_id),
        "roles": _all(session, RoleGrant, col(RoleGrant.resident_id) == resident_id),
        "skills": list(skills_of(session, resident_id)),
        "availability": _all(session, Availability, col(Availability.resident_id) == resident_id),
        "invitations": _all(session, Invitation, col(Invitation.used_by) == resident_id),
        "acts": _acts(session, resident_id),
    }


def forget(session: Session, *, resident_id: int, now: datetime) -> None:
    """Erase a person; the number stays, nameless: past points still add up, and nobody inherits them.

    Raises:
        UnknownResident: there is nobody to forget (any more).
    """
    row = active(session, resident_id)
    household_id = row.household_id
    for table in _OWNED:
        session.execute(delete(table).where(col(table.resident_id) == resident_id))
    session.execute(update(Invitation).where(col(Invitation.used_by) == resident_id).values(used_by=None))
    session.execute(
        update(HomeInvitation).where(col(HomeInvitation.used_by) == resident_id).values(used_by=None)
    )
    session.execute(delete(HomeInvitation).where(col(HomeInvitation.inviter_id) == resident_id))
    forget_wards(session, resident_id)
    _clean_audit(session, resident_id, name_key(row.name or ""))
    row.short_code = row.name = row.name_key = row.pseudonym = row.birth_year = None
    row.board_news_off_at = None
    row.area_id = row.household_id = row.consent_at = None
    row.language, row.shown_in, row.status = "", ShownIn.HIDDEN, Status.FORGOTTEN
    session.flush()
    if household_id is not None:
        close_household(session, household_id)
    # By number alone, so that whoever restores an older backup can forget them again.
    record(session, actor=None, act="forget", about=resident_id, now=now)


def chats_of(session: Session, resident_id: int) -> tuple[tuple[int, int], ...]:
    """Give the private chats of a person, each after its bot, also those that cannot be reached."""
    links = select(ChatLink.bot_id, ChatLink.chat_id).where(col(ChatLink.resident_id) == resident_id)
    return tuple((bot_id, chat_id) for bot_id, chat_id in session.exec(links.order_by(col(ChatLink.id))))


def _clean_audit(session: Session, resident_id: int, key: str) -> None:
    """That an act happened stays; should its facts spell the person's name, those go."""
    for entry in session.exec(select(AuditEntry).where(_audited(resident_id))):
        kept = {
            fact: value
            for fact, value in entry.facts.items()
            if not (isinstance(value, str) and key in name_key(value))
        }
        if kept != entry.facts:
            entry.facts = kept


def _audited(resident_id: int) -> ColumnElement[bool]:
    return or_(col(AuditEntry.actor_id) == resident_id, col(AuditEntry.about_id) == resident_id)


def _home_invited(resident_id: int) -> ColumnElement[bool]:
    return or_(col(HomeInvitation.inviter_id) == resident_id, col(HomeInvitation.used_by) == resident_id)


def _acts(session: Session, resident_id: int) -> list[dict[str, Any]]:
    """Give what a person did or what was done about them, without the number of whom else it was about."""
    acts = _all(session, AuditEntry, _audited(resident_id))
    for act in acts:
        if act["about_id"] != resident_id:
            del act["about_id"]
    return acts


def _wards(session: Session, resident_id: int) -> list[Resident]:
    """Give those a person added and answers for: nobody else can ask for what is kept of them."""
    theirs = select(Resident).join(Ward, col(Ward.resident_id) == col(Resident.id))
    return list(session.exec(theirs.where(col(Ward.keeper_id) == resident_id).order_by(col(Resident.id))))


def _teams(session: Session, resident_id: int) -> list[dict[str, Any]]:
    mine = (
        select(Team.code, Membership.since).join(Membership).where(col(Membership.resident_id) == resident_id)
    )
    return [{"team": code, "since": since.isoformat()} for code, since in session.exec(mine)]


def _all(session: Session, table: type[SQLModel], mine: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [_plain(row) for row in session.execute(select(table).where(mine)).scalars()]


def _plain(row: SQLModel) -> dict[str, Any]:
    return row.model_dump(mode="json")
