"""The second coordinator: when one is needed, who may be it, and what happens without."""

import pytest
from callout_street import RULES, Street

from bot import callouts
from bot.callouts import (
    AlreadyDecided,
    ApprovalLapsed,
    AwaitingApproval,
    CallOutState,
    Closed,
    Level,
    NotAsked,
    Opened,
    SamePerson,
)
from bot.community import NotAllowed


@pytest.fixture
def waiting(street: Street) -> int:
    """Give a red call-out to more people than one coordinator may ask alone."""
    street.volunteers(4)
    return street.waits()


def approve(street: Street, callout: int, by: int) -> Opened:
    return callouts.approve(street.session, callout_id=callout, coordinator_id=by, now=street.now)


def refuse(street: Street, callout: int, by: int) -> callouts.Refused:
    return callouts.refuse(street.session, callout_id=callout, coordinator_id=by, now=street.now)


def send_now(street: Street, callout: int, by: int) -> Opened:
    return callouts.send_now(street.session, callout_id=callout, coordinator_id=by, now=street.now)


def test_only_red_to_many_needs_a_second_person(street: Street) -> None:
    street.volunteers(3)
    assert not street.preview(street.draft("flood")).needs_second
    street.volunteers(1)
    shown = street.preview(street.draft("flood"))
    assert (shown.needs_second, shown.second_people) == (True, (street.jun,))
    assert not street.preview(street.draft("flood").with_level(Level.ORANGE)).needs_second
    assert street.preview(street.draft("flood").as_exercise()).needs_second


def test_nobody_is_asked_while_it_waits(street: Street) -> None:
    volunteer, *_ = street.volunteers(4)
    sent = street.send(street.draft("flood"), key="red")
    assert isinstance(sent, AwaitingApproval)
    assert [one.resident_id for one in sent.second_people] == [street.jun]
    assert (sent.callout.people, sent.callout.state) == (4, CallOutState.AWAITING)
    callout = sent.callout.callout_id
    assert street.board(callout).figures.asked == 0
    with pytest.raises(NotAsked):
        street.arrives(callout, volunteer)
    with pytest.raises(Closed):
        street.stands_down(callout)
    again = street.send(street.draft("flood"), key="red")
    assert isinstance(again, AwaitingApproval)
    assert again.replayed


def test_second_coordinator_sends_it(street: Street, waiting: int) -> None:
    opened = approve(street, waiting, street.jun)
    assert len(opened.asked) == 4
    assert opened.decided_by
    assert (opened.decided_by.resident_id, opened.callout.review_open) == (street.jun, False)
    with pytest.raises(AlreadyDecided) as told:
        approve(street, waiting, street.jun)
    assert (told.value.by, told.value.state) == (street.jun, CallOutState.OPEN)
    assert street.board(waiting).figures.asked == 4


def test_first_coordinator_is_never_the_second(street: Street, waiting: int) -> None:
    for decide in (approve, refuse):
        with pytest.raises(SamePerson):
            decide(street, waiting, street.mei)


def test_coordinator_of_another_grid_decides_nothing_here(street: Street, waiting: int) -> None:
    for decide in (approve, refuse, send_now):
        with pytest.raises(NotAllowed):
            decide(street, waiting, street.far)


def test_refused_call_out_goes_to_nobody(street: Street, waiting: int) -> None:
    refused = refuse(street, waiting, street.jun)
    assert refused.callout.state is CallOutState.REFUSED
    for decide, who in ((approve, street.jun), (send_now, street.mei)):
        with pytest.raises(AlreadyDecided):
            decide(street, waiting, who)
    assert street.board(waiting).figures.asked == 0


def test_unanswered_it_lapses_once(street: Street, waiting: int) -> None:
    assert callouts.lapse_approval(street.session, callout_id=waiting, now=street.now) is None
    street.later(minutes=RULES.approval_minutes)
    with pytest.raises(ApprovalLapsed):
        approve(street, waiting, street.jun)
    lapsed = callouts.lapse_approval(street.session, callout_id=waiting, now=street.now)
    assert lapsed
    assert lapsed.callout.state is CallOutState.LAPSED
    assert callouts.lapse_approval(street.session, callout_id=waiting, now=street.now) is None
    for decide, who in ((approve, street.jun), (refuse, street.jun), (send_now, street.mei)):
        with pytest.raises(ApprovalLapsed):
            decide(street, waiting, who)


def test_danger_to_life_goes_out_at_once_and_opens_a_review(street: Street, waiting: int) -> None:
    opened = send_now(street, waiting, street.mei)
    assert (len(opened.asked), opened.callout.review_open) == (4, True)
    assert {one.resident_id for one in opened.coordinators} == {street.mei, street.jun}
    with pytest.raises(AlreadyDecided):
        approve(street, waiting, street.jun)


def test_another_coordinator_approves_rather_than_sending_alone(street: Street, waiting: int) -> None:
    with pytest.raises(NotAllowed):
        send_now(street, waiting, street.jun)


def test_draft_can_be_sent_alone_and_a_second_tap_sends_nothing_more(street: Street) -> None:
    street.volunteers(4)
    alone = {"draft": street.draft("flood"), "key": "now", "coordinator_id": street.mei, "rules": RULES}
    first = callouts.send_alone(street.session, **alone, now=street.now)
    second = callouts.send_alone(street.session, **alone, now=street.now)
    assert (first.callout.review_open, len(first.asked)) == (True, 4)
    assert (second.replayed, second.callout.callout_id) == (True, first.callout.callout_id)


def test_small_call_out_sent_alone_needs_no_review(street: Street) -> None:
    street.volunteers(1)
    alone = {"draft": street.draft("flood"), "key": "now", "coordinator_id": street.mei, "rules": RULES}
    assert not callouts.send_alone(street.session, **alone, now=street.now).callout.review_open
