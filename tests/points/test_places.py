"""One's place among some people in a month."""

from points_town import Town

from points.places import place_among


def test_equals_share_a_place_and_only_those_people_count(town: Town) -> None:
    for who, times in ((1, 1), (2, 2), (3, 2), (4, 3), (5, 4)):
        for number in range(times):
            town.earns(who, f"{who}:{number}")
    places = {
        who: place_among(town.session, month="2026-03", resident_id=who, people=[1, 2, 3, 4])
        for who in (1, 2, 3, 4)
    }
    assert places == {4: 1, 2: 2, 3: 2, 1: 3}


def test_who_earned_nothing_that_month_has_no_place(town: Town) -> None:
    town.earns(1, "k")
    assert place_among(town.session, month="2026-03", resident_id=9, people=[1, 9]) is None
    assert place_among(town.session, month="2026-04", resident_id=1, people=[1]) is None
    assert place_among(town.session, month="2026-03", resident_id=1, people=[]) == 1
