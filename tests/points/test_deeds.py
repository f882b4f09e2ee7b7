"""Deeds: who may decide, how often they pay, what is flagged, and what stays of whom."""

from dataclasses import replace

import pytest
from deed_street import BOUNDS, NO_BOUNDS, VISIT, Street, open_street
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points_town import NOON
from sqlalchemy import select
from sqlmodel import Session

from points import Multiplier, PointsError, UnknownActivity, synchronise_activities, verify
from points.deeds import (
    LISTED_FOR,
    Bounds,
    DeedDecided,
    DeedState,
    Doubt,
    Facts,
    HowLong,
    HowMany,
    Look,
    NotAskedBack,
    NothingSaid,
    NotListed,
    Origin,
    OwnDeed,
    PaysByItself,
    Proof,
    QuestionOpen,
    SecondPersonNeeded,
    TooClose,
    UnknownDeed,
    Why,
    alike,
    deed,
    exported_deeds,
    forget_deeds,
    listed_deeds,
    object_to,
    reject,
    reopen_deeds,
)
from points.deeds.models import deeds
from points.models import transfers

PICTURE = "0123456789abcdef0123456789abcdef"
LIGHTER = "0123456789abcdef0123456789abcdec"
ANOTHER = "fedcba98765432100123456789abcdef"
CAMERA = Proof(photo="file-1", likeness=PICTURE)


@pytest.fixture
def street(session: Session) -> Street:
    return open_street(session)


def test_a_deed_is_agreed_to_and_paid_once(street: Street) -> None:
    made = street.claims(1, "patrol", minutes=90)
    assert (made.state, made.worth, made.minutes) == (DeedState.CLAIMED, 15, 90)
    assert street.pays(made) is None
    assert street.agrees(made, 2).state is DeedState.APPROVED
    paid = street.pays(made)
    assert paid is not None
    assert (paid.amount, paid.balance) == (15, 15)
    assert street.pays(made) is None
    assert deed(street.session, made.deed_id).state is DeedState.PAID
    [transfer] = street.session.execute(select(transfers)).all()
    assert (transfer.key, transfer.team, transfer.household) == (f"deed:{made.deed_id}", "core", "h9")
    assert verify(street.session).problems == ()


def test_the_same_key_is_the_same_deed(street: Street) -> None:
    assert street.claims(1, key="k").deed_id == street.claims(1, "patrol", key="k").deed_id


@pytest.mark.parametrize("minutes", [None, 0, -5, 24 * 60 + 1])
def test_what_earns_by_the_hour_needs_minutes_of_one_day(street: Street, minutes: int | None) -> None:
    with pytest.raises(HowLong):
        street.claims(1, "patrol", minutes=minutes)


@pytest.mark.parametrize("units", [None, 0, -1, 1001])
def test_what_earns_by_the_unit_needs_a_number_of_things(street: Street, units: int | None) -> None:
    with pytest.raises(HowMany):
        street.claims(1, "litter", units=units)


def test_units_are_paid_by_the_unit(street: Street) -> None:
    made = street.claims(1, "litter", units=3)
    assert (made.worth, made.units, made.unit_names) == (12, 3, {"en": "bags"})
    street.agrees(made, 2)
    paid = street.pays(made)
    assert paid is not None
    assert paid.amount == 12


def test_an_activity_of_two_people_needs_two_whatever_it_is_worth(street: Street) -> None:
    made = street.claims(1, "carried")
    assert street.agrees(made, 2).state is DeedState.CLAIMED
    assert street.agrees(made, 3).state is DeedState.APPROVED


def test_the_time_that_counts_is_when_it_was_claimed(street: Street) -> None:
    made = street.claims(1, "morning")
    street.passes(hours=5)
    street.agrees(made, 2)
    paid = street.pays(made)
    assert paid is not None
    assert (paid.amount, paid.outside) == (15, False)


