"""What expires, when, and of whom: once, in order, and never from merchants."""

from datetime import UTC, datetime

import pytest
from points_town import SHANGHAI, Town
from sqlalchemy import text

from points import (
    AccountKind,
    Expiring,
    Run,
    TransferKind,
    cancel,
    community_account,
    expire,
    expiring,
    forget_owner,
    month_start,
    open_account,
    reverse,
    total,
    verify,
)
from points import expiry as rules

YEAR = 12


def run(town: Town, month: str, *, expire_months: int = YEAR, begun: Run | None = None) -> int:
    """Do a whole run at the month's first moment, or later where it is later; give what was taken."""
    town.now = max(town.now, month_start(month, SHANGHAI))
    step, taken = begun or Run(month), 0
    while not step.over:
        done = expire(town.session, step, expire_months=expire_months, now=town.now, zone=SHANGHAI)
        step, taken = done.run, taken + done.points
    return taken


def warned(town: Town, month: str) -> list[Expiring]:
    after: int | None = 0
    found: list[Expiring] = []
    while after is not None:
        page = expiring(
            town.session, month=month, expire_months=YEAR, now=town.now, zone=SHANGHAI, after=after
        )
        found, after = [*found, *page.concerned], page.after
    return found


def test_what_was_not_spent_in_its_time_goes_when_the_month_after_begins(town: Town) -> None:
    town.earns(1)
    town.hands_over(town.redeems(1).code)
    assert town.stands(1, expire_months=YEAR).expiring_at == month_start("2027-04", SHANGHAI)
    assert run(town, "2027-03") == 0
    assert run(town, "2027-04") == 350
    assert town.stands(1).available == 0
    assert town.stands(1).entries[0].kind is TransferKind.EXPIRY
    expired = community_account(town.session, AccountKind.EXPIRED)
    assert total(town.session, expired) == 350
    assert verify(town.session).problems == ()


def test_a_run_again_takes_nothing_again(town: Town) -> None:
    town.earns(1)
    assert run(town, "2027-04") == 500
    town.passes(days=3)
    town.earns(1)
    assert run(town, "2027-04") == 0
    assert town.stands(1).available == 500


def test_missed_months_are_caught_up_in_order(town: Town) -> None:
    town.earns(1)
    town.passes(days=31)
    town.earns(1, activity="callout")
    town.now = datetime(2027, 6, 15, tzinfo=UTC)
    assert [run(town, month) for month in ("2027-04", "2027-05", "2027-06")] == [500, 20, 0]


def test_what_came_in_later_stays(town: Town) -> None:
    town.earns(1)
    town.passes(days=31)
    town.earns(1, activity="callout")
    assert run(town, "2027-04") == 500
    standing = town.stands(1, expire_months=YEAR)
    assert (standing.available, standing.expiring) == (20, 20)
    assert standing.expiring_at == month_start("2027-05", SHANGHAI)


def test_what_is_on_hold_is_kept_and_goes_when_it_is_given_back_in_its_old_time(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1)
    assert run(town, "2027-04") == 350
    assert town.stands(1).held == 150
    cancel(town.session, redemption_id=code.redemption_id, resident_id=1, now=town.now)
    standing = town.stands(1, expire_months=YEAR)
    assert (standing.expiring, standing.expiring_at) == (150, month_start("2027-05", SHANGHAI))
    assert run(town, "2027-05") == 150


def test_a_reversal_that_gives_points_back_gives_back_their_old_expiry(town: Town) -> None:
    town.earns(1)
    town.passes(days=31)
    town.earns(1, activity="callout")
    handed = town.hands_over(town.redeems(1).code)
    town.now = datetime(2027, 3, 20, tzinfo=UTC)
    reverse(town.session, transfer_id=handed.transfer_id, key="mend", now=town.now, zone=SHANGHAI)
    assert run(town, "2027-04") == 500
    assert town.stands(1).available == 20


