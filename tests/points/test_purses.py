"""Points that lie together: who earns, redeems, moves in and out, is forgotten, and pays for a mistake."""

import json
from collections.abc import Iterator

import pytest
from points_town import SHANGHAI, Town, seal_now
from sqlalchemy import select

from points import (
    AccountKind,
    Awarded,
    Format,
    Passing,
    TransferKind,
    apart,
    cancel,
    check_statement,
    exported,
    exported_books,
    forget_owner,
    lapse,
    last_months,
    live_together,
    month_of,
    own_account,
    purses_shared,
    resident_account,
    reverse,
    statement,
    verify,
)
from points.accounts import holdings
from points.boards import month_board
from points.expiry import expiring
from points.models import GroupKind, accounts, purses, transfers
from points.places import place_among

MEI, BO, LI = 1, 2, 3


@pytest.fixture
def street(town: Town) -> Town:
    """Mei and Bo live together in household 7, Li alone in 9; their points lie where they live."""
    lives(town, "7", MEI, BO)
    lives(town, "9", LI)
    return town


@pytest.fixture(autouse=True)
def books_hold(town: Town) -> Iterator[None]:
    """At the end of each story."""
    yield
    assert verify(town.session).problems == ()
    assert stranded(town) == []


def lives(town: Town, household: str, *residents: int) -> None:
    live_together(town.session, household=household, residents=residents, now=town.now)


def earns(town: Town, resident_id: int) -> Awarded:
    town.keys += 1
    return town.earns(resident_id, f"deed:{town.keys}")


def have(town: Town, *residents: int) -> list[int]:
    return [town.stands(one).available for one in residents]


def stranded(town: Town) -> list[int]:
    """Give the residents who have something on an account that passes on what it has."""
    numbers = list(town.session.execute(select(purses.c.account)).scalars())
    return [one for one, held in holdings(town.session, numbers).items() if held.available]


def test_what_one_earns_the_other_spends(street: Town) -> None:
    assert earns(street, MEI).balance == 500
    assert earns(street, BO).balance == 1000
    assert have(street, MEI, BO, LI) == [1000, 1000, 0]
    got = street.redeems(BO, household="7")
    assert got.balance == 850
    assert have(street, MEI, BO) == [850, 850]
    street.hands_over(got.code)
    assert [(one.amount, one.passing, one.resident_id) for one in street.stands(MEI).entries] == [
        (-150, None, BO),
        (500, Passing.SHARED, BO),
        (500, Passing.SHARED, MEI),
    ]
    assert {one.names["*"] for one in street.stands(MEI).entries[1:]} == {"Garden"}
    assert street.stands(MEI).shared
    assert not street.stands(LI).shared


def test_an_undone_handover_and_a_code_that_lapsed_come_back_to_all(street: Town) -> None:
    earns(street, MEI)
    got = street.redeems(BO, household="7")
    street.hands_over(got.code)
    street.undoes(got.code)
    assert (street.stands(MEI).available, street.stands(MEI).held) == (350, 150)
    street.passes(days=20)
    back = lapse(street.session, redemption_id=got.redemption_id, now=street.now)
    assert back is not None
    assert (back.resident_id, back.balance) == (BO, 500)


def test_boards_and_places_count_each_person_s_own(street: Town) -> None:
    earns(street, MEI)
    month = month_of(street.now, SHANGHAI)
    board = month_board(street.session, month=month, group_kind=GroupKind.RESIDENT, top=9, own_key=str(MEI))
    assert [(row.key, row.earned) for row in board.rows] == [(str(MEI), 500)]
    assert board.own is not None
    assert board.own.place == 1
    assert place_among(street.session, month=month, resident_id=BO, people=[MEI, BO]) is None
    assert [one.spent for one in last_months(street.session, MEI, street.now, SHANGHAI)] == [0] * 6