def test_what_the_months_budget_cannot_give_comes_later(street: Street) -> None:
    street.pays(street.agrees(street.claims(2, "rescue"), 3), budget=250)
    made = street.agrees(street.claims(1, "rescue"), 3)
    paid = street.pays(made, budget=250)
    assert paid is not None
    assert paid.waiting_until is not None
    assert (paid.amount, paid.balance, street.has(1)) == (200, 0, 0)
    assert street.pays(made) is None


def test_who_gets_more_for_it_needs_a_second_person_sooner(street: Street) -> None:
    first = replace(VISIT, multiplier=Multiplier(first_time_percent=200))
    synchronise_activities(street.session, [first], NOON)
    made = street.claims(1, "visit", facts=Facts(areas=("b1",)))
    assert made.worth == 30
    assert street.agrees(made, 2, Bounds(two_people_over=20)).state is DeedState.CLAIMED


def test_minutes_that_do_not_count_are_not_kept(street: Street) -> None:
    assert street.claims(1, "visit", minutes=90).minutes is None


def test_nobody_claims_what_pays_by_itself_but_a_coordinator_may_award_it(street: Street) -> None:
    with pytest.raises(PaysByItself):
        street.claims(1, "callout")
    assert street.claims(1, "callout", origin=Origin.AWARD).worth == 20
    with pytest.raises(UnknownActivity):
        street.claims(1, "nothing")


@pytest.mark.parametrize("act", ["agrees", "rejects", "asks"])
def test_nobody_decides_on_their_own_or_their_households_deed(street: Street, act: str) -> None:
    made = street.claims(1)
    with pytest.raises(OwnDeed) as own:
        getattr(street, act)(made, 1)
    assert not own.value.household
    moved_out = replace(made, household="h2")
    street.session.execute(deeds.update().values(household="h2"))
    with pytest.raises(OwnDeed) as own:
        getattr(street, act)(moved_out, 2)
    assert own.value.household
    assert deed(street.session, made.deed_id).state is DeedState.CLAIMED


def test_the_first_decides_and_others_hear_who_it_was(street: Street) -> None:
    made = street.claims(1)
    street.rejects(made, 2)
    for act in (street.agrees, street.rejects, street.asks):
        with pytest.raises(DeedDecided) as before:
            act(made, 3)
        assert (before.value.by, before.value.state, before.value.at) == (2, DeedState.REJECTED, NOON)
    assert street.pays(made) is None


@pytest.mark.parametrize("words", ["", "   ", "x" * 501])
def test_a_reason_a_question_an_objection_say_something(street: Street, words: str) -> None:
    made = street.claims(1, "rescue")
    for act in (street.rejects, street.asks):
        with pytest.raises(NothingSaid):
            act(made, 2, words)
    street.agrees(made, 2, Bounds(public_over=50))
    with pytest.raises(NothingSaid):
        street.objects(made, 3, words)


def test_a_usual_reason_needs_no_words(street: Street) -> None:
    made = street.claims(1)
    said = reject(
        street.session, deed_id=made.deed_id, by=2, household="h2", why=Why.TWICE, reason=None, now=NOON
    )
    assert (said.why, said.reason) == (Why.TWICE, None)


def test_asked_back_and_answered_as_often_as_needed(street: Street) -> None:
    made = street.claims(1)
    with pytest.raises(NotAskedBack):
        street.answers(made, 1, Proof(note="Nobody asked"))
    asked = street.asks(made, 2)
    assert (asked.state, asked.question, asked.asked_by) == (DeedState.ASKED, "When was it?", 2)
    with pytest.raises(NotAskedBack):
        street.answers(made, 3, Proof(note="I know"))
    with pytest.raises(NothingSaid):
        street.answers(made, 1, Proof())
    told = street.answers(made, 1, Proof(note="On Monday"))
    assert (told.state, told.answer, told.round) == (DeedState.CLAIMED, "On Monday", 2)
    street.asks(made, 3, "And a picture?")
    told = street.answers(made, 1, CAMERA)
    assert (told.photo, told.answer, told.round, told.note) == ("file-1", None, 4, None)
    street.asks(made, 3, "One more?")
    with pytest.raises(QuestionOpen) as refused:
        street.asks(made, 2, "And I?")
    assert (refused.value.by, refused.value.question) == (3, "One more?")
    assert street.asks(made, 3, "I mean, where?").question == "I mean, where?"
    assert street.agrees(made, 2).state is DeedState.APPROVED
    with pytest.raises(DeedDecided):
        street.answers(made, 1, Proof(note="Too late"))


