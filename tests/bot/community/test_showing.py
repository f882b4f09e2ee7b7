"""How boards show people: other names, small groups, and who wants them each month."""

from datetime import timedelta

import pytest
from sqlmodel import Session
from willow_bank import NOW

from bot.community import (
    BadName,
    NameTaken,
    Place,
    ShownIn,
    forget,
    set_board_news,
    set_pseudonym,
    set_shown,
    shown_names,
    unnamed_groups,
    wants_board_news,
    who_wants_board_news,
)


def test_another_name_is_shown_everywhere_until_the_own_is_chosen_again(town: Session, join_as) -> None:
    mei = join_as("王小英").resident_id
    assert set_pseudonym(town, resident_id=mei, name="  向日葵 ") == "向日葵"
    assert {place: shown_names(town, [mei], place)[mei] for place in Place} == dict.fromkeys(Place, "向日葵")
    set_shown(town, resident_id=mei, shown_in=ShownIn.MASKED)
    assert shown_names(town, [mei], Place.GROUP) == {mei: "王*英"}


def test_nobody_takes_a_neighbours_name(town: Session, join_as) -> None:
    mei, bo, ann = (join_as(name).resident_id for name in ("Mei Li", "Bo", "Ann"))
    set_pseudonym(town, resident_id=ann, name="Sunflower")
    for taken in ("MEI LI", "ｍｅｉ ｌｉ", "sun flower"):
        with pytest.raises(NameTaken):
            set_pseudonym(town, resident_id=bo, name=taken)
    with pytest.raises(BadName):
        set_pseudonym(town, resident_id=bo, name="…")
    forget(town, resident_id=mei, now=NOW)
    assert set_pseudonym(town, resident_id=bo, name="Mei Li") == "Mei Li"


def test_a_group_of_under_five_is_unnamed_where_somebody_in_it_is_not_named(town: Session, join_as) -> None:
    people = [join_as(f"Neighbour {n}", "b1", "clinic").resident_id for n in range(4)]
    join_as("Bo", "b3", "fire")
    assert unnamed_groups(town, Place.PRIVATE).areas == frozenset()
    assert unnamed_groups(town, Place.GROUP).areas >= {"b1", "g1", "b3", "g2"}
    for one in people:
        set_shown(town, resident_id=one, shown_in=ShownIn.NAME)
    assert not unnamed_groups(town, Place.GROUP).areas & {"b1", "g1"}
    set_pseudonym(town, resident_id=people[0], name="Daffodil")
    hiding = unnamed_groups(town, Place.PRIVATE)
    assert (hiding.areas & {"b1", "b3"}, hiding.teams) == ({"b1"}, {"clinic"})
    join_as("Neighbour 5", "b1", "clinic")
    assert not unnamed_groups(town, Place.PRIVATE).areas & {"b1"}


def test_who_wants_the_boards_of_each_month(town: Session, join_as) -> None:
    mei, bo = join_as("Mei").resident_id, join_as("Bo").resident_id
    set_board_news(town, resident_id=mei, off_at=NOW)
    set_board_news(town, resident_id=mei, off_at=NOW + timedelta(days=1))
    assert who_wants_board_news(town, [mei, bo]) == {bo}
    set_board_news(town, resident_id=mei, off_at=None)
    assert wants_board_news(town, mei)
