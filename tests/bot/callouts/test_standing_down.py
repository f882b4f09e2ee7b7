"""Stand-down: who is there is done and paid, who was awaited is let go, and all asked are told."""

import pytest
from callout_street import ZONE, Street
from sqlmodel import select

from bot import callouts
from bot.callouts import Answer, CallOutState, StillThere, StoodDown, UnknownCallOut
from bot.community import NotAllowed
from points.models import Transfer


def test_it_asks_again_while_anyone_is_coming_or_there(street: Street) -> None:
    coming, there, later = street.volunteers(3)
    callout = street.opens()
    street.answers(callout, coming, Answer.COMING)
    street.answers(callout, later, Answer.LATER)
    street.arrives(callout, there)
    asked = street.stands_down(callout, confirmed=False)
    assert isinstance(asked, StillThere)
    assert (asked.coming, asked.arrived) == (1, 1)
    assert street.board(callout).callout.state is CallOutState.OPEN


def test_one_tap_ends_it_when_nobody_is_underway(street: Street) -> None:
    _, later = street.volunteers(2)
    callout = street.opens()
    street.answers(callout, later, Answer.LATER)
    assert isinstance(street.stands_down(callout, confirmed=False), StoodDown)


def test_who_is_there_is_paid_and_who_was_awaited_is_let_go(street: Street) -> None:
    there, done, coming, silent, cannot = street.volunteers(5)
    callout = street.opens()
    street.arrives(callout, there)
    street.arrives(callout, done)
    street.finishes(callout, done)
    street.answers(callout, coming, Answer.COMING, eta=5)
    street.answers(callout, cannot, Answer.CANNOT)
    street.later(minutes=60)
    ended = street.ended(callout)
    assert [(one.resident_id, one.team, one.minutes) for one in ended.served] == [(there, "core", 60)]
    assert [(one.resident_id, one.amount) for one in ended.awards] == [(there, 80)]
    assert sorted(ended.released) == sorted([coming, silent])
    assert {one.resident_id for one in ended.told} == {there, done, coming, silent, cannot}
    assert street.history(callout, there) == ["queued", "arrived", "done"]
    figures = street.board(callout).figures
    assert (figures.done, figures.released, figures.no_answer, figures.cannot) == (2, 1, 1, 1)


def test_points_count_for_the_team_asked_the_building_and_the_grid(street: Street) -> None:
    [volunteer] = street.volunteers(1, team="clinic", area="b2")
    callout = street.opens(street.draft("flood"))
    street.arrives(callout, volunteer)
    street.ended(callout)
    transfer = street.session.exec(select(Transfer)).one()
    assert (transfer.team, transfer.building, transfer.grid) == ("clinic", "b2", "g2")
    assert transfer.key == f"callout:{callout}:resident:{volunteer}"


def test_second_stand_down_changes_nothing(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    street.arrives(callout, volunteer)
    street.ended(callout)
    again = ends(street, callout, street.jun)
    assert isinstance(again, StoodDown)
    assert (again.already, again.by, again.told, again.awards) == (True, street.mei, (), ())


def test_only_coordinators_who_reach_the_area_end_it(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens(street.draft(area="g1"))
    for who in (volunteer, street.far):
        with pytest.raises(NotAllowed):
            ends(street, callout, who)
    with pytest.raises(UnknownCallOut):
        ends(street, callout + 1, street.mei)


def ends(street: Street, callout: int, who: int) -> StoodDown | StillThere:
    return callouts.stand_down(
        street.session,
        callout_id=callout,
        coordinator_id=who,
        confirmed=True,
        now=street.now,
        zone=ZONE,
    )
