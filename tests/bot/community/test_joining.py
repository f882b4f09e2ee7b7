"""Joining keeps nothing before consent, and the same chat is the same person."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func
from sqlmodel import Session, select
from willow_bank import AREAS, BOT, NOW, TEAMS

from bot.community import (
    AreaRetired,
    BadName,
    ChatState,
    Joined,
    NameFault,
    UnknownArea,
    area_by_code,
    areas_below,
    forget,
    group_keys,
    household_size,
    join,
    mark_chat,
    person,
    residents,
    synchronise,
)
from bot.community.models import Household, Resident


def test_a_newcomer_lives_alone_where_they_said(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1")
    assert (mei.name, mei.area_code, mei.again) == ("Mei", "b1", False)
    assert len(mei.short_code) == 4
    assert set(mei.short_code) <= set(residents.ALPHABET)
    assert household_size(town, mei.household_id) == 1


def test_who_does_not_know_lives_in_the_community(join_as) -> None:
    assert join_as("Mei").area_code == "willow"


def test_joining_twice_is_the_same_person(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1")
    mark_chat(town, bot_id=BOT, chat_id=10_000_000_000 + sum(map(ord, "Mei")), state=ChatState.BLOCKED)
    again = join_as("Mei", "b2")
    assert again.again
    assert (again.resident_id, again.area_code) == (mei.resident_id, "b1")
    assert town.exec(select(func.count()).select_from(Resident)).one() == 1


def test_the_same_number_at_another_bot_is_another_chat(town: Session, join_as) -> None:
    mei = join_as("Mei", chat=7)
    assert person(town, bot_id=BOT + 1, chat_id=7) is None
    there = join(town, bot_id=BOT + 1, chat_id=7, name="Mei", language="en", area_id=None, now=NOW)
    assert there.resident_id != mei.resident_id


def test_a_forgotten_person_joins_anew(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1")
    forget(town, resident_id=mei.resident_id, now=NOW)
    back = join_as("Mei", "b1")
    assert not back.again
    assert back.resident_id != mei.resident_id


def test_an_area_retired_while_choosing_is_refused_and_nothing_kept(town: Session, join_as) -> None:
    b2 = area_by_code(town, "b2").area_id
    synchronise(town, areas=[one for one in AREAS if one.code != "b2"], teams=TEAMS, now=NOW)
    with pytest.raises(AreaRetired) as refused:
        join(town, bot_id=BOT, chat_id=1, name="Mei", language="en", area_id=b2, now=NOW)
    assert refused.value.names["en"] == "Building 2"
    with pytest.raises(UnknownArea):
        join(town, bot_id=BOT, chat_id=1, name="Mei", language="en", area_id=999_999, now=NOW)
    assert town.exec(select(func.count()).select_from(Resident)).one() == 0
    assert town.exec(select(func.count()).select_from(Household)).one() == 0


def test_a_name_that_is_none_leaves_nothing(town: Session, join_as) -> None:
    with pytest.raises(BadName) as refused:
        join_as("😀")
    assert refused.value.reason is NameFault.NO_LETTERS
    assert town.exec(select(func.count()).select_from(Resident)).one() == 0


def test_short_codes_grow_when_crowded(join_as, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residents, "ALPHABET", "AB")
    people: list[Joined] = [join_as(f"Neighbour {number}", chat=number) for number in range(1, 41)]
    codes = {one.short_code for one in people}
    assert len(codes) == 40
    assert max(map(len, codes)) > 4


def test_who_speaks_is_one_query(town: Session, join_as) -> None:
    join_as("Mei", "b1", "core", chat=5)
    statements: list[str] = []
    event.listen(town.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    mei = person(town, bot_id=BOT, chat_id=5)
    assert mei is not None
    assert (mei.name, mei.area_path, mei.volunteer, mei.reachable) == ("Mei", "willow/g1/b1/", True, True)
    assert len(statements) == 1


def test_a_stranger_is_nobody(town: Session) -> None:
    assert person(town, bot_id=BOT, chat_id=5) is None


def test_points_count_for_building_and_grid(town: Session, join_as) -> None:
    low, middle, top = join_as("Low", "b1"), join_as("Mid", "g1"), join_as("Top")
    keys = group_keys(town, [one.resident_id for one in (low, middle, top)])
    assert (keys[low.resident_id].building, keys[low.resident_id].grid) == ("b1", "g1")
    assert (keys[middle.resident_id].building, keys[middle.resident_id].grid) == (None, "g1")
    assert (keys[top.resident_id].building, keys[top.resident_id].grid) == (None, None)
    assert keys[low.resident_id].household == str(low.household_id)


def test_the_choice_goes_down_to_a_leaf(town: Session) -> None:
    grids = areas_below(town)
    assert [one.code for one in grids] == ["g1", "g2"]
    assert not grids[0].leaf
    assert [(one.code, one.leaf) for one in areas_below(town, grids[0].area_id)] == [
        ("b1", True),
        ("b2", True),
    ]
    synchronise(town, areas=[one for one in AREAS if one.code != "b3"], teams=TEAMS, now=NOW + timedelta(1))
    assert areas_below(town)[1].leaf
