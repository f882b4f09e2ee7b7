from dataclasses import replace

import pytest
from points_town import CALLOUT, GARDEN, NOON, RICE, SHANGHAI, Town
from sqlalchemy import select

from points import (
    AccountKind,
    Deserved,
    KeyConflict,
    Posting,
    TransferKind,
    UnknownActivity,
    award_all,
    community_account,
    current_activities,
    current_activity,
    exported,
    forget_owner,
    own_account,
    post_one,
    reverse,
    synchronise_activities,
    verify,
)
from points.earnings import nothing_awarded


@pytest.mark.parametrize(("minutes", "worth"), [(0, 20), (5, 20), (6, 21), (59, 29), (60, 30), (119, 39)])
def test_time_earns_by_whole_minutes_rounded_down(town: Town, minutes: int, worth: int) -> None:
    assert town.earns(1, activity="callout", minutes=minutes).amount == worth


def test_an_award_says_what_it_came_to(town: Town) -> None:
    first = town.earns(1, "c:1", activity="callout", minutes=60)
    assert (first.amount, first.balance, first.replayed, first.capped) == (30, 30, False, False)
    assert first.names["en"] == "Answered a call-out"
    assert town.earns(1, "c:1", activity="callout", minutes=60) == replace(first, replayed=True)


def test_a_key_that_paid_for_other_minutes_is_refused(town: Town) -> None:
    town.earns(1, "c:1", activity="callout", minutes=60)
    with pytest.raises(KeyConflict):
        town.earns(1, "c:1", activity="callout", minutes=61)


def test_a_cap_gives_what_is_left_of_it_and_then_nothing_until_the_next_local_day(town: Town) -> None:
    amounts = [town.earns(1, f"c:{n}", activity="callout", minutes=60).amount for n in range(4)]
    assert amounts == [30, 30, 20, 0]
    assert town.earns(1, "c:2", activity="callout", minutes=60).amount == 20  # replayed as it was
    town.passes(hours=12)  # past midnight in Shanghai
    assert town.earns(1, "c:5", activity="callout", minutes=60).amount == 30
    assert verify(town.session).problems == ()


def test_a_reversed_award_frees_its_share_of_the_cap(town: Town) -> None:
    first = town.earns(1, "c:0", activity="callout", minutes=360)
    assert (first.amount, first.capped) == (80, False)
    reverse(town.session, transfer_id=first.transfer_id or 0, key="mend", now=town.now, zone=SHANGHAI)
    assert town.earns(1, "c:1", activity="callout").amount == 20


def test_a_stand_down_pays_everybody_at_once_and_each_once(town: Town) -> None:
    deserved = [Deserved(who, f"callout:1:resident:{who}", minutes=60) for who in (1, 2, 3, 1)]
    paid = award_all(town.session, activity="callout", deserved=deserved, now=NOON, zone=SHANGHAI)
    assert [(one.resident_id, one.amount, one.balance) for one in paid] == [
        (1, 30, 30),
        (2, 30, 30),
        (3, 30, 30),
        (1, 30, 30),
    ]


def test_a_cap_counts_within_one_batch_too(town: Town) -> None:
    deserved = [Deserved(1, f"k:{n}", minutes=120) for n in range(3)]
    paid = award_all(town.session, activity="callout", deserved=deserved, now=NOON, zone=SHANGHAI)
    assert [(one.amount, one.capped) for one in paid] == [(40, False), (40, False), (0, True)]
    assert paid[2].transfer_id is None


def test_a_changed_rule_is_a_new_version_and_the_past_keeps_its_own(town: Town) -> None:
    town.earns(1, "before", activity="callout")
    dearer = replace(CALLOUT, points=5)
    synchronise_activities(town.session, [dearer, GARDEN], town.now)
    assert current_activity(town.session, "callout").version == 2
    assert town.earns(1, "after", activity="callout").amount == 5
    assert town.earns(1, "before", activity="callout").amount == 20
    assert verify(town.session).problems == ()


def test_a_renamed_activity_keeps_its_version(town: Town) -> None:
    synchronise_activities(town.session, [replace(CALLOUT, names={"*": "Helped"}), GARDEN], town.now)
    now = current_activity(town.session, "callout")
    assert (now.version, now.rule.names) == (1, {"*": "Helped"})


def test_a_removed_activity_pays_nothing_until_it_comes_back(town: Town) -> None:
    synchronise_activities(town.session, [GARDEN], town.now)
    assert [one.rule.code for one in current_activities(town.session)] == ["garden"]
    with pytest.raises(UnknownActivity):
        town.earns(1, activity="callout")
    town.set_up(rules=[CALLOUT, GARDEN], offers=[RICE])
    assert town.earns(1, activity="callout").amount == 20
    with pytest.raises(UnknownActivity):
        town.earns(1, activity="never-was")


def test_what_came_to_nothing_is_remembered_and_says_the_same_for_ever(town: Town) -> None:
    town.earns(1, "c:1", activity="callout", minutes=360)
    nothing = town.earns(1, "c:2", activity="callout", minutes=60)
    assert (nothing.amount, nothing.capped, nothing.replayed) == (0, True, False)
    town.passes(days=1)  # the cap is free again, and yet
    assert town.earns(1, "c:2", activity="callout", minutes=60) == replace(nothing, replayed=True)
    with pytest.raises(KeyConflict):
        town.earns(1, "c:2", activity="callout", minutes=61)
    with pytest.raises(KeyConflict):
        town.earns(2, "c:2", activity="callout", minutes=60)
    with pytest.raises(KeyConflict):
        town.earns(1, "c:2")
    assert verify(town.session).problems == ()


def test_a_transfer_under_the_key_of_what_came_to_nothing_is_named(town: Town) -> None:
    town.earns(1, "c:1", activity="callout", minutes=360)
    town.earns(1, "c:2", activity="callout", minutes=60)
    issued = community_account(town.session, AccountKind.ISSUED)
    gift = Posting("c:2", TransferKind.GIFT, issued, own_account(town.session, 1), 5)
    posted = post_one(town.session, gift, town.now, zone=SHANGHAI)
    [problem] = verify(town.session).problems
    assert problem.startswith(f"transfer {posted.transfer_id} has the key c:2, under which rule callout")


def test_of_nothing_and_something_in_one_batch_each_is_remembered(town: Town) -> None:
    deserved = [Deserved(1, f"k:{n}", minutes=240) for n in (0, 1, 2, 2)]
    paid = award_all(town.session, activity="callout", deserved=deserved, now=NOON, zone=SHANGHAI)
    assert [one.amount for one in paid] == [60, 20, 0, 0]
    again = award_all(town.session, activity="callout", deserved=deserved, now=NOON, zone=SHANGHAI)
    assert again == [replace(one, replayed=True, balance=80) for one in paid]


def test_what_came_to_nothing_is_handed_out_and_forgotten_with_its_owner(town: Town) -> None:
    town.earns(1, "c:1", activity="callout", minutes=360)
    town.earns(1, "c:2", activity="callout", minutes=60)
    [told] = exported(town.session, 1)["without_points"]
    assert (told["names"]["en"], told["minutes"]) == ("Answered a call-out", 60)
    forget_owner(town.session, 1, town.now)
    assert not town.session.connection().execute(select(nothing_awarded)).all()
