"""What is kept of a person can be had, and is gone when they ask, while sums and numbers stay."""

import json
from datetime import time

import pytest
from sqlalchemy import MetaData, Table, inspect, select
from sqlmodel import Session
from willow_bank import BOT, NOW

from bot.community import (
    Place,
    Role,
    ShownIn,
    UnknownHousehold,
    UnknownResident,
    accept_invitation,
    area_by_code,
    card,
    exported,
    find_residents,
    forget,
    group_keys,
    household_size,
    invite,
    leave_household,
    move,
    move_in,
    person,
    record,
    rename,
    set_door,
    set_language,
    set_pseudonym,
    set_quiet_hours,
    set_shown,
    set_skills,
    set_willing,
    shown_names,
)
from bot.community.contacts import set_contacts


def everything(town: Session) -> str:
    """Every row of every table, as text."""
    names = inspect(town.connection()).get_table_names()
    metadata = MetaData()
    rows = (town.execute(select(Table(name, metadata, autoload_with=town.connection()))) for name in names)
    return "\n".join(str(tuple(row)) for found in rows for row in found)


@pytest.fixture
def mei(town: Session, join_as) -> int:
    """Somebody of whom everything is kept that can be."""
    resident_id = join_as("Mei Unmistakable", "b1", "core", chat=987654321).resident_id
    set_door(town, resident_id=resident_id, door="Door 77-B")
    set_skills(town, resident_id=resident_id, skills=["welding", "sign language", "welding"])
    set_willing(town, resident_id=resident_id, willing=False)
    set_contacts(town, resident_id=resident_id, urls=["mailtos://me:hushhush@example.org"])
    offer = invite(town, role=Role.COORDINATOR, days=1, granted_by=None, now=NOW)
    accept_invitation(town, code=offer.code, resident_id=resident_id, now=NOW)
    record(town, actor=resident_id, act="call-out", facts={"callout": 3, "plan": "flood"}, now=NOW)
    record(town, actor=None, act="award", about=resident_id, facts={"note": "for MEI unmistakable"}, now=NOW)
    town.flush()
    return resident_id


def test_everything_kept_is_handed_out(town: Session, mei: int) -> None:
    handed_out = json.dumps(exported(town, mei))
    for kept in (
        "Mei Unmistakable",
        "987654321",
        "Door 77-B",
        "welding",
        "coordinator",
        "core",
        "flood",
        '"b1"',
        "mailtos",
    ):
        assert kept in handed_out
    assert "hushhush" not in handed_out  # the password of a gateway is not theirs


def test_what_is_handed_out_names_nobody_else(town: Session, join_as, mei: int) -> None:
    customer = join_as("Bo", "b1").resident_id
    record(town, actor=mei, act="hand-over", about=customer, facts={"merchant": "corner-shop"}, now=NOW)
    record(town, actor=mei, act="verify-deed", about=mei, now=NOW)
    assert all(act.get("about_id", mei) == mei for act in exported(town, mei)["acts"])
    assert exported(town, mei)["acts"][-1]["about_id"] == mei


def test_what_is_forgotten_is_gone_everywhere(town: Session, mei: int) -> None:
    code = card(town, mei).short_code
    set_pseudonym(town, resident_id=mei, name="Daffodil")
    forget(town, resident_id=mei, now=NOW)
    left = everything(town).casefold()
    for gone in ("unmistakable", "987654321", "77-b", "welding", "daffodil", "hushhush", code.casefold()):
        assert gone not in left
    assert "flood" in left
    assert person(town, bot_id=BOT, chat_id=987654321) is None
    for refused in (exported, card):
        with pytest.raises(UnknownResident):
            refused(town, mei)
    with pytest.raises(UnknownResident):
        forget(town, resident_id=mei, now=NOW)


def test_a_forgotten_number_is_never_given_again(town: Session, join_as, mei: int) -> None:
    forget(town, resident_id=mei, now=NOW)
    assert join_as("Next", "b1").resident_id != mei


