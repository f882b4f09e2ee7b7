"""Who may do what, where: roles reach everything below their area and nothing else."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select
from willow_bank import AREAS, BOT, NOW, TEAMS

from bot.community import (
    ROLE_ACTS,
    Accepted,
    Act,
    ExpiredInvitation,
    NotAllowed,
    Role,
    SubjectNeeded,
    SubjectRefused,
    UnknownGrant,
    UnknownInvitation,
    UnknownTeam,
    UsedInvitation,
    accept_invitation,
    area_by_code,
    audit_entries,
    end_grant,
    forget,
    grant,
    grants_of,
    invitation,
    invite,
    join,
    may,
    people_who_may,
    person,
    require,
    root_area,
    synchronise,
)
from bot.community.models import RoleGrant
from bot.community.roles import RESIDENT_ACTS, VOLUNTEER_ACTS
from bot.database import Database


def give(town: Session, resident_id: int, role: Role, area: str, subject: str | None = None) -> int:
    place = area_by_code(town, area).area_id
    return grant(
        town, role=role, area_id=place, resident_id=resident_id, granted_by=None, subject=subject, now=NOW
    ).grant_id


def may_there(town: Session, resident_id: int, act: Act, area: str, subject: str | None = None) -> bool:
    place = area_by_code(town, area).area_id
    return may(town, resident_id=resident_id, act=act, area_id=place, subject=subject)


def test_the_table_knows_every_role_and_every_act_has_somebody() -> None:
    assert set(ROLE_ACTS) == set(Role)
    assert set(Act) == RESIDENT_ACTS | VOLUNTEER_ACTS | frozenset().union(*ROLE_ACTS.values())


def test_a_resident_calls_nobody_out(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1", "core")
    assert not may(town, resident_id=mei.resident_id, act=Act.CALL_OUT)
    assert may(town, resident_id=mei.resident_id, act=Act.REDEEM)
    assert may(town, resident_id=mei.resident_id, act=Act.SET_AVAILABILITY)
    with pytest.raises(NotAllowed) as refused:
        require(town, resident_id=mei.resident_id, act=Act.CALL_OUT)
    assert refused.value.act is Act.CALL_OUT


def test_a_role_reaches_everything_below_its_area_and_nothing_else(town: Session, join_as) -> None:
    wang = join_as("Wang").resident_id
    give(town, wang, Role.COORDINATOR, "g1")
    reached = {
        code for code in ("willow", "g1", "b1", "b2", "g2", "b3") if may_there(town, wang, Act.CALL_OUT, code)
    }
    assert reached == {"g1", "b1", "b2"}


def test_a_team_lead_is_of_one_team_and_a_merchant_may_stand_for_all(town: Session, join_as) -> None:
    lead, shop, all_shops = (join_as(name).resident_id for name in ("Lead", "Shop", "All"))
    give(town, lead, Role.TEAM_LEAD, "willow", "clinic")
    give(town, shop, Role.MERCHANT, "willow", "corner-shop")
    give(town, all_shops, Role.MERCHANT, "willow")
    assert may_there(town, lead, Act.SEE_TEAM_BOARD, "b1", "clinic")
    assert not may_there(town, lead, Act.SEE_TEAM_BOARD, "b1", "fire")
    assert not may_there(town, shop, Act.HAND_OVER, "b1", "bakery")
    assert may_there(town, all_shops, Act.HAND_OVER, "b1", "bakery")
    with pytest.raises(SubjectNeeded):
        give(town, lead, Role.TEAM_LEAD, "willow")
    with pytest.raises(SubjectRefused):
        give(town, lead, Role.COORDINATOR, "willow", "clinic")


def test_who_speaks_may_what_the_rule_says(town: Session, join_as) -> None:
    wang = join_as("Wang", chat=9)
    give(town, wang.resident_id, Role.COORDINATOR, "g1")
    give(town, wang.resident_id, Role.TEAM_LEAD, "g2", "fire")
    speaker = person(town, bot_id=BOT, chat_id=9)
    assert speaker is not None
    assert [one.role for one in speaker.roles] == [Role.COORDINATOR, Role.TEAM_LEAD]
    for act in Act:
        for code in ("willow", "g1", "b1", "b3"):
            place = area_by_code(town, code)
            ruled = may(town, resident_id=wang.resident_id, act=act, area_id=place.area_id, subject="fire")
            assert speaker.may(act, place.path, "fire") is ruled
        assert (act in speaker.acts) is may(town, resident_id=wang.resident_id, act=act)


def test_granting_twice_is_once_and_ending_counts_at_once(town: Session, join_as) -> None:
    wang = join_as("Wang").resident_id
    first = give(town, wang, Role.COORDINATOR, "willow")
    assert give(town, wang, Role.COORDINATOR, "willow") == first
    end_grant(town, grant_id=first, ended_by=None, now=NOW)
    end_grant(town, grant_id=first, ended_by=None, now=NOW)
    assert not may_there(town, wang, Act.CALL_OUT, "b1")
    assert give(town, wang, Role.COORDINATOR, "willow") != first
    acts = [one.act for one in audit_entries(town, area_id=root_area(town).area_id)]
    assert acts == ["grant-role", "end-role", "grant-role"]
    with pytest.raises(UnknownGrant):
        end_grant(town, grant_id=12345, ended_by=None, now=NOW)


def test_only_an_admin_ends_others_roles_but_everyone_their_own(town: Session, join_as) -> None:
    admin, wang, li = (join_as(name).resident_id for name in ("Admin", "Wang", "Li"))
    give(town, admin, Role.ADMIN, "g1")
    here, elsewhere = give(town, wang, Role.COORDINATOR, "g1"), give(town, li, Role.COORDINATOR, "g2")
    with pytest.raises(NotAllowed):
        end_grant(town, grant_id=elsewhere, ended_by=admin, now=NOW)
    with pytest.raises(NotAllowed):
        end_grant(town, grant_id=here, ended_by=li, now=NOW)
    end_grant(town, grant_id=here, ended_by=admin, now=NOW)
    end_grant(town, grant_id=elsewhere, ended_by=li, now=NOW)
    assert grants_of(town, wang) == grants_of(town, li) == ()


def test_who_may_decide_here_comes_once_and_from_above(town: Session, join_as) -> None:
    top, near, far = (join_as(name).resident_id for name in ("Top", "Near", "Far"))
    give(town, near, Role.COORDINATOR, "g1")
    give(town, top, Role.COORDINATOR, "willow")
    give(town, top, Role.COORDINATOR, "g1")
    give(town, far, Role.COORDINATOR, "g2")
    found = people_who_may(town, act=Act.APPROVE_CALL_OUT, area_id=area_by_code(town, "b1").area_id)
    assert [one.resident_id for one in found] == [near, top]
    assert all(one.chat_id for one in found)


def test_an_invitation_gives_its_role_once(town: Session, join_as) -> None:
    wang, li = join_as("Wang").resident_id, join_as("Li").resident_id
    offer = invite(town, role=Role.COORDINATOR, area_code="g1", days=7, granted_by=None, now=NOW)
    assert len(offer.code) == 10
    assert offer.code.isalnum()
    assert invitation(town, code=offer.code, now=NOW) == offer
    assert not accept_invitation(town, code=offer.code, resident_id=wang, now=NOW).again
    assert may_there(town, wang, Act.CALL_OUT, "b1")
    for who, yours in ((wang, True), (li, False)):
        with pytest.raises(UsedInvitation) as refused:
            accept_invitation(town, code=offer.code, resident_id=who, now=NOW)
        assert refused.value.yours is yours
    assert len(grants_of(town, wang)) == 1


def test_an_invitation_lapses_and_an_invented_one_is_unknown(town: Session, join_as) -> None:
    wang = join_as("Wang").resident_id
    offer = invite(town, role=Role.TEAM_LEAD, subject="clinic", days=1, granted_by=None, now=NOW)
    with pytest.raises(ExpiredInvitation):
        accept_invitation(town, code=offer.code, resident_id=wang, now=NOW + timedelta(days=1))
    with pytest.raises(UnknownInvitation):
        accept_invitation(town, code="nothing", resident_id=wang, now=NOW)
    with pytest.raises(UnknownTeam):
        invite(town, role=Role.TEAM_LEAD, subject="nothing", days=1, granted_by=None, now=NOW)
    assert town.exec(select(RoleGrant).where(col(RoleGrant.resident_id) == wang)).all() == []


def test_nobody_hands_on_more_than_they_hold(town: Session, join_as) -> None:
    wang = join_as("Wang").resident_id
    give(town, wang, Role.COORDINATOR, "g1")
    invite(town, role=Role.GRID_OFFICER, area_code="b1", days=1, granted_by=wang, now=NOW)
    for role, place in ((Role.COORDINATOR, "b1"), (Role.ADMIN, "g1"), (Role.GRID_OFFICER, "g2")):
        with pytest.raises(NotAllowed):
            invite(town, role=role, area_code=place, days=1, granted_by=wang, now=NOW)


def test_a_forgotten_coordinator_may_nothing(town: Session, join_as) -> None:
    wang = join_as("Wang").resident_id
    give(town, wang, Role.COORDINATOR, "willow")
    forget(town, resident_id=wang, now=NOW)
    assert not any(may(town, resident_id=wang, act=act) for act in Act)


async def test_one_link_tapped_by_two_at_once_gives_one_role(database: Database) -> None:
    await database.write(synchronise, areas=AREAS, teams=TEAMS, now=NOW)
    joining = [
        database.write(join, bot_id=BOT, chat_id=n, name=f"N{n}", language="en", area_id=None, now=NOW)
        for n in range(1, 7)
    ]
    people = await asyncio.gather(*joining)
    offer = await database.write(invite, role=Role.COORDINATOR, days=1, granted_by=None, now=NOW)
    assert await database.read(invitation, code=offer.code, now=NOW) == offer
    taking = [
        database.write(accept_invitation, code=offer.code, resident_id=one.resident_id, now=NOW)
        for one in people
    ]
    results = await asyncio.gather(*taking, return_exceptions=True)
    assert sum(isinstance(one, Accepted) for one in results) == 1
    assert sum(isinstance(one, UsedInvitation) for one in results) == 5