def test_an_award_that_was_reversed_cannot_expire(town: Town) -> None:
    award = town.earns(1)
    town.earns(1, "another")
    reverse(town.session, transfer_id=award.transfer_id or 0, key="mend", now=town.now, zone=SHANGHAI)
    assert run(town, "2027-04") == 500
    assert town.stands(1).available == 0


def test_merchants_points_never_expire(town: Town) -> None:
    town.earns(1)
    town.hands_over(town.redeems(1).code)
    run(town, "2030-01")
    shop = open_account(town.session, AccountKind.MERCHANT, "corner-shop")
    assert total(town.session, shop) == 150


def test_those_concerned_and_no_others_hear_what_goes_at_that_month_alone(town: Town) -> None:
    town.earns(1)
    town.earns(2, activity="callout")
    town.hands_over(town.redeems(1).code)
    town.passes(days=31)
    town.earns(1, activity="callout")
    town.earns(3)
    town.now = datetime(2027, 1, 30, tzinfo=UTC)
    assert warned(town, "2027-03") == []
    assert warned(town, "2027-04") == [Expiring(1, 350), Expiring(2, 20)]
    assert warned(town, "2027-05") == [Expiring(1, 20), Expiring(3, 500)]  # March's run is still to come
    run(town, "2027-04")
    assert warned(town, "2027-05") == [Expiring(1, 20), Expiring(3, 500)]


def test_who_was_forgotten_is_not_told_and_leaves_nothing_behind(town: Town) -> None:
    town.earns(1)
    forget_owner(town.session, 1, town.now)
    assert warned(town, "2027-04") == []
    assert run(town, "2027-04") == 500


def test_what_one_run_passed_over_the_next_need_not_look_at(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PASSED_AT_ONCE", 2)
    for month in range(6):
        town.earns(1, f"garden in month {month}")
        town.passes(days=30)
    steps = [Run("2027-04")]
    town.now = month_start("2027-04", SHANGHAI)
    while not steps[-1].over:
        done = expire(town.session, steps[-1], expire_months=YEAR, now=town.now, zone=SHANGHAI)
        steps.append(done.run)
    assert steps[-1].first == 2  # the second was the first to come in later
    assert run(town, "2027-05", begun=steps[-1].next) == 500
    assert run(town, "2027-07", begun=Run("2027-07", "2026-04", 3)) == 1000


def test_where_points_live_longer_from_now_on_nothing_is_passed_over_wrongly(town: Town) -> None:
    town.earns(1)
    town.passes(days=31)
    town.earns(1, activity="callout")
    passed = Run("2027-05", cut="2026-04", first=3)  # of a run when points lived for a year
    assert run(town, "2027-05", expire_months=24, begun=passed) == 0
    assert run(town, "2028-04", expire_months=24, begun=Run("2028-04", cut="2026-04", first=3)) == 500


def test_where_points_never_expire_a_run_is_over_at_once(town: Town) -> None:
    town.earns(1)
    assert run(town, "2040-01", expire_months=0) == 0


def test_a_clock_that_was_ahead_for_a_while_makes_nothing_expire_too_early(town: Town) -> None:
    true = town.now
    town.now = datetime(2027, 2, 10, tzinfo=UTC)
    town.earns(1, "noted while the clock was a year ahead")
    town.now = true
    town.earns(1, "noted after it was set back", activity="callout")
    assert run(town, "2027-04") == 20
    assert town.stands(1).available == 500


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_run_in_small_steps_comes_to_the_same(
    town: Town, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "AT_ONCE", at_once)
    monkeypatch.setattr(rules, "TOLD_AT_ONCE", 1)
    for who in range(1, 6):
        town.earns(who, activity="callout" if who % 2 else "garden")
    assert [one.resident_id for one in warned(town, "2027-04")] == [1, 2, 3, 4, 5]
    assert run(town, "2027-04") == 1060
    keys = town.session.connection().execute(text("SELECT key FROM transfer WHERE kind = 'expiry'")).scalars()
    assert len(set(keys)) == 5
    assert verify(town.session).problems == ()