def test_who_leaves_leaves_what_the_household_earned(street: Town) -> None:
    earns(street, MEI)
    code = street.redeems(MEI, household="7")
    lives(street, "8", MEI)
    assert have(street, MEI, BO) == [0, 350]
    back = cancel(street.session, redemption_id=code.redemption_id, resident_id=MEI, now=street.now)
    assert back.balance == 0
    assert have(street, MEI, BO) == [0, 500], "what was on hold was the household's, too"
    earns(street, MEI)
    assert have(street, MEI, BO) == [500, 500]


def test_an_open_code_stays_good_for_who_left(street: Town) -> None:
    earns(street, MEI)
    code = street.redeems(MEI, household="7").code
    lives(street, "8", MEI)
    street.hands_over(code)
    assert have(street, MEI, BO) == [0, 350]


def test_who_moves_in_brings_along_what_they_have_and_later_what_was_on_hold(street: Town) -> None:
    earns(street, MEI)
    earns(street, LI)
    code = street.redeems(LI, "haircut", household="9")
    lives(street, "7", MEI, BO, LI)
    assert have(street, MEI, BO, LI) == [940] * 3
    cancel(street.session, redemption_id=code.redemption_id, resident_id=LI, now=street.now)
    assert have(street, MEI, BO, LI) == [1000] * 3
    lives(street, "9a", LI)
    assert have(street, MEI, LI) == [1000, 0]


def test_a_household_that_goes_as_a_whole_takes_all_along_whoever_goes_last(street: Town) -> None:
    earns(street, MEI)
    held = street.redeems(BO, "haircut", household="7")
    lives(street, "9", LI, BO)
    assert have(street, MEI, BO, LI) == [440, 0, 0]
    lives(street, "9", LI, BO, MEI)
    assert have(street, MEI, BO, LI) == [440] * 3
    cancel(street.session, redemption_id=held.redemption_id, resident_id=BO, now=street.now)
    assert have(street, MEI, BO, LI) == [500] * 3


def test_saying_it_again_changes_nothing(street: Town) -> None:
    earns(street, MEI)
    before = len(street.session.execute(select(transfers)).all())
    lives(street, "7", BO, MEI)
    lives(street, "9", LI)
    assert len(street.session.execute(select(transfers)).all()) == before
    assert street.earns(MEI, "once").balance == 1000
    assert street.earns(MEI, "once").balance == 1000
    assert purses_shared(street.session) == 1
    assert apart(street.session, {"7": [MEI, BO], "8": [BO, LI]}) == ["8"]


def test_points_stay_as_old_as_they_are_wherever_they_go(town: Town) -> None:
    earns(town, MEI)
    town.passes(days=40)
    earns(town, MEI)
    town.redeems(MEI, "haircut")
    lives(town, "7", MEI, BO)
    when = [(one.expiring, one.expiring_at) for one in (town.stands(BO, expire_months=12),)]
    assert when[0][0] == 440, "what was spent or is on hold came first"
    assert when[0][1] is not None
    assert month_of(when[0][1], SHANGHAI) == "2027-04"
    lives(town, "9", LI)
    lives(town, "9", LI, BO, MEI)
    stands = town.stands(LI, expire_months=12)
    assert (stands.available, stands.expiring, stands.expiring_at) == (940, *when[0])


def test_all_are_warned_of_what_expires_and_who_was_forgotten_is_not(street: Town) -> None:
    earns(street, MEI)
    lives(street, "7", MEI, BO, LI)
    forget_owner(street.session, MEI, street.now)
    page = expiring(street.session, month="2027-04", expire_months=12, now=street.now, zone=SHANGHAI)
    assert [(one.resident_id, one.points, one.shared) for one in page.concerned] == [
        (BO, 500, True),
        (LI, 500, True),
    ]


