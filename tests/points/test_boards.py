from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points_town import SHANGHAI, Town
from sqlalchemy import insert

from points import (
    Among,
    Board,
    Groups,
    Rank,
    Rest,
    Season,
    award,
    month_board,
    period_board,
    resident_account,
    reverse,
    season,
)
from points.models import GroupKind, monthly_totals


def earns(town: Town, who: int, times: int, building: str = "b1") -> None:
    for time in range(times):
        town.passes(seconds=1)
        award(
            town.session,
            activity="garden",
            resident_id=who,
            key=f"{who}:{time}",
            groups=Groups(building=building),
            now=town.now,
            zone=SHANGHAI,
        )


def test_equals_share_a_place_and_the_next_place_follows(town: Town) -> None:
    for who, times in ((1, 1), (2, 3), (3, 1), (4, 2)):
        earns(town, who, times)
    board = month_board(town.session, month="2026-03", group_kind=GroupKind.RESIDENT, top=3, own_key="3")
    assert board.rows == (Rank(1, "2", 1500), Rank(2, "4", 1000), Rank(3, "1", 500))
    assert board.own == Rank(3, "3", 500)
    assert (board.total, board.earned) == (4, 3500)


def test_who_is_beyond_the_first_is_counted_by_place(town: Town) -> None:
    for who, times in ((1, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 0)):
        earns(town, who, times)
    board = month_board(town.session, month="2026-03", group_kind=GroupKind.RESIDENT, top=9, own_key="5")
    assert board.sharing == {1: 1, 2: 4}
    assert board.first(4) == board.rows, "one more is shown and not counted"
    shown = board.first(2)
    assert [rank.key for rank in shown] == ["1", "2"]
    assert board.rest(shown) == Rest(place=2, tied=3, below=0)
    assert board.own is not None
    assert board.rest(shown).without(board.own) == Rest(place=2, tied=2, below=0)
    assert board.rest(board.rows[:1]) == Rest(place=1, tied=0, below=4)
    few = month_board(town.session, month="2026-03", group_kind=GroupKind.RESIDENT, top=1, own_key="5")
    assert few.sharing == {1: 1, 2: 4}, "one's own place too, though it is not among the first"
    assert few.first(4) == few.rows
    assert few.rest(few.rows).without(board.own) == Rest(place=1, tied=0, below=3)


def test_groups_keep_what_was_earned_in_them(town: Town) -> None:
    earns(town, 1, 1, "b1")
    earns(town, 2, 2, "b2")
    board = month_board(town.session, month="2026-03", group_kind=GroupKind.BUILDING, top=9, own_key="b1")
    assert board.rows == (Rank(1, "b2", 1000), Rank(2, "b1", 500))
    assert board.own == Rank(2, "b1", 500)


def test_who_earned_nothing_or_had_it_all_reversed_is_not_listed(town: Town) -> None:
    first = town.earns(1)
    reverse(town.session, transfer_id=first.transfer_id or 0, key="mend", now=town.now, zone=SHANGHAI)
    board = month_board(town.session, month="2026-03", group_kind=GroupKind.RESIDENT, top=9, own_key="1")
    assert (board.rows, board.own, board.total, board.earned) == ((), None, 0, 0)


def board(town: Town, period: str, who: str, among: Among = Among.EVERYBODY, top: int = 9) -> Board:
    return period_board(
        town.session, period=period, group_kind=GroupKind.RESIDENT, top=top, own_key=who, among=among
    )


def test_those_around_ones_own_place_are_named_in_order(town: Town) -> None:
    for who, times in ((1, 5), (2, 4), (3, 3), (4, 3), (5, 2), (6, 1)):
        earns(town, who, times)
    found = board(town, "2026-03", "4", top=1)
    assert found.rows == (Rank(1, "1", 2500),)
    assert [(one.place, one.key) for one in found.near] == [(2, "2"), (3, "3"), (3, "4"), (4, "5"), (5, "6")]
    assert [one.key for one in board(town, "2026-03", "1").near] == ["1", "2", "3"]
    assert [one.key for one in board(town, "2026-03", "6").near] == ["4", "5", "6"]
    assert board(town, "2026-03", "7").near == ()


def test_quarters_and_years_add_up_their_months(town: Town) -> None:
    town.earns(1)
    town.passes(days=31)  # April: the next quarter
    town.earns(1)
    town.earns(2)
    town.passes(days=31)
    town.earns(2)
    assert [(one.key, one.earned) for one in board(town, "2026-Q2", "1").rows] == [("2", 1000), ("1", 500)]
    assert {one.key: (one.place, one.earned) for one in board(town, "2026", "1").rows} == {
        "1": (1, 1000),
        "2": (1, 1000),
    }
    assert board(town, "2026-Q3", "1").rows == ()