def test_what_is_worth_much_needs_two_different_people(street: Street) -> None:
    made = street.claims(1, "rescue")
    first = street.agrees(made, 2, Bounds(two_people_over=100))
    assert (first.state, first.verifier, first.decided_by) == (DeedState.CLAIMED, 2, None)
    assert street.pays(made) is None
    with pytest.raises(SecondPersonNeeded):
        street.agrees(made, 2, Bounds(two_people_over=100))
    second = street.agrees(made, 3, Bounds(two_people_over=100))
    assert (second.state, second.verifier, second.decided_by) == (DeedState.APPROVED, 2, 3)


def test_exactly_at_the_bound_one_person_is_enough(street: Street) -> None:
    bounds = Bounds(two_people_over=200, public_over=200)
    assert street.agrees(street.claims(1, "rescue"), 2, bounds).state is DeedState.APPROVED


def test_two_who_verify_each_other_need_a_third_for_thirty_days(street: Street) -> None:
    assert street.agrees(street.claims(1), 2).state is DeedState.APPROVED
    back = street.claims(2)
    first = street.agrees(back, 1)
    assert first.state is DeedState.CLAIMED
    assert [flag.look for flag in first.flags] == [Look.CIRCLE]
    assert street.agrees(back, 3).state is DeedState.APPROVED
    street.passes(days=31)
    assert street.agrees(street.claims(2), 1).state is DeedState.APPROVED


def test_the_second_person_is_close_to_the_claimant_as_little_as_one_alone(street: Street) -> None:
    street.agrees(street.claims(1), 2)
    made = street.claims(2, "rescue")
    street.agrees(made, 3, Bounds(two_people_over=100))
    with pytest.raises(TooClose):
        street.agrees(made, 1, Bounds(two_people_over=100))
    assert street.agrees(made, 4, Bounds(two_people_over=100)).decided_by == 4
    later = street.claims(2, "rescue")
    street.agrees(later, 3, Bounds(two_people_over=100))
    street.passes(days=31)
    assert street.agrees(later, 1, Bounds(two_people_over=100)).decided_by == 1


def test_a_rejection_makes_no_circle(street: Street) -> None:
    street.rejects(street.claims(1), 2)
    assert street.agrees(street.claims(2), 1).state is DeedState.APPROVED


def test_half_an_agreement_makes_a_circle_too(street: Street) -> None:
    street.agrees(street.claims(1, "rescue"), 2, Bounds(two_people_over=100))
    assert street.agrees(street.claims(2), 1).state is DeedState.CLAIMED


def test_the_same_picture_is_flagged_with_when_and_by_whom_and_never_refused(street: Street) -> None:
    street.claims(1, proof=CAMERA)
    street.passes(days=7)
    [flag] = street.claims(2, proof=Proof(photo="file-2", likeness=LIGHTER)).flags
    assert (flag.look, flag.at, flag.own) == (Look.PHOTO, NOON, False)
    [flag] = street.claims(1, proof=CAMERA).flags
    assert (flag.at, flag.own) == (NOON, True)
    assert street.claims(3, proof=Proof(photo="file-3", likeness=ANOTHER)).flags == ()
    assert street.claims(3).flags == ()