def test_what_was_awarded_wrongly_comes_back_from_where_it_lies(street: Town) -> None:
    wrong = earns(street, MEI).transfer_id
    earns(street, BO)
    assert wrong is not None
    lives(street, "8", MEI)
    mends(street, wrong)
    assert have(street, MEI, BO) == [0, 500]
    assert street.stands(MEI).owed == 0


def test_what_is_not_there_any_more_is_owed_by_who_earned_it_wherever_they_live(street: Town) -> None:
    wrong = earns(street, MEI).transfer_id
    assert wrong is not None
    street.hands_over(street.redeems(BO, household="7").code)
    mends(street, wrong)
    assert have(street, MEI, BO) == [0, 0]
    assert street.stands(MEI).owed == 150
    lives(street, "9", LI, MEI)
    assert earns(street, MEI).balance == 350
    assert have(street, LI, BO) == [350, 0]
    assert street.stands(LI).owed == 0


def test_mending_twice_is_refused_without_a_trace(street: Town) -> None:
    wrong = earns(street, MEI).transfer_id
    assert wrong is not None
    mends(street, wrong)
    before = have(street, MEI)
    mends(street, wrong)
    assert have(street, MEI) == before == [0]


def mends(town: Town, transfer_id: int) -> None:
    reverse(town.session, transfer_id=transfer_id, key=f"mend:{transfer_id}", now=town.now, zone=SHANGHAI)


def test_who_is_forgotten_leaves_all_to_the_household_and_the_last_one_to_nobody(street: Town) -> None:
    earns(street, MEI)
    street.redeems(MEI, household="7")
    forget_owner(street.session, MEI, street.now)
    assert have(street, BO) == [500]
    forget_owner(street.session, BO, street.now)
    named = select(accounts.c.owner).where(
        accounts.c.kind.in_([AccountKind.RESIDENT, AccountKind.HOUSEHOLD]), accounts.c.owner.is_not(None)
    )
    assert set(street.session.execute(named).scalars()) == {str(LI)}


def test_a_statement_gives_the_purse_since_one_came_to_it_and_before_that_one_s_own(town: Town) -> None:
    earns(town, MEI)
    earns(town, LI)
    town.passes(days=40)
    lives(town, "7", MEI, BO)
    earns(town, BO)
    town.passes(days=40)
    lives(town, "7", MEI, BO, LI)
    seal_now(town.session, now=town.now, month="2026-05")
    all_of_li = statement(town.session, resident_id=LI, now=town.now, zone=SHANGHAI)
    assert [(line.entry.amount, line.balance) for line in all_of_li.lines] == [(500, 1500)]
    assert [line.entry.passing for line in all_of_li.lines] == [Passing.MOVED]
    assert check_statement(json.dumps(all_of_li.proof).encode()).came == 500
    march = statement(town.session, resident_id=LI, now=town.now, zone=SHANGHAI, month="2026-03")
    assert [(line.entry.kind, line.balance) for line in march.lines] == [(TransferKind.AWARD, 500)]
    of_bo = statement(town.session, resident_id=BO, now=town.now, zone=SHANGHAI)
    assert [line.entry.amount for line in of_bo.lines] == [500, 500, 500]


def test_the_export_of_one_s_own_names_nobody_else(street: Town) -> None:
    earns(street, MEI)
    earns(street, BO)
    mine = exported(street.session, MEI)
    assert mine["available"] == 1000
    assert [one["amount"] for one in mine["entries"]] == [-500, 500]
    assert [(one["amount"], one["yours"]) for one in mine["shared_entries"]] == [(500, False), (500, True)]
    assert "resident_id" not in repr(mine)
    assert "household:" in "".join(exported_books(street.session, Format.CSV))


def test_the_account_that_stands_for_somebody_and_the_one_their_points_lie_in(street: Town) -> None:
    assert own_account(street.session, MEI) != resident_account(street.session, MEI)
    assert resident_account(street.session, MEI) == resident_account(street.session, BO)
    assert own_account(street.session, LI) == resident_account(street.session, LI)
