"""A volunteer's taps: each can be changed until stand-down, and the same again changes nothing."""

from datetime import timedelta

import pytest
from callout_street import NOW, Street
from sqlalchemy import event

from bot import callouts
from bot.callouts import Answer, AskState, BadMinutes, Closed, NotArrived, NotAsked, UnknownCallOut
from points.activities import synchronise_activities


def test_answers_can_be_changed_and_each_change_is_kept(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    for answer in (Answer.COMING, Answer.LATER, Answer.CANNOT, Answer.COMING):
        said = street.answers(callout, volunteer, answer)
        assert (said.state, said.changed) == (answer.state, True)
    assert street.history(callout, volunteer) == ["queued", "coming", "later", "cannot", "coming"]


def test_second_tap_of_the_same_answer_changes_nothing(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    street.answers(callout, volunteer, Answer.COMING, eta=10)
    version = street.board(callout).version
    for eta in (10, None):
        again = street.answers(callout, volunteer, Answer.COMING, eta=eta)
        assert (again.changed, again.eta_at) == (False, NOW + timedelta(minutes=10))
    assert street.board(callout).version == version
    assert street.history(callout, volunteer) == ["queued", "coming"]


def test_arrival_time_is_kept_while_coming_and_gone_with_the_promise(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    street.answers(callout, volunteer, Answer.COMING, eta=5)
    street.later(minutes=1)
    assert street.answers(callout, volunteer, Answer.COMING).eta_at == NOW + timedelta(minutes=5)
    assert street.answers(callout, volunteer, Answer.COMING, eta=20).eta_at == NOW + timedelta(minutes=21)
    assert street.answers(callout, volunteer, Answer.LATER).eta_at is None
    assert street.answers(callout, volunteer, Answer.COMING).eta_at is None


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_minutes_must_be_a_time_somebody_can_need(street: Street, minutes: int) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    with pytest.raises(BadMinutes):
        street.answers(callout, volunteer, Answer.COMING, eta=minutes)


def test_who_was_never_asked_answers_nothing(street: Street) -> None:
    street.volunteers(1)
    stranger = street.resident("Stranger")
    callout = street.opens()
    with pytest.raises(NotAsked):
        street.answers(callout, stranger, Answer.COMING)
    with pytest.raises(NotAsked):
        street.arrives(callout, stranger)
    with pytest.raises(UnknownCallOut):
        street.answers(callout + 1, stranger, Answer.COMING)


def test_arriving_needs_no_answer_before(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    assert street.arrives(callout, volunteer).state is AskState.ARRIVED
    assert not street.arrives(callout, volunteer).changed
    for answer in (Answer.COMING, Answer.LATER):
        assert not street.answers(callout, volunteer, answer).changed
    assert street.answers(callout, volunteer, Answer.CANNOT).state is AskState.CANNOT
    with pytest.raises(NotArrived):
        street.finishes(callout, volunteer)


def test_done_pays_once_for_the_whole_minutes_since_arrival(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    street.arrives(callout, volunteer)
    street.now += timedelta(minutes=30, seconds=59)
    done = street.finishes(callout, volunteer)
    assert done.award
    assert (done.minutes, done.award.amount, done.award.balance) == (30, 20 + 30, 50)
    street.later(minutes=5)
    again = street.finishes(callout, volunteer)
    assert (again.changed, again.minutes, again.award) == (False, 30, None)
    assert street.answers(callout, volunteer, Answer.CANNOT).state is AskState.DONE
    assert street.ended(callout).awards == ()


def test_done_comes_after_arrived(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    street.answers(callout, volunteer, Answer.COMING)
    with pytest.raises(NotArrived) as told:
        street.finishes(callout, volunteer)
    assert told.value.state is AskState.COMING


def test_exercise_pays_nothing(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens(street.draft().as_exercise())
    assert street.arrives(callout, volunteer).exercise
    done = street.finishes(callout, volunteer)
    assert (done.changed, done.award) == (True, None)
    assert street.ended(callout).awards == ()


def test_neighbourhood_without_the_rule_pays_nothing(street: Street) -> None:
    [volunteer, other] = street.volunteers(2)
    synchronise_activities(street.session, [], street.now)
    callout = street.opens()
    for who in (volunteer, other):
        street.arrives(callout, who)
    assert street.finishes(callout, volunteer).award is None
    assert street.ended(callout).awards == ()


def test_nothing_is_answered_after_stand_down(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens(street.draft().as_exercise())
    street.ended(callout)
    for tap in (
        lambda: street.answers(callout, volunteer, Answer.COMING),
        lambda: street.arrives(callout, volunteer),
        lambda: street.finishes(callout, volunteer),
    ):
        with pytest.raises(Closed) as told:
            tap()
        assert told.value.exercise


def test_typed_answers_find_the_latest_open_call_out(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    first, second = street.opens(), street.opens(street.draft("gas-leak"))
    street.answers(second, volunteer, Answer.LATER)
    mine = callouts.my_open_asks(street.session, volunteer)
    assert [(one.callout_id, one.state) for one in mine] == [
        (second, AskState.LATER),
        (first, AskState.QUEUED),
    ]
    street.ended(second)
    assert [one.callout_id for one in callouts.my_open_asks(street.session, volunteer)] == [first]


def test_an_answer_takes_at_most_five_statements(street: Street) -> None:
    [volunteer] = street.volunteers(1)
    callout = street.opens()
    street.session.flush()
    ran: list[str] = []
    engine = street.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *one: ran.append(one[2]))
    callouts.answer(
        street.session, callout_id=callout, resident_id=volunteer, answer=Answer.COMING, now=street.now
    )
    assert len(ran) <= 5