def test_a_picture_sent_as_an_answer_is_looked_at_as_well(street: Street) -> None:
    street.claims(1, proof=CAMERA)
    made = street.claims(2)
    street.asks(made, 3)
    assert [flag.look for flag in street.answers(made, 2, CAMERA).flags] == [Look.PHOTO]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PICTURE, PICTURE, True),
        (PICTURE, LIGHTER, True),
        (PICTURE, ANOTHER, False),
        (PICTURE, PICTURE[:16], False),
        ("file:aa", "file:ab", False),
    ],
)
def test_likenesses(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


def test_the_tenth_deed_within_an_hour_is_flagged(street: Street) -> None:
    for _ in range(9):
        assert street.claims(1).flags == ()
    [flag] = street.claims(1).flags
    assert (flag.look, flag.count) == (Look.MANY, 10)
    assert street.claims(2).flags == ()
    street.passes(hours=1)
    assert street.claims(1).flags == ()


def test_what_is_listed_is_paid_after_its_days_and_not_before(street: Street) -> None:
    made = street.agrees(street.claims(1, "rescue"), 2, Bounds(public_over=50))
    assert (made.state, made.listed_until) == (DeedState.LISTED, NOON + LISTED_FOR)
    assert [one.deed_id for one in listed_deeds(street.session)] == [made.deed_id]
    street.passes(days=2, hours=23)
    assert street.pays(made) is None
    street.passes(hours=1)
    with pytest.raises(NotListed):
        street.objects(made, 3)
    paid = street.pays(made)
    assert paid is not None
    assert paid.amount == 200
    assert (street.pays(made), listed_deeds(street.session)) == (None, ())


@pytest.mark.parametrize(("post", "state"), [(True, DeedState.APPROVED), (False, DeedState.REJECTED)])
def test_an_objection_holds_the_points_until_somebody_decides(
    street: Street, post: bool, state: DeedState
) -> None:
    made = street.agrees(street.claims(1, "rescue"), 2, Bounds(public_over=50))
    with pytest.raises(OwnDeed):
        street.objects(made, 1)
    assert street.objects(made, 3).state is DeedState.OBJECTED
    with pytest.raises(NotListed):
        street.objects(made, 4)
    street.passes(days=30)
    assert street.pays(made) is None
    for who in (1, 3):
        with pytest.raises(OwnDeed):
            street.settles(made, who, post=post)
    assert street.settles(made, 5, post=post).state is state
    with pytest.raises(DeedDecided):
        street.settles(made, 6, post=not post)
    assert (street.pays(made) is not None) is post
    assert street.has(1) == (200 if post else 0)


def test_nobody_settles_what_nobody_objected_to(street: Street) -> None:
    with pytest.raises(DeedDecided):
        street.settles(street.claims(1), 2, post=True)
    with pytest.raises(NotListed):
        object_to(street.session, deed_id=street.claims(1).deed_id, by=2, doubt=Doubt.TIME, now=NOON)
    with pytest.raises(UnknownDeed):
        deed(street.session, 4711)


def test_what_was_claimed_by_a_rule_that_is_retired_meanwhile_is_paid_by_it(street: Street) -> None:
    made = street.agrees(street.claims(1, "rescue"), 2)
    synchronise_activities(street.session, [VISIT], NOON)
    paid = street.pays(made)
    assert paid is not None
    assert paid.amount == 200
    assert deed(street.session, made.deed_id).names["en"] == "Rescue"
    assert deed(street.session, made.deed_id).state is DeedState.PAID
    assert verify(street.session).problems == ()


def test_who_is_forgotten_leaves_numbers_only(street: Street) -> None:
    paid = street.claims(1, proof=Proof(note="For Mrs Li", photo="file-1", likeness=PICTURE, place=(1, 2)))
    street.agrees(paid, 2)
    street.pays(paid)
    waiting = street.claims(1, "rescue")
    street.asks(waiting, 2, "Which Mrs Li?")
    assert len(exported_deeds(street.session, 1)["mine"]) == 2
    assert forget_deeds(street.session, resident_id=1) == (waiting.deed_id,)
    assert exported_deeds(street.session, 1)["mine"] == []
    kept = street.session.execute(select(deeds)).all()
    assert not [one for one in kept if one.note or one.photo or one.likeness or one.lat or one.question]
    assert {one.resident for one in kept} == {None}
    assert [one.state for one in kept] == [DeedState.PAID, DeedState.WITHDRAWN]
    with pytest.raises(DeedDecided):
        street.agrees(waiting, 2)
    assert street.claims(2, proof=CAMERA).flags == ()


def test_a_verifier_who_is_forgotten_takes_their_words_along(street: Street) -> None:
    asked, said, listed = street.claims(1), street.claims(1), street.claims(1, "rescue")
    street.asks(asked, 2, "From Guo")
    street.rejects(said, 2, "Guo says no")
    street.agrees(listed, 3, Bounds(public_over=50))
    street.objects(listed, 2, "Guo doubts it")
    assert exported_deeds(street.session, 2)["questions"] == ["From Guo"]
    assert exported_deeds(street.session, 2)["reasons"] == ["Guo says no"]
    assert exported_deeds(street.session, 1)["mine"][2]["objection"] == "Guo doubts it"
    assert exported_deeds(street.session, 2)["objections"][0]["objection"] == "Guo doubts it"
    assert forget_deeds(street.session, resident_id=2) == ()
    assert "Guo" not in repr(street.session.execute(select(deeds)).all())
    assert deed(street.session, listed.deed_id).state is DeedState.OBJECTED
    assert street.settles(listed, 5, post=True).state is DeedState.APPROVED


def test_a_ring_of_up_to_four_asks_for_a_second_person_for_a_month(street: Street) -> None:
    for who, by in ((1, 2), (2, 3), (3, 4)):  # 2 agrees for 1, 3 for 2, 4 for 3
        assert not street.agrees(street.claims(who), by).is_open
    closing = street.claims(4)
    ring = street.agrees(closing, 1)
    assert (ring.is_open, [flag.look for flag in ring.flags]) == (True, [Look.RING])
    assert street.agrees(closing, 5).state is DeedState.APPROVED
    assert not street.agrees(street.claims(5), 1).is_open  # a ring of five is chance
    street.passes(days=31)
    assert not street.agrees(street.claims(4), 1).is_open


def test_what_a_forgotten_verifier_began_begins_anew(street: Street) -> None:
    asked, half, others = street.claims(1), street.claims(1, "carried"), street.claims(1, "carried")
    street.asks(asked, 2, "When?")
    street.agrees(half, 2)
    street.agrees(others, 3)
    assert reopen_deeds(street.session, verifier_id=2) == (asked.deed_id, half.deed_id)
    forget_deeds(street.session, resident_id=2)
    now = [deed(street.session, one.deed_id) for one in (asked, half, others)]
    assert [one.state for one in now] == [DeedState.CLAIMED] * 3
    assert [(one.round, one.verifier) for one in now] == [(2, None), (1, None), (0, 3)]
    with pytest.raises(NotAskedBack):
        street.answers(asked, 1, Proof(note="On Monday"))
    assert street.agrees(half, 4).is_open
    assert street.agrees(half, 5).state is DeedState.APPROVED


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["agrees", "rejects", "asks", "answers", "objects", "settles", "pays"]),
        st.integers(1, 4),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, bounded=st.booleans())
def test_whatever_is_tapped_in_whatever_order_a_deed_pays_at_most_once_and_never_by_its_doer(
    street: Street, acts: list[tuple[str, int]], bounded: bool
) -> None:
    before = street.has(1)
    made = street.claims(1, "rescue")
    for act, who in acts:
        try:
            _do(street, act, made.deed_id, who, bounded)
        except PointsError:
            continue
        if act in {"agrees", "rejects", "asks", "settles"}:
            assert who != 1
    after, state = street.has(1) - before, deed(street.session, made.deed_id)
    assert after == (200 if state.state is DeedState.PAID else 0)
    if state.state is DeedState.PAID and bounded and state.objector is None:
        assert state.verifier != state.decided_by


def _do(street: Street, act: str, deed_id: int, who: int, bounded: bool) -> None:
    now = deed(street.session, deed_id)
    if act == "agrees":
        street.agrees(now, who, BOUNDS if bounded else NO_BOUNDS)
    elif act == "answers":
        street.answers(now, who, Proof(note="Yes"))
    elif act == "settles":
        street.settles(now, who, post=True)
    elif act == "pays":
        street.passes(days=1)
        street.pays(now)
    else:
        getattr(street, act)(now, who)
