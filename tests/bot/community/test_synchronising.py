"""The tables follow the neighbourhood's file by code, and everyone below an area is one range of paths."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select
from willow_bank import AREAS, NOW, TEAMS

from bot.community import (
    AreaEntry,
    BadTree,
    area_by_code,
    choose_team,
    leaves,
    path_range,
    residents_in,
    root_area,
    synchronise,
    teams,
    teams_of,
)
from bot.community.areas import below
from bot.community.models import Area

LATER = NOW + timedelta(days=1)


def areas_with(**changed: AreaEntry) -> list[AreaEntry]:
    return [changed.get(one.code, one) for one in AREAS]


def areas_without(*codes: str) -> list[AreaEntry]:
    return [one for one in AREAS if one.code not in codes]


def test_the_same_file_again_changes_nothing(town: Session) -> None:
    done = synchronise(town, areas=AREAS, teams=TEAMS, now=LATER)
    for changes in (done.areas, done.teams):
        assert (changes.added, changes.changed, changes.retired) == ((), (), ())


def test_the_community_is_the_root(town: Session) -> None:
    root = root_area(town)
    assert (root.code, root.path, root.depth) == ("willow", "willow/", 0)
    assert [one.code for one in leaves(town)] == ["b1", "b2", "b3"]


def test_a_renamed_area_is_the_same_area(town: Session) -> None:
    before = area_by_code(town, "b1").area_id
    renamed = areas_with(b1=replace(AREAS[2], names={"en": "Old mill"}))
    done = synchronise(town, areas=renamed, teams=TEAMS, now=LATER)
    after = area_by_code(town, "b1")
    assert (after.area_id, after.names) == (before, {"en": "Old mill"})
    assert done.areas.changed == ("b1",)


def test_a_moved_parent_takes_everything_below_along_even_what_is_retired(town: Session) -> None:
    synchronise(town, areas=areas_without("b2"), teams=TEAMS, now=LATER)
    moved = [one for one in areas_with(g1=replace(AREAS[1], parent="g2")) if one.code != "b2"]
    done = synchronise(town, areas=moved, teams=TEAMS, now=LATER)
    assert area_by_code(town, "b1").path == "willow/g2/g1/b1/"
    assert area_by_code(town, "b2").path == "willow/g2/g1/b2/"
    assert area_by_code(town, "b1").depth == 3
    assert done.areas.changed == ("b1", "b2", "g1")


def test_removal_retires_and_coming_back_reopens(town: Session, join_as) -> None:
    mei = join_as("Mei", "b2")
    done = synchronise(town, areas=areas_without("b2"), teams=TEAMS, now=LATER)
    assert done.areas.retired == ("b2",)
    assert area_by_code(town, "b2").retired
    assert [one.resident_id for one in residents_in(town, area_by_code(town, "g1").area_id)] == [
        mei.resident_id
    ]
    done = synchronise(town, areas=AREAS, teams=TEAMS, now=LATER)
    assert not area_by_code(town, "b2").retired
    assert (done.areas.added, done.areas.changed) == ((), ("b2",))


def test_a_retired_team_keeps_its_members_for_when_it_comes_back(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1", "clinic")
    done = synchronise(town, areas=AREAS, teams=TEAMS[:1], now=LATER)
    assert done.teams.retired == ("clinic", "fire")
    assert [one.code for one in teams(town)] == ["core"]
    assert teams_of(town, mei.resident_id) == ()
    synchronise(town, areas=AREAS, teams=TEAMS, now=LATER)
    assert [one.code for one in teams_of(town, mei.resident_id)] == ["clinic"]
    assert not choose_team(town, resident_id=mei.resident_id, team_code="clinic", now=LATER).changed


@pytest.mark.parametrize(
    "areas",
    [
        [],
        [*AREAS, AreaEntry("other", None, {})],
        [*AREAS, AreaEntry("b1", "g2", {})],
        [*AREAS, AreaEntry("lost", "nowhere", {})],
        [*AREAS, AreaEntry("x", "y", {}), AreaEntry("y", "x", {})],
    ],
    ids=["none", "two roots", "a code twice", "unknown parent", "circle"],
)
def test_areas_that_are_no_tree_are_refused(session: Session, areas: list[AreaEntry]) -> None:
    with pytest.raises(BadTree):
        synchronise(session, areas=areas, teams=TEAMS, now=NOW)
    assert session.exec(select(Area)).all() == []


# Codes that sort around the slash: "-" comes before it, digits and letters after it.
CODES = st.text(alphabet="-09az", min_size=1, max_size=4)


@st.composite
def trees(draw: st.DrawFn) -> list[AreaEntry]:
    codes = draw(st.lists(CODES, min_size=1, max_size=12, unique=True))
    places = [draw(st.integers(0, place - 1)) if place else None for place in range(len(codes))]
    return [
        AreaEntry(code, None if place is None else codes[place], {"en": code})
        for code, place in zip(codes, places, strict=True)
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees())
def test_everyone_below_is_one_range(session: Session, tree: list[AreaEntry]) -> None:
    session.rollback()
    synchronise(session, areas=tree, teams=(), now=NOW)
    for entry in tree:
        path = area_by_code(session, entry.code).path
        found = session.exec(select(Area.code).where(below(path), col(Area.retired_at).is_(None))).all()
        assert set(found) == recursively_below(tree, entry.code)
        low, high = path_range(path)
        assert low == path < high


def recursively_below(tree: list[AreaEntry], code: str) -> set[str]:
    children = (one.code for one in tree if one.parent == code)
    return {code}.union(*(recursively_below(tree, child) for child in children))
