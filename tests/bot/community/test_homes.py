"""Living together: one-time links, people without a chat, and what households had used."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session
from willow_bank import NOW

from bot.community import (
    BadBirthYear,
    ExpiredHomeInvitation,
    HouseholdFull,
    LivedTogether,
    LivesThereAlready,
    NotYourWard,
    OnlyOneHere,
    OwnHomeInvitation,
    UnknownHomeInvitation,
    UsedHomeInvitation,
    accept_home,
    add_ward,
    area_by_code,
    ask_home,
    card,
    check_keeper,
    decline_home,
    exported,
    forget,
    hand_on_wards,
    home_invitation,
    home_of,
    household_members,
    leave_home,
    lived_together,
    move,
)
from bot.community.wards import MOST_PEOPLE

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATER = NOW + timedelta(days=1)


@pytest.fixture
def mei(join_as) -> int:
    return join_as("Mei", "b1", chat=1).resident_id


@pytest.fixture
def bo(join_as) -> int:
    return join_as("Bo", "b3", chat=2).resident_id


def moves_in(town: Session, guest: int, host: int) -> str:
    code = ask_home(town, resident_id=host, now=NOW).code
    accept_home(town, code=code, resident_id=guest, now=NOW)
    return code


def adds(town: Session, keeper: int, name: str = "Grandma") -> int:
    return add_ward(town, keeper_id=keeper, name=name, birth_year=1950, now=NOW, zone=SHANGHAI).resident_id


def test_a_link_moves_one_person_in_once(town: Session, join_as, mei: int, bo: int) -> None:
    code = moves_in(town, bo, mei)
    assert [one.name for one in home_of(town, mei).members] == ["Mei", "Bo"]
    assert card(town, bo).area.code == "b1"
    with pytest.raises(LivesThereAlready):
        accept_home(town, code=code, resident_id=bo, now=NOW)
    with pytest.raises(UsedHomeInvitation):
        home_invitation(town, code=code, resident_id=join_as("Li", "b1", chat=3).resident_id, now=NOW)


def test_a_link_that_leads_nowhere_is_told_apart(town: Session, mei: int, bo: int) -> None:
    code = ask_home(town, resident_id=mei, now=NOW).code
    for refused, resident, at, typed in (
        (OwnHomeInvitation, mei, NOW, code),
        (UnknownHomeInvitation, bo, NOW, code[:-1]),
        (ExpiredHomeInvitation, bo, NOW + timedelta(days=7), code),
    ):
        with pytest.raises(refused):
            accept_home(town, code=typed, resident_id=resident, now=at)
    decline_home(town, code=code, resident_id=bo, now=NOW)
    with pytest.raises(UsedHomeInvitation) as used:
        accept_home(town, code=code, resident_id=bo, now=NOW)
    assert used.value.yours
    assert household_members(town, mei) == (mei,)


def test_who_moves_out_takes_their_links_back(town: Session, join_as, mei: int, bo: int) -> None:
    moves_in(town, bo, mei)
    code = ask_home(town, resident_id=bo, now=NOW).code
    assert leave_home(town, resident_id=bo, now=NOW).stayed == (mei,)
    with pytest.raises(UnknownHomeInvitation):
        home_invitation(town, code=code, resident_id=join_as("Li", "b1", chat=3).resident_id, now=NOW)
    with pytest.raises(OnlyOneHere):
        leave_home(town, resident_id=bo, now=NOW)


def test_whom_one_answers_for_comes_along(town: Session, mei: int, bo: int) -> None:
    grandma = adds(town, bo)
    with pytest.raises(OnlyOneHere):
        leave_home(town, resident_id=bo, now=NOW)
    moves_in(town, bo, mei)
    assert household_members(town, mei) == (mei, bo, grandma)
    move(town, resident_id=bo, area_id=area_by_code(town, "b2").area_id, now=NOW)
    assert household_members(town, bo) == (bo, grandma)
    assert card(town, grandma).area.code == "b2"
    move(town, resident_id=bo, area_id=area_by_code(town, "b3").area_id, now=NOW)
    assert (household_members(town, bo), card(town, grandma).area.code) == ((bo, grandma), "b3")


def test_only_who_added_somebody_answers_for_them(town: Session, mei: int, bo: int) -> None:
    grandma = adds(town, mei)
    check_keeper(town, keeper_id=mei, resident_id=grandma)
    for other, about in ((bo, grandma), (mei, bo)):
        with pytest.raises(NotYourWard):
            check_keeper(town, keeper_id=other, resident_id=about)
    with pytest.raises(BadBirthYear):
        add_ward(town, keeper_id=mei, name="Li", birth_year=2027, now=NOW, zone=SHANGHAI)


def test_a_household_has_an_end(town: Session, mei: int, bo: int) -> None:
    code = ask_home(town, resident_id=mei, now=NOW).code
    for number in range(MOST_PEOPLE - 2):
        adds(town, mei, f"Child {number}")
    adds(town, bo)
    with pytest.raises(HouseholdFull):  # two more would come
        accept_home(town, code=code, resident_id=bo, now=NOW)
    adds(town, mei, "The last")
    with pytest.raises(HouseholdFull):
        ask_home(town, resident_id=mei, now=NOW)


def test_what_was_lived_in_is_remembered_for_all_who_live_together(town: Session, mei: int, bo: int) -> None:
    meis, bos = (str(home_of(town, one).household_id) for one in (mei, bo))
    moves_in(town, bo, mei)
    month = timedelta(days=31)
    assert lived_together(town, mei, NOW) == LivedTogether({bos: NOW + month}, ())
    leave_home(town, resident_id=bo, now=LATER)
    assert lived_together(town, mei, LATER) == LivedTogether({}, (bo,))
    assert lived_together(town, mei, LATER + month) == LivedTogether({}, ())
    assert lived_together(town, bo, LATER) == LivedTogether({bos: NOW + month, meis: LATER + month}, ())
    moves_in(town, bo, mei)
    assert lived_together(town, mei, LATER).parted == ()


def test_who_answered_for_somebody_and_is_forgotten_hands_them_on(town: Session, mei: int, bo: int) -> None:
    moves_in(town, bo, mei)
    grandma = adds(town, bo)
    entrusted, alone = hand_on_wards(town, keeper_id=bo)
    assert entrusted is not None
    assert (entrusted.keeper_id, entrusted.names, alone) == (mei, ("Grandma",), ())
    forget(town, resident_id=bo, now=NOW)
    check_keeper(town, keeper_id=mei, resident_id=grandma)
    [kept] = exported(town, mei)["answers_for"]
    assert kept["resident"]["name"] == "Grandma"
    assert kept["household"]["id"] == kept["resident"]["household_id"]
    assert {"households_left", "acts", "availability", "skills", "teams"} <= kept.keys()
    assert hand_on_wards(town, keeper_id=mei) == (None, (grandma,))
