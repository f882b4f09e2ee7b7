from points_town import SHANGHAI, Town

from points import MonthOfPoints, last_months, reverse


def test_six_months_show_what_came_and_what_was_spent(town: Town) -> None:
    undone = town.earns(1, "undone")
    reverse(town.session, transfer_id=undone.transfer_id or 0, key="mend", now=town.now, zone=SHANGHAI)
    town.earns(1, "stays")
    town.passes(days=31)
    town.hands_over(town.redeems(1).code)
    given_back = town.redeems(1, "haircut")
    town.hands_over(given_back.code)
    town.undoes(given_back.code)
    months = last_months(town.session, 1, town.now, SHANGHAI)
    assert [one.month for one in months] == [
        *("2025-11", "2025-12", "2026-01"),
        *("2026-02", "2026-03", "2026-04"),
    ]
    assert months[-2:] == (MonthOfPoints("2026-03", 500, 0), MonthOfPoints("2026-04", 0, 150))


def test_who_never_had_points_has_empty_months(town: Town) -> None:
    months = last_months(town.session, 7, town.now, SHANGHAI)
    assert {(one.earned, one.spent) for one in months} == {(0, 0)}
    assert len(months) == 6
