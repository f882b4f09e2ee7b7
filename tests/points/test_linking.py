"""Postings of one link succeed or fail together, and each hears exactly why."""

from dataclasses import replace

import pytest
from ledger_asked import NOON, SHANGHAI, award_of, earned, earns, gift_of, held, mends, reasons
from sqlmodel import Session

from points import (
    LinkRefused,
    NotEnoughPoints,
    Posted,
    Refused,
    SameAccount,
    place_hold,
    post,
    post_linked,
    resident_account,
    verify,
)


def available(session: Session, *who: int) -> list[int]:
    return [held(session, each).available for each in who]


def test_what_is_linked_is_posted_together(session: Session) -> None:
    posted = post_linked(
        session,
        [award_of(session, 1, 20, "a"), gift_of(session, 1, 2, 20, "g")],
        NOON,
        zone=SHANGHAI,
    )
    assert [one.replayed for one in posted] == [False, False]
    assert available(session, 1, 2) == [0, 20]
    assert verify(session).problems == ()


def test_one_refusal_refuses_its_link_and_nobody_else(session: Session) -> None:
    outcomes = post(
        session,
        [
            gift_of(session, 1, 2, 5, "too early", link="x"),
            award_of(session, 1, 20, "award"),
            replace(award_of(session, 1, 20, "linked award"), link="y"),
            gift_of(session, 1, 2, 40, "linked gift", link="y"),
            gift_of(session, 1, 2, 1, "gift"),
            gift_of(session, 1, 2, 100, "too much", link="y"),
        ],
        NOON,
        zone=SHANGHAI,
    )
    kinds = [type(one.reason) if isinstance(one, Refused) else None for one in outcomes]
    assert kinds == [NotEnoughPoints, None, LinkRefused, LinkRefused, None, NotEnoughPoints]
    linked = outcomes[2]
    assert isinstance(linked, Refused)
    assert isinstance(linked.reason, LinkRefused)
    assert linked.reason.of == "too much"
    assert available(session, 1, 2) == [19, 1]
    assert sum(earned(session).values()) == 20 * 5
    assert verify(session).problems == ()


def test_the_reason_of_a_refused_link_is_raised(session: Session) -> None:
    with pytest.raises(NotEnoughPoints):
        post_linked(
            session,
            [award_of(session, 1, 20, "a"), gift_of(session, 1, 2, 21, "g")],
            NOON,
            zone=SHANGHAI,
        )
    assert verify(session).transfers == 0


def test_linked_again_is_answered_with_the_first(session: Session) -> None:
    asked = [award_of(session, 1, 20, "a"), gift_of(session, 1, 2, 20, "g")]
    first = post_linked(session, asked, NOON, zone=SHANGHAI)
    again = post_linked(session, asked, NOON, zone=SHANGHAI)
    assert again == [replace(one, replayed=True) for one in first]
    assert available(session, 1, 2) == [0, 20]


def test_who_comes_late_to_a_link_is_refused(session: Session) -> None:
    first = replace(award_of(session, 1, 20, "a"), link="x")
    late = gift_of(session, 1, 2, 1, "g", link="x")
    assert reasons(session, first) == [None]
    known, refused = post(session, [first, late], NOON, zone=SHANGHAI)
    assert isinstance(known, Posted)
    assert known.replayed
    assert isinstance(refused, Refused)
    assert isinstance(refused.reason, LinkRefused)
    assert refused.reason.of == "a"
    with pytest.raises(LinkRefused):
        post_linked(session, [first, late], NOON, zone=SHANGHAI)
    assert available(session, 1, 2) == [20, 0]


def test_a_refused_link_gives_back_its_hold_its_reversal_and_its_keys(session: Session) -> None:
    first = earns(session, 1, 20, "a")
    account = resident_account(session, 1)
    hold = place_hold(session, account=account, amount=15, key="h", now=NOON)
    taken = replace(gift_of(session, 1, 2, 15, "c", link="x"), hold=hold)
    bad = replace(taken, key="bad", debit=account, credit=account, hold=None)
    assert reasons(session, taken, bad) == [LinkRefused, SameAccount]
    assert (held(session, 1).available, held(session, 1).held) == (5, 15)
    assert reasons(session, replace(taken, link=None)) == [None]
    mends(session, first, "mend")
    assert available(session, 1, 2) == [0, 15]
    assert held(session, 1).owed == 15
    assert verify(session).problems == ()


def test_the_same_posting_twice_in_a_link_is_posted_once(session: Session) -> None:
    award = award_of(session, 1, 20, "a")
    first, second = post_linked(session, [award, award], NOON, zone=SHANGHAI)
    assert (first.replayed, second) == (False, replace(first, replayed=True))
    assert available(session, 1) == [20]
    doomed = [replace(award_of(session, 1, 5, key), link="x") for key in ("b", "b")]
    assert reasons(session, *doomed, gift_of(session, 1, 2, 99, "g", link="x")) == [
        LinkRefused,
        LinkRefused,
        NotEnoughPoints,
    ]
    assert available(session, 1) == [20]
