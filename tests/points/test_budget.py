"""A month's budget: what it cannot give waits for the next, first come, first served, and is never lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from points_town import SHANGHAI, Town
from sqlalchemy import event, select, text

from points import (
    ActivityRule,
    Cap,
    KeyConflict,
    PaidLater,
    Per,
    PutOff,
    WaitingPaid,
    exported,
    forget_owner,
    raise_budget,
    reverse,
    verify,
)
from points.budget import FURTHEST, place
from points.earnings import budgets
from points.months import months_later

VISIT = ActivityRule("visit", {"en": "Visit"}, 20, 60)


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI).astimezone(UTC)  # type: ignore[misc, arg-type]


APRIL, MAY = local(2026, 4, 1), local(2026, 5, 1)


@pytest.fixture(autouse=True)
def settled(town: Town) -> None:
    town.rules(VISIT)


def month(town: Town, name: str) -> Any:
    query = select(budgets.c.issued, budgets.c.promised).where(budgets.c.month == name)
    row = town.session.connection().execute(query).one_or_none()
    return row and tuple(row)


def sound(town: Town) -> bool:
    return verify(town.session).problems == ()


def told(paid: WaitingPaid) -> list[tuple[type, int, int]]:
    return [(type(one), one.award.resident_id, one.award.amount) for one in paid.outcomes]


def test_what_the_budget_cannot_give_waits_for_the_first_of_next_month(town: Town) -> None:
    assert [town.did(who, budget=50).waiting_until for who in (1, 2)] == [None, None]
    late = town.did(3, "late", budget=50)
    assert (late.amount, late.balance, late.transfer_id) == (20, 0, None)
    assert late.waiting_until == APRIL
    assert (month(town, "2026-03"), month(town, "2026-04")) == ((40, 0), (0, 20))
    [waiting] = town.stands(3).waiting
    assert (waiting.amount, waiting.month, waiting.names) == (20, "2026-04", {"en": "Visit"})
    assert sound(town)


def test_the_same_key_again_waits_as_it_did_and_other_content_is_refused(town: Town) -> None:
    town.did(1, budget=20)
    first = town.did(2, "late", budget=20)
    again = town.did(2, "late", budget=10_000)
    assert (again.amount, again.waiting_until, again.replayed) == (20, APRIL, True)
    assert first.replayed is False
    with pytest.raises(KeyConflict):
        town.did(2, "late", budget=20, minutes=7)
    assert month(town, "2026-04") == (0, 20)


def test_once_somebody_waits_nobody_overtakes_by_asking_for_less(town: Town) -> None:
    town.did(1, budget=100)
    assert town.did(2, minutes=70, budget=100).waiting_until == APRIL  # 90 of the 80 that are left
    assert town.did(3, budget=100).waiting_until == MAY  # 20 would fit in March, but not behind 90 in April
    assert town.did(4, budget=1000).waiting_until == MAY
    assert sound(town)


def test_a_batch_is_served_in_its_order(town: Town) -> None:
    from points import Deserved  # noqa: PLC0415

    awards = town.does(*(Deserved(who, f"k{who}") for who in range(1, 6)), budget=50)
    assert [one.waiting_until for one in awards] == [None, None, APRIL, APRIL, MAY]
    assert sound(town)


def test_the_first_of_the_month_pays_who_waited_and_their_keys_stay_theirs(town: Town) -> None:
    town.did(1, budget=20)
    town.did(2, "late", budget=20, minutes=0, household="h9")
    assert told(town.pays_waiting(20)) == []
    town.now = APRIL
    assert told(town.pays_waiting(20)) == [(PaidLater, 2, 20)]
    assert told(town.pays_waiting(20)) == []
    assert town.stands(2).available == 20
    assert town.stands(2).waiting == ()
    assert month(town, "2026-04") == (20, 0)
    again = town.did(2, "late", budget=20)
    assert (again.replayed, again.waiting_until, again.amount) == (True, None, 20)
    assert sound(town)


def test_what_waits_for_a_month_is_kept_free_in_it(town: Town) -> None:
    town.did(1, budget=50, minutes=30)
    town.did(2, budget=50)
    town.now = APRIL  # before anybody who waited was paid
    assert town.did(3, budget=50).waiting_until is None
    assert town.did(4, budget=50).waiting_until == MAY
    town.pays_waiting(50)
    assert month(town, "2026-04") == (40, 0)
    assert sound(town)


def test_a_raised_budget_pays_who_waited_first_and_then_who_comes(town: Town) -> None:
    for who in (1, 2, 3, 4):
        town.did(who, f"by {who}", budget=40)
    assert (month(town, "2026-03"), month(town, "2026-04")) == ((40, 0), (0, 40))
    assert raise_budget(town.session, budget=70, now=town.now, zone=SHANGHAI)
    assert (month(town, "2026-03"), month(town, "2026-04")) == ((40, 20), (0, 20))
    assert town.did(5, "late", budget=70).waiting_until == APRIL  # nobody overtakes who still waits
    assert told(town.pays_waiting(70)) == [(PaidLater, 3, 20)]
    assert (month(town, "2026-03"), month(town, "2026-04")) == ((60, 0), (0, 40))
    assert raise_budget(town.session, budget=1000, now=town.now, zone=SHANGHAI)
    assert told(town.pays_waiting(1000)) == [(PaidLater, 4, 20), (PaidLater, 5, 20)]
    assert town.did(6, "free", budget=1000).balance == 20
    assert not raise_budget(town.session, budget=2000, now=town.now, zone=SHANGHAI)
    assert sound(town)


def test_a_smaller_budget_puts_off_once_more_and_says_so(town: Town) -> None:
    town.did(1, budget=60, minutes=40)
    town.did(2, budget=60, minutes=10)
    town.did(3, budget=60)
    town.now = APRIL
    assert told(town.pays_waiting(40)) == [(PaidLater, 2, 30), (PutOff, 3, 20)]
    [put_off] = town.stands(3).waiting
    assert put_off.month == "2026-05"
    assert sound(town)
    town.now = MAY
    assert told(town.pays_waiting(15)) == [(PaidLater, 3, 15)]  # more than a month may give is never given
    assert sound(town)


def test_a_budget_below_what_was_promised_pays_what_it_may_one_a_month(town: Town) -> None:
    for who in range(1, 6):
        town.did(who, minutes=80, budget=200)  # 100 each: two in a month
    for first, expected in (
        (APRIL, [(PaidLater, 3, 99), (PutOff, 4, 99)]),
        (MAY, [(PaidLater, 5, 99)]),
        (local(2026, 6, 1), [(PaidLater, 4, 99)]),
    ):
        town.now = first
        assert told(town.pays_waiting(99)) == expected
        assert sound(town)
    assert told(town.pays_waiting(99)) == []


def test_nobody_waits_longer_than_a_hundred_years(town: Town) -> None:
    session, far = town.session, months_later("2026-03", FURTHEST)
    chosen = months_later("2026-03", 1)
    rows = []
    while chosen <= far:
        rows.append({"month": chosen, "issued": 0, "promised": 1, "closed": True})
        chosen = months_later(chosen, 1)
    session.connection().execute(budgets.insert(), rows)
    assert place(session, month="2026-03", amount=20, budget=10, since="2026-04") == far


def test_no_single_award_is_more_than_a_month_may_give(town: Town) -> None:
    first = town.did(1, minutes=600, budget=100)
    assert (first.amount, first.capped, first.waiting_until) == (100, True, None)
    assert town.did(2, minutes=600, budget=100).waiting_until == APRIL
    assert sound(town)


def test_what_was_taken_back_may_be_given_again(town: Town) -> None:
    first = town.did(1, budget=40)
    town.did(2, budget=40)
    reverse(town.session, transfer_id=first.transfer_id or 0, key="mend", now=town.now, zone=SHANGHAI)
    assert town.did(3, budget=40).waiting_until is None
    assert town.did(4, budget=40).waiting_until == APRIL
    assert sound(town)


def test_a_cap_counts_what_waits_when_it_was_earned_and_not_when_it_comes(town: Town) -> None:
    town.rules(ActivityRule("visit", {"en": "Visit"}, 20, cap=Cap(30, Per.DAY)))
    town.now = local(2026, 3, 31, 12)
    amounts = [town.did(1, budget=20).amount for _ in range(3)]
    assert amounts == [20, 10, 0]  # the second of them waits
    town.now = APRIL
    assert told(town.pays_waiting(1000)) == [(PaidLater, 1, 10)]
    assert [town.did(1, budget=1000).amount for _ in range(3)] == [20, 10, 0]
    assert sound(town)


def test_a_changed_rule_changes_nothing_that_waits(town: Town) -> None:
    town.did(1, budget=20)
    town.did(2, budget=20)
    town.rules(ActivityRule("visit", {"en": "Visit"}, 500))
    town.now = APRIL
    assert told(town.pays_waiting(1000)) == [(PaidLater, 2, 20)]
    assert sound(town)


def test_after_a_long_pause_the_oldest_is_paid_first_within_this_months_budget(town: Town) -> None:
    for who in range(1, 5):
        town.did(who, budget=20)
    town.now = local(2026, 6, 20)
    assert told(town.pays_waiting(40)) == [(PaidLater, 2, 20), (PaidLater, 3, 20), (PutOff, 4, 20)]
    assert month(town, "2026-06") == (40, 0)
    assert month(town, "2026-07") == (0, 20)
    assert sound(town)


def test_who_is_forgotten_waits_for_nothing(town: Town) -> None:
    town.did(1, budget=20)
    town.did(2, "late", budget=20)
    assert exported(town.session, 2)["waiting"] == [
        {"amount": 20, "month": "2026-04", "names": {"en": "Visit"}}
    ]
    forget_owner(town.session, 2, town.now)
    assert month(town, "2026-04") == (0, 0)
    town.now = APRIL
    assert told(town.pays_waiting(20)) == []
    assert sound(town)


def test_the_budget_is_of_the_neighbourhoods_own_month(town: Town) -> None:
    town.now = local(2026, 3, 31, 23, 59)
    town.did(1, budget=20)
    assert town.did(2, budget=20).waiting_until == APRIL
    town.now = APRIL
    assert town.did(3, budget=40).waiting_until is None
    town.now = local(2026, 3, 31, 23, 59)  # the clock was set back
    assert told(town.pays_waiting(40)) == []
    assert town.did(4, budget=40).waiting_until == MAY
    assert sound(town)


def test_the_first_award_of_a_month_reads_no_more_than_any_other(town: Town) -> None:
    """On SQLite, where everybody waits for the one who writes."""
    if town.session.get_bind().dialect.name != "sqlite":
        return
    town.did(1, budget=100)
    town.now = APRIL
    connection = town.session.connection()
    asked: list[tuple[str, Any]] = []

    @event.listens_for(connection, "before_cursor_execute")
    def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE")) and not many:
            asked.append((statement, parameters))

    for _ in range(6):  # the last of them waits for May
        town.did(2, budget=100)
    event.remove(connection, "before_cursor_execute", keep)
    plans = [
        str(step[3])
        for statement, parameters in asked
        if "transfer" in statement
        for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN")]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            "UPDATE budget SET issued = 19 WHERE month = '2026-03'",
            "budget of 2026-03 says 19 were given, the transfers say 20",
        ),
        (
            "UPDATE budget SET promised = 0",
            "budget of 2026-04 says 0 are owed, the waiting awards say 20",
        ),
        (
            "UPDATE waiting_award SET due = '2027-01'",
            "waiting award 1 waits for 2027-01, a month without a budget",
        ),
        (
            "UPDATE waiting_award SET amount = 21",
            "waiting award 1 awards 21 by rule visit version 1, which gives 20 at most",
        ),
        (
            "UPDATE waiting_award SET transfer = 1",
            "waiting award 1 says transfer 1 paid it, but that one paid something else",
        ),
    ],
)
def test_damage_is_named(town: Town, damage: str, said: str) -> None:
    town.did(1, budget=20)
    town.did(2, budget=20)
    assert sound(town)
    town.session.connection().execute(text(damage))
    assert said in verify(town.session).problems