def test_who_stays_keeps_the_door(town: Session, join_as, mei: int) -> None:
    child = join_as("Child", "b3").resident_id
    home = card(town, mei)
    household = int(group_keys(town, [mei])[mei].household or 0)
    move_in(town, resident_id=child, household_id=household, now=NOW)
    assert (card(town, child).area.code, card(town, child).household_size) == ("b1", 2)
    forget(town, resident_id=mei, now=NOW)
    assert (card(town, child).door, card(town, child).household_size) == (home.door, 1)


def test_moving_house(town: Session, join_as) -> None:
    mei, li = join_as("Mei", "b1"), join_as("Li", "b1")
    set_door(town, resident_id=mei.resident_id, door="12")
    move(town, resident_id=mei.resident_id, area_id=area_by_code(town, "b2").area_id, now=NOW)
    moved = card(town, mei.resident_id)
    assert ([one.code for one in moved.trail], moved.door) == (["willow", "g1", "b2"], None)
    assert group_keys(town, [mei.resident_id])[mei.resident_id].household == str(mei.household_id)
    move_in(town, resident_id=li.resident_id, household_id=mei.household_id, now=NOW)
    move_in(town, resident_id=li.resident_id, household_id=mei.household_id, now=NOW)
    assert household_size(town, mei.household_id) == 2
    move(town, resident_id=li.resident_id, area_id=area_by_code(town, "b3").area_id, now=NOW)
    assert household_size(town, mei.household_id) == 1
    assert leave_household(town, resident_id=mei.resident_id, now=NOW) == mei.household_id
    with pytest.raises(UnknownHousehold):
        move_in(town, resident_id=mei.resident_id, household_id=li.household_id, now=NOW)


def test_leaving_a_shared_household_opens_ones_own(town: Session, join_as) -> None:
    mei, li = join_as("Mei", "b1"), join_as("Li", "b1")
    move_in(town, resident_id=li.resident_id, household_id=mei.household_id, now=NOW)
    alone = leave_household(town, resident_id=li.resident_id, now=NOW)
    assert alone not in {mei.household_id, None}
    assert household_size(town, alone) == household_size(town, mei.household_id) == 1


def test_a_card_can_be_changed_line_by_line(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1").resident_id
    assert rename(town, resident_id=mei, name="  Mei   Li ") == "Mei Li"
    set_language(town, resident_id=mei, language="zh")
    set_shown(town, resident_id=mei, shown_in=ShownIn.NAME)
    set_skills(town, resident_id=mei, skills=["cooking"])
    set_skills(town, resident_id=mei, skills=["welding", "driving"])
    shown = card(town, mei)
    assert (shown.name, shown.language, shown.skills) == ("Mei Li", "zh", ("driving", "welding"))
    assert shown.shown_in is ShownIn.NAME


def test_quiet_hours_can_be_lifted(town: Session, join_as) -> None:
    mei = join_as("Mei").resident_id
    assert set_quiet_hours(town, resident_id=mei, start=time(22), end=time(6)).quiet_to == time(6)
    assert set_quiet_hours(town, resident_id=mei, start=None, end=None).quiet_from is None


def test_somebody_is_found_by_code_or_name(town: Session, join_as) -> None:
    mei, other = join_as("Mei Li", "b1", chat=1), join_as("mei li", "b3", chat=2)
    found = find_residents(town, "MEI  LI")
    assert [one.resident_id for one in found] == [mei.resident_id, other.resident_id]
    assert [one.resident_id for one in find_residents(town, mei.short_code.lower())] == [mei.resident_id]
    inside = find_residents(town, "mei li", within=area_by_code(town, "g2").area_id)
    assert [(one.resident_id, one.area_names["en"]) for one in inside] == [(other.resident_id, "Building 3")]
    assert find_residents(town, "nobody") == ()


def test_boards_leave_out_who_hides(town: Session, join_as) -> None:
    mei, li = join_as("王小英").resident_id, join_as("李雷").resident_id
    set_shown(town, resident_id=li, shown_in=ShownIn.HIDDEN)
    assert shown_names(town, [mei, li], Place.GROUP) == {mei: "王*英"}
    assert shown_names(town, [mei, li], Place.PRIVATE) == {mei: "王小英"}
