"""Rules for earning, through the awards they make, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from points_town import NOON, SHANGHAI, Town
from sqlalchemy import select

from points import (
    ActivityRule,
    AgeBand,
    By,
    Cap,
    Deserved,
    Groups,
    KeyConflict,
    Limit,
    Multiplier,
    Part,
    Per,
    Shared,
    Streak,
    Window,
    current_activity,
    foresee,
    reverse,
    verify,
)
from points.models import transfers

BAGS = ActivityRule("visit", {"en": "Bags"}, 10, points_per_unit=3, unit={"en": "bag"})


def visit(**more: object) -> ActivityRule:
    return ActivityRule("visit", {"en": "Visit"}, 20, **more)  # type: ignore[arg-type]


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI).astimezone(UTC)  # type: ignore[misc, arg-type]


def inputs(town: Town, transfer: int | None) -> str | None:
    query = select(transfers.c.inputs).where(transfers.c.id == transfer)
    return town.session.connection().execute(query).scalar_one()


def sound(town: Town) -> bool:
    return verify(town.session).problems == ()


def test_units_count(town: Town) -> None:
    town.rules(BAGS)
    first = town.did(1, "k", units=4)
    assert (first.amount, inputs(town, first.transfer_id)) == (22, '{"units":4}')
    assert town.did(1, "k", units=4).replayed
    with pytest.raises(KeyConflict):
        town.did(1, "k", units=5)
    assert town.did(1).amount == 10
    assert sound(town)


def test_age_counts_by_the_calendar_year_and_only_who_says_it(town: Town) -> None:
    town.rules(visit(multiplier=Multiplier(ages=(AgeBand(14, 25, 150), AgeBand(60, 120, 110)))))
    years = {2013: 20, 2012: 30, 2001: 30, 2000: 20, 1966: 22, None: 20}
    for who, (year, amount) in enumerate(years.items()):
        assert town.did(who, birth_year=year).amount == amount
    assert sound(town)


def test_the_first_time_counts_once_unless_it_was_taken_back(town: Town) -> None:
    town.rules(visit(multiplier=Multiplier(first_time_percent=200)))
    first, second = town.did(1), town.did(1)
    assert (first.amount, first.first_time, second.amount, second.first_time) == (40, True, 20, False)
    for number, one in enumerate((first, second)):
        reverse(town.session, transfer_id=one.transfer_id or 0, key=f"m{number}", now=town.now, zone=SHANGHAI)
    assert town.did(1).first_time
    assert sound(town)


def test_the_first_time_counts_once_within_a_batch(town: Town) -> None:
    town.rules(visit(multiplier=Multiplier(first_time_percent=200)))
    assert [one.amount for one in town.does(Deserved(1, "a"), Deserved(2, "b"), Deserved(1, "c"))] == [
        40,
        40,
        20,
    ]


def test_a_streak_is_so_many_weeks_in_a_row(town: Town) -> None:
    town.rules(visit(multiplier=Multiplier(streak=Streak(3, 150))))
    town.now = local(2026, 3, 1, 23, 59)  # a Sunday
    weeks = []
    for later in (0, 1, 8, 15, 29):  # Sunday, Monday, then a week each, then one left out
        town.now = local(2026, 3, 1, 23, 59) + timedelta(days=later)
        weeks.append(town.did(1).amount)
    assert weeks == [20, 20, 30, 30, 20]
    assert sound(town)


def test_an_area_counts_for_who_lives_there_the_innermost_first(town: Town) -> None:
    town.rules(visit(multiplier=Multiplier(areas={"g2": 130, "b4": 200})))
    assert town.did(1, building="b5", grid="g2").amount == 26
    assert town.did(2, building="b4", grid="g2").amount == 40
    assert town.did(3, building="b1", grid="g1").amount == 20
    assert town.did(4, areas=("b9", "g9", "g2", "willow")).amount == 26
    assert sound(town)


def test_all_parts_multiply_and_are_written_down(town: Town) -> None:
    parts = Multiplier((AgeBand(14, 25, 150),), 110, Streak(2, 120), {"g1": 130})
    town.rules(ActivityRule("visit", {}, 7, multiplier=parts))
    town.did(1)
    town.passes(days=7)
    last = town.did(1, birth_year=2005, minutes=5)
    assert last.amount == 16  # 7 × 1.5 × 1.2 × 1.3 = 16.38
    assert last.percent == {Part.AGE: 150, Part.STREAK: 120, Part.AREA: 130}
    assert last.times == "2.34"
    assert inputs(town, last.transfer_id) == '{"percent":{"age":150,"area":130,"streak":120}}'
    assert sound(town)


def test_the_tightest_of_several_caps_holds_and_says_until_when(town: Town) -> None:
    town.rules(visit(cap=(Cap(30, Per.DAY), Cap(45, Per.WEEK), Cap(60, Per.MONTH))))
    town.now = local(2026, 3, 10, 12)  # a Tuesday
    first, second = town.did(1), town.did(1)
    assert (first.amount, first.capped) == (20, False)
    assert (second.amount, second.capped, second.capped_until) == (10, True, local(2026, 3, 11))
    assert inputs(town, second.transfer_id) == (
        '{"cap":{"by":"resident","per":"day","points":30},"left":10,"worth":20}'
    )
    town.passes(days=1)
    third = town.did(1)
    assert (third.amount, third.capped_until) == (15, local(2026, 3, 16))
    town.passes(days=7)
    assert (town.did(1).amount, town.did(1).capped_until) == (15, local(2026, 4, 1))
    assert sound(town)


def test_a_household_shares_a_cap_and_who_leaves_takes_their_share_along(town: Town) -> None:
    town.rules(visit(cap=Cap(50, Per.MONTH, By.HOUSEHOLD)))
    assert [town.did(who, household="us").amount for who in (1, 2, 3)] == [20, 20, 10]
    assert town.did(3, household="us").capped
    assert town.did(1, household="new").amount == 20  # 20 of 50 were theirs, wherever they lived
    assert town.did(1, household="new").amount == 10
    assert town.did(4, household="us").amount == 0  # what was used here stays used
    assert town.did(5, household=None).amount == 20
    assert sound(town)


def test_nobody_has_a_second_share_of_a_household_by_moving(town: Town) -> None:
    town.rules(visit(cap=Cap(50, Per.MONTH, By.HOUSEHOLD)))
    assert [town.did(who, household="us").amount for who in (1, 2, 3)] == [20, 20, 10]
    moved = Shared({"us": town.now + timedelta(days=31)})
    assert town.did(3, household="new", shared=moved).amount == 0
    assert town.did(4, household="new", shared=moved).amount == 0  # nor does whom they moved in with
    assert [town.did(5, household="them").amount, town.did(5, household="alone").amount] == [20, 20]
    assert town.did(6, household="them", shared=Shared(parted=(5,))).amount == 10
    town.passes(days=1)
    long_ago = Shared({"others": town.now})
    assert town.did(7, household="others").amount == 20
    town.passes(minutes=1)
    assert town.did(7, household="others").amount == 20
    assert town.did(8, household="elsewhere", shared=long_ago).amount == 20
    both = town.does(visited(8, "elsewhere", long_ago), visited(9, "elsewhere", long_ago))
    assert [one.amount for one in both] == [10, 0]
    assert sound(town)


def visited(who: int, home: str, shared: Shared) -> Deserved:
    return Deserved(who, f"both:{who}", Groups(household=home), shared=shared)


def test_so_many_times_and_no_more(town: Town) -> None:
    town.rules(visit(limits=(Limit(2, Per.WEEK, By.RESIDENT), Limit(3, Per.MONTH, By.HOUSEHOLD))))
    town.now = local(2026, 3, 10, 12)
    assert [town.did(1, household="us").amount for _ in range(3)] == [20, 20, 0]
    over = town.did(1, household="us")
    assert (over.capped, over.capped_until, over.transfer_id) == (True, local(2026, 3, 16), None)
    assert [town.did(2, household="us").amount for _ in range(2)] == [20, 0]
    assert town.did(2, household="us").capped_until == local(2026, 4, 1)
    assert sound(town)


def test_outside_its_windows_a_deed_earns_nothing_and_says_when_it_would(town: Town) -> None:
    town.rules(visit(windows=(Window((5, 6), 480, 1200),)))
    town.now = local(2026, 3, 10, 12)  # a Tuesday
    early = town.did(1)
    assert (early.amount, early.outside, early.opens_at) == (0, True, local(2026, 3, 14, 8))
    assert early.capped is False
    done = town.did(1, done_at=local(2026, 3, 8, 19, 59))  # told on Tuesday, done on Sunday
    assert done.amount == 20
    assert inputs(town, done.transfer_id) == '{"done_at":"2026-03-08T11:59:00+00:00"}'
    assert sound(town)


def test_a_cap_ends_at_the_time_zones_own_midnight(town: Town) -> None:
    town.rules(visit(cap=Cap(20, Per.DAY)))
    town.now = local(2026, 2, 28, 23, 59)
    assert [town.did(1).amount, town.did(1).amount] == [20, 0]
    town.now = local(2026, 3, 1)
    assert [town.did(1).amount, town.did(1).amount] == [20, 0]


def test_a_clock_set_back_opens_no_second_day(town: Town) -> None:
    town.rules(visit(cap=Cap(20, Per.DAY)))
    town.now = local(2026, 3, 11, 0, 5)
    town.did(1)
    town.now = local(2026, 3, 10, 23, 55)
    assert town.did(1).amount == 0
    assert sound(town)


def test_a_changed_rule_never_changes_the_past(town: Town) -> None:
    town.rules(BAGS)
    town.did(1, "before", units=4)
    town.rules(
        visit(cap=(Cap(25, Per.DAY), Cap(60, Per.WEEK)), multiplier=Multiplier(first_time_percent=150))
    )
    assert current_activity(town.session, "visit").version == 2
    assert town.did(1, "before", units=4).amount == 22
    assert town.did(1).amount == 3  # not the first time, and 22 of 25 were earned today
    town.rules(BAGS)
    assert current_activity(town.session, "visit").version == 3
    assert sound(town)


def test_other_words_for_the_unit_make_no_version(town: Town) -> None:
    town.rules(BAGS)
    town.rules(ActivityRule("visit", {"en": "Sacks"}, 10, points_per_unit=3, unit={"en": "sack"}))
    now = current_activity(town.session, "visit")
    assert (now.version, now.rule.unit) == (1, {"en": "sack"})


def test_an_award_is_foreseen_as_it_will_be(town: Town) -> None:
    rule = visit(cap=Cap(30, Per.DAY), multiplier=Multiplier(first_time_percent=200))
    town.rules(rule)
    for who, key in ((1, "a"), (1, "b"), (2, "c")):
        deserved = Deserved(who, key)
        seen = foresee(town.session, activity="visit", deserved=deserved, now=NOON, zone=SHANGHAI)
        [real] = town.does(deserved)
        assert (seen.amount, seen.capped, seen.percent) == (real.amount, real.capped, real.percent)
        assert seen.transfer_id is None
    assert sound(town)


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ("{}", "transfer 1 awards 30 by rule visit version 1, which gives 20 at most"),
        ('{"percent":{"age":110}}', "transfer 1 awards 30 by rule visit version 1, which gives 22 at most"),
        ('{"percent":{"age":200}}', "transfer 1 awards 30 by rule visit version 1, which gives 40"),
        ('{"percent":{"age":151}}', "transfer 1 says inputs that cannot be"),
        ('{"percent":{"area":150}}', "transfer 1 says inputs that cannot be"),
        ('{"percent":{"first":150}}', "transfer 1 says inputs that cannot be"),
        ('{"units":-1}', "transfer 1 says inputs that cannot be"),
        ('{"units":"x"}', 'transfer 1 says inputs that cannot be: {"units":"x"}'),
        ("[]", "transfer 1 says inputs that cannot be: []"),
        (
            '{"cap":{"by":"resident","per":"day","points":90},"left":30,"percent":{"age":200},"worth":40}',
            "transfer 1 says inputs that cannot be",
        ),
        (
            '{"cap":{"by":"resident","per":"day","points":80},"left":30,"percent":{"age":200},"worth":41}',
            "transfer 1 says inputs that cannot be",
        ),
    ],
)
def test_forged_inputs_are_found(town: Town, forged: str, said: str) -> None:
    from test_verifying import unguarded  # noqa: PLC0415 - one place that switches the guards off

    bands = (AgeBand(0, 9, 110), AgeBand(10, 59, 150), AgeBand(60, 99, 200))
    town.rules(visit(cap=Cap(80, Per.DAY), multiplier=Multiplier(bands)))
    assert town.did(1, birth_year=2000).amount == 30
    assert sound(town)
    with unguarded(town.session):
        town.session.connection().execute(transfers.update().values(inputs=forged))
    [problem] = verify(town.session).problems
    assert problem.startswith(said)


def test_part_of_a_point_is_rounded_down_and_verified_so(town: Town) -> None:
    town.rules(ActivityRule("visit", {"en": "Visit"}, 5, points_per_hour=10))
    assert town.did(1, minutes=20).amount == 8
    assert sound(town)
