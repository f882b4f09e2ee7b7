"""What a shop counts itself: added, counted anew, paused; the file's word holds until the shop's is newer."""

from dataclasses import replace

import pytest
from points_town import CALLOUT, GARDEN, HAIRCUT, RICE, SHANGHAI, Town

from points import RewardPaused, UnknownReward, verify
from points.shops import (
    BadCount,
    NotCounted,
    ShelfView,
    add_stock,
    on_shelf,
    resume_reward,
    serve_line,
    set_left,
    shelf_of,
    stop_reward,
    wait_for,
)


def shelf(town: Town) -> ShelfView:
    [rice] = shelf_of(town.session, "corner-shop")
    return rice


def test_what_came_in_is_added_and_what_is_left_is_counted_beside_what_waits(town: Town) -> None:
    town.earns(1)
    town.redeems(1)
    rice = town.reward("rice")
    assert (shelf(town).left, shelf(town).unfetched, shelf(town).kept) == (2, 1, 0)
    assert add_stock(town.session, reward_id=rice, count=10).left == 12
    assert set_left(town.session, reward_id=rice, left=4).left == 4
    assert (town.left(), shelf(town).left, shelf(town).unfetched) == (4, 4, 1)
    town.earns(2)
    town.hands_over(town.redeems(2).code)
    assert (shelf(town).left, shelf(town).unfetched) == (3, 1)
    assert verify(town.session).problems == ()


def test_what_is_kept_for_who_waited_is_not_counted_as_left(town: Town) -> None:
    town.earns(1)
    rice = town.reward("rice")
    set_left(town.session, reward_id=rice, left=0)
    wait_for(town.session, resident_id=1, household="h1", reward_id=rice, now=town.now, zone=SHANGHAI)
    add_stock(town.session, reward_id=rice, count=1)
    assert serve_line(town.session, reward_id=rice, now=town.now, zone=SHANGHAI)
    assert (shelf(town).left, shelf(town).kept) == (0, 1)
    set_left(town.session, reward_id=rice, left=2)
    assert (town.left(), shelf(town).kept) == (2, 1)


@pytest.mark.parametrize(("count", "left"), [(0, -1), (-1, -5), (100_001, 2**63)])
def test_nonsense_is_not_counted(town: Town, count: int, left: int) -> None:
    rice = town.reward("rice")
    with pytest.raises(BadCount):
        add_stock(town.session, reward_id=rice, count=count)
    with pytest.raises(BadCount):
        set_left(town.session, reward_id=rice, left=left)
    assert town.left() == 3


def test_what_does_not_run_out_is_not_counted(town: Town) -> None:
    haircut = town.reward("haircut")
    with pytest.raises(NotCounted):
        add_stock(town.session, reward_id=haircut, count=1)
    with pytest.raises(UnknownReward):
        on_shelf(town.session, 999)


def test_the_shops_count_stays_until_the_file_says_another(town: Town) -> None:
    rice = town.reward("rice")
    add_stock(town.session, reward_id=rice, count=7)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[RICE, HAIRCUT])
    assert town.left() == 10
    town.set_up(rules=[CALLOUT, GARDEN], offers=[replace(RICE, stock=5), HAIRCUT])
    assert town.left() == 5


def test_a_paused_reward_is_had_by_nobody_and_its_codes_stay_good(town: Town) -> None:
    town.earns(1)
    town.earns(2)
    code = town.redeems(1).code
    rice = town.reward("rice")
    for _ in range(2):
        stop_reward(town.session, reward_id=rice, now=town.now)
    assert shelf(town).paused
    with pytest.raises(RewardPaused):
        town.redeems(2)
    assert town.hands_over(code)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[RICE, HAIRCUT])
    assert shelf(town).paused
    resume_reward(town.session, reward_id=rice)
    assert town.redeems(2).code