def test_newcomers_never_earned_before(town: Town) -> None:
    town.earns(1)
    town.passes(days=31)
    for who in (1, 2):
        town.earns(who)
    assert [one.key for one in board(town, "2026-04", "2", Among.NEWCOMERS).rows] == ["2"]
    assert board(town, "2026-04", "1", Among.NEWCOMERS).own is None
    assert [one.key for one in board(town, "2026", "1", Among.NEWCOMERS).rows] == ["1", "2"]


def test_most_improved_is_by_what_was_earned_more_than_before(town: Town) -> None:
    for who, times in ((1, 1), (2, 1), (3, 2)):
        earns(town, who, times)
    town.passes(days=31)
    for who, times in ((1, 3), (2, 2), (3, 2), (4, 9)):
        for time in range(times):
            town.earns(who, f"april:{who}:{time}")
    improved = board(town, "2026-04", "2", Among.IMPROVED)
    assert improved.rows == (Rank(1, "1", 1000), Rank(2, "2", 500))
    assert (improved.own, improved.total) == (Rank(2, "2", 500), 2)


def test_a_season_adds_up_what_was_done_together(town: Town) -> None:
    town.earns(1, activity="callout", minutes=90)
    town.earns(2, activity="callout", minutes=45)
    undone = town.earns(3, activity="callout", minutes=600)
    reverse(town.session, transfer_id=undone.transfer_id or 0, key="mend", now=town.now, zone=SHANGHAI)
    assert season(town.session, ("2026-01", "2026-02", "2026-03")) == Season(2, 135, 35 + 27)
    assert season(town.session, ("2026-04",)) == Season(0, 0, 0)


def test_some_are_ranked_among_themselves(town: Town) -> None:
    for who, times in ((1, 5), (2, 4), (3, 3), (4, 1)):
        earns(town, who, times)
    for period in ("2026-03", "2026"):
        some = period_board(
            town.session, period=period, group_kind=GroupKind.RESIDENT, top=9, only={"2", "4", "7"}
        )
        assert some.rows == (Rank(1, "2", 2000), Rank(2, "4", 500))
        assert (some.total, some.earned, some.sharing) == (2, 2500, {1: 1, 2: 1})


@given(
    figures=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=9),
    top=st.integers(0, 9),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_the_full_count_and_plain_sorting_agree(
    town: Town, figures: list[tuple[int, int]], top: int
) -> None:
    with town.session.begin_nested() as once:
        earned = {str(who): figure for who, figure in enumerate(figures, start=1)}
        keys = {who: str(resident_account(town.session, int(who))) for who in earned}
        for who, (points, second) in earned.items():
            keep(town, keys[who], points, second)
        for who in earned:
            facts = {"period": "2026-03", "group_kind": GroupKind.RESIDENT, "top": top, "own_key": who}
            found = period_board(town.session, **facts)
            assert found == period_board(town.session, **facts, only=earned)
            assert found == sorted_plainly(earned, keys, who, top)
        once.rollback()


def keep(town: Town, key: str, points: int, second: int) -> None:
    values = {"month": "2026-03", "group_kind": GroupKind.RESIDENT, "key": key, "earned": points}
    reached = town.now + timedelta(seconds=second)
    town.session.execute(insert(monthly_totals).values(**values, reached_at=reached))


def sorted_plainly(earned: dict[str, tuple[int, int]], keys: dict[str, str], own: str, top: int) -> Board:
    """Say what the board is, by the simplest means there are."""
    order = sorted((-points, second, keys[who], who) for who, (points, second) in earned.items() if points)
    figures = sorted({-row[0] for row in order}, reverse=True)
    ranks = [Rank(figures.index(-row[0]) + 1, row[3], -row[0]) for row in order]
    at = next((number for number, rank in enumerate(ranks) if rank.key == own), None)
    mine = None if at is None else ranks[at]
    near = () if at is None else tuple(ranks[max(0, at - 2) : at + 3])
    sharing = {rank.place: sum(one.place == rank.place for one in ranks) for rank in (*ranks[:top], *near)}
    total = sum(rank.earned for rank in ranks)
    return Board("2026-03", GroupKind.RESIDENT, tuple(ranks[:top]), mine, len(ranks), total, sharing, near)
