from points_town import SHANGHAI, Town

from points import Groups, Rank, Rest, award, month_board, reverse
from points.models import GroupKind


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
