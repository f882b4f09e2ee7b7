"""Boards: figures that add up, names of who is coming, and messages kept right without one edit an answer."""

from dataclasses import astuple
from datetime import timedelta

import pytest
from callout_street import NOW, Street

from bot import callouts
from bot.callouts import Answer, DueBoard, Figures, UnknownCallOut


def test_figures_count_everyone_once_by_team_too(street: Street) -> None:
    coming, later, cannot, silent = street.volunteers(4)
    medic, gone = street.volunteers(2, team="clinic")
    callout = street.opens(street.draft("flood").with_level(callouts.Level.ORANGE))
    mark(street, callout, [coming, later, cannot, silent, medic])
    callouts.mark_unreachable(street.session, callout_id=callout, resident_ids=[gone], at=street.now)
    street.answers(callout, coming, Answer.COMING, eta=20)
    street.answers(callout, medic, Answer.COMING, eta=5)
    street.answers(callout, later, Answer.LATER)
    street.answers(callout, cannot, Answer.CANNOT)
    shown = street.board(callout)
    assert shown.figures == Figures(
        asked=6, delivered=5, unreachable=1, coming=2, later=1, cannot=1, no_answer=1
    )
    assert shown.teams["clinic"] == Figures(asked=2, delivered=1, unreachable=1, coming=1)
    assert shown.earliest_arrival == NOW + timedelta(minutes=5)
    assert [one.resident_id for one in shown.coming] == [medic, coming]
    for figures in (shown.figures, *shown.teams.values()):
        asked, _, *rest = astuple(figures)
        assert asked == sum(rest)


def test_first_ten_who_come_are_named(street: Street) -> None:
    many = street.volunteers(12)
    callout = street.opens(street.draft())
    for minutes, who in enumerate(reversed(many), start=1):
        street.answers(callout, who, Answer.COMING, eta=minutes)
    street.arrives(callout, many[0])
    shown = street.board(callout)
    assert [one.name for one in shown.coming] == [f"Volunteer {number}" for number in range(11, 1, -1)]
    assert [one.resident_id for one in shown.arrived] == [many[0]]


def test_message_that_comes_late_never_takes_an_answer_back(street: Street) -> None:
    quick, slow = street.volunteers(2)
    callout = street.opens()
    street.answers(callout, quick, Answer.COMING)
    mark(street, callout, [quick, slow])
    callouts.mark_unreachable(street.session, callout_id=callout, resident_ids=[quick, slow], at=street.now)
    figures = street.board(callout).figures
    assert (figures.delivered, figures.coming, figures.no_answer, figures.unreachable) == (2, 1, 1, 0)
    assert street.history(callout, quick) == ["queued", "coming"]
    assert street.history(callout, slow) == ["queued", "delivered"]


def test_who_could_not_be_reached_may_still_answer(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    callouts.mark_unreachable(street.session, callout_id=callout, resident_ids=[volunteer], at=street.now)
    assert street.answers(callout, volunteer, Answer.COMING).changed


def test_ten_thousand_deliveries_are_marked_at_once(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    mark(street, callout, [*range(10_000, 20_001), volunteer])
    assert street.board(callout).figures.delivered == 1


def test_board_is_due_only_when_its_figures_changed(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    callouts.place_board(street.session, callout_id=callout, chat_id=7, message_id=70)
    [due] = callouts.boards_due(street.session)
    assert (due.callout_id, due.chat_id, due.message_id) == (callout, 7, 70)
    shown(street, due)
    assert callouts.boards_due(street.session) == ()
    for answer in (Answer.COMING, Answer.LATER, Answer.CANNOT):
        street.answers(callout, volunteer, answer)
    [due] = callouts.boards_due(street.session)
    street.ended(callout)
    shown(street, due)
    [last] = callouts.boards_due(street.session)
    shown(street, last)
    shown(street, due)
    assert callouts.boards_due(street.session) == ()


def test_new_board_message_takes_the_place_of_the_old(street: Street) -> None:
    street.volunteers(1)
    callout = street.opens()
    for message in (70, 71):
        callouts.place_board(street.session, callout_id=callout, chat_id=7, message_id=message)
    callouts.place_board(street.session, callout_id=callout, chat_id=8, message_id=5)
    assert [(one.chat_id, one.message_id) for one in callouts.boards_due(street.session)] == [(7, 71), (8, 5)]
    callouts.remove_board(street.session, callout_id=callout, chat_id=8)
    assert [one.chat_id for one in callouts.boards_due(street.session)] == [7]


def test_board_of_nothing_says_so(street: Street) -> None:
    with pytest.raises(UnknownCallOut):
        street.board(1)


def test_forgotten_volunteer_leaves_only_a_count(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    street.answers(callout, volunteer, Answer.COMING, eta=5)
    [mine] = callouts.exported(street.session, volunteer)["asked"]
    assert (mine["callout_id"], mine["state"]) == (callout, "coming")
    callouts.forget(street.session, resident_id=volunteer, now=street.now)
    assert callouts.exported(street.session, volunteer) == {"asked": [], "called_out": []}
    figures = street.board(callout).figures
    assert (figures.asked, figures.coming, figures.released) == (1, 0, 1)
    assert street.ended(callout).told == ()


def mark(street: Street, callout: int, people: list[int]) -> None:
    callouts.mark_delivered(street.session, callout_id=callout, resident_ids=people, at=street.now)


def shown(street: Street, due: DueBoard) -> None:
    callouts.board_shown(street.session, callout_id=due.callout_id, chat_id=due.chat_id, version=due.version)
