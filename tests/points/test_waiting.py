"""In line for what is out of stock: first come, first served, and never more than there is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from points_town import CALLOUT, GARDEN, HAIRCUT, RICE, SHANGHAI, Town

from points import (
    COMMUNITY,
    LimitReached,
    OutOfStock,
    Redeemed,
    RewardOffer,
    RewardRetired,
    SponsorEntry,
    Terms,
    Window,
    cancel,
    forget_owner,
    synchronise_rewards,
    verify,
)
from points.shops import (
    InStock,
    Offered,
    OfferPassed,
    OfferProlonged,
    lapse_offer,
    serve_every_line,
    serve_line,
    stop_waiting,
    wait_for,
    wait_of,
)

LAST = replace(RICE, stock=1, limit=None)
DAY = timedelta(days=1)


@pytest.fixture
def town(town: Town) -> Town:
    town.set_up(rules=[CALLOUT, GARDEN], offers=[LAST, HAIRCUT])
    for who in range(1, 6):
        town.earns(who)
    return town


def waits(town: Town, who: int) -> int:
    line = wait_for(
        town.session,
        resident_id=who,
        household=f"h{who}",
        reward_id=town.reward("rice"),
        now=town.now,
        zone=SHANGHAI,
    )
    return line.place


def serves(town: Town) -> tuple[Offered, ...]:
    return serve_line(town.session, reward_id=town.reward("rice"), now=town.now, zone=SHANGHAI)


def gives_back(town: Town, code: Redeemed) -> tuple[Offered, ...]:
    cancel(town.session, redemption_id=code.redemption_id, resident_id=code.resident_id, now=town.now)
    return serves(town)


def lapses(town: Town, offer: Offered) -> OfferPassed | OfferProlonged | None:
    return lapse_offer(town.session, wait_id=offer.wait_id, now=town.now, zone=SHANGHAI)


def test_nobody_waits_for_what_is_there(town: Town) -> None:
    with pytest.raises(InStock):
        waits(town, 1)


def test_what_comes_back_is_kept_for_the_first_in_line_and_for_nobody_else(town: Town) -> None:
    code = town.redeems(1)
    assert [waits(town, who) for who in (2, 3, 2)] == [1, 2, 1]
    [offer] = gives_back(town, code)
    assert (offer.resident_id, offer.until) == (2, town.now + DAY)
    assert town.left() == 0
    with pytest.raises(OutOfStock):
        town.redeems(3)
    with pytest.raises(InStock):
        waits(town, 2)
    mine = wait_of(town.session, 2, town.reward("rice"))
    assert mine is not None
    assert (mine.place, mine.until) == (0, offer.until)
    assert town.redeems(2).code
    assert wait_of(town.session, 2, town.reward("rice")) is None
    assert wait_of(town.session, 3, town.reward("rice")).place == 1  # type: ignore[union-attr]
    assert serves(town) == ()
    assert verify(town.session).problems == ()


def test_who_does_not_take_it_in_time_passes_it_on(town: Town) -> None:
    code = town.redeems(1)
    waits(town, 2)
    waits(town, 3)
    [offer] = gives_back(town, code)
    town.passes(hours=23)
    assert lapses(town, offer) is None
    town.passes(hours=1)
    passed = lapses(town, offer)
    assert isinstance(passed, OfferPassed)
    assert passed.resident_id == 2
    assert lapses(town, offer) is None
    [next_offer] = serves(town)
    assert next_offer.resident_id == 3
    with pytest.raises(OutOfStock):
        town.redeems(2)
    assert waits(town, 2) == 1


def test_who_leaves_the_line_leaves_what_was_kept_to_the_next(town: Town) -> None:
    code = town.redeems(1)
    waits(town, 2)
    waits(town, 3)
    gives_back(town, code)
    stop_waiting(town.session, resident_id=2, reward_id=town.reward("rice"))
    [offer] = serves(town)
    assert offer.resident_id == 3


def test_who_is_forgotten_leaves_every_line(town: Town) -> None:
    code = town.redeems(1)
    waits(town, 2)
    waits(town, 3)
    forget_owner(town.session, 2, town.now)
    [offer] = gives_back(town, code)
    assert offer.resident_id == 3


def test_a_restock_by_the_file_serves_as_many_as_there_are(town: Town) -> None:
    town.redeems(1)
    for who in (2, 3, 4):
        waits(town, who)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[replace(LAST, stock=3), HAIRCUT])
    offers = serve_every_line(town.session, now=town.now, zone=SHANGHAI)
    assert [offer.resident_id for offer in offers] == [2, 3]
    assert town.left() == 0


def test_who_had_their_share_does_not_wait(town: Town) -> None:
    town.set_up(rules=[CALLOUT, GARDEN], offers=[replace(RICE, stock=1), HAIRCUT])
    town.redeems(1)
    with pytest.raises(LimitReached):
        waits(town, 1)


def test_a_reward_that_is_gone_has_no_line(town: Town) -> None:
    rice = town.reward("rice")
    town.redeems(1)
    waits(town, 2)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[HAIRCUT])
    assert serve_every_line(town.session, now=town.now, zone=SHANGHAI) == ()
    with pytest.raises(RewardRetired):
        wait_for(town.session, resident_id=3, household="h3", reward_id=rice, now=town.now, zone=SHANGHAI)


def test_the_day_begins_when_it_can_be_redeemed_next(town: Town) -> None:
    saturdays = replace(LAST, terms=Terms(window=Window(days=(5,), begins=540, ends=720)))
    code = town.redeems(1)
    waits(town, 2)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[saturdays, HAIRCUT])
    [offer] = gives_back(town, code)  # on a Tuesday
    assert offer.until == datetime(2026, 3, 15, 1, tzinfo=UTC)


def test_a_closed_reward_keeps_what_is_kept(town: Town) -> None:
    paid = replace(LAST, terms=Terms(cost_fen=60, payer="baker"))
    other = RewardOffer(
        "bread", {"*": "Bread"}, 10, "corner-shop", 7, terms=Terms(cost_fen=60, payer="baker")
    )
    code = town.redeems(1)
    waits(town, 2)
    sponsor = SponsorEntry("baker", {"*": "Baker"}, budget_fen=100)
    synchronise_rewards(town.session, [paid, other], [], town.now, [sponsor])
    [offer] = gives_back(town, code)
    town.redeems(3, "bread")
    town.passes(days=1)
    kept = lapses(town, offer)
    assert isinstance(kept, OfferProlonged)
    assert kept.until == town.now + DAY
    town.passes(days=30)
    assert isinstance(lapses(town, offer), OfferPassed)


def test_nobody_is_told_of_what_its_payer_cannot_pay(town: Town) -> None:
    paid = replace(LAST, terms=Terms(cost_fen=60, payer="baker"))
    sponsor = SponsorEntry("baker", {"*": "Baker"}, budget_fen=100)
    synchronise_rewards(town.session, [replace(paid, stock=2)], [], town.now, [sponsor])
    town.redeems(1)
    town.passes(days=1)
    waiting = replace(paid, stock=1)
    synchronise_rewards(town.session, [waiting], [], town.now, [sponsor])
    waits(town, 2)
    synchronise_rewards(town.session, [paid, replace(waiting, stock=9)], [], town.now, [sponsor])
    assert serves(town) == ()
    town.passes(days=30)
    assert [offer.resident_id for offer in serves(town)] == [2]


def test_the_community_has_no_budget_to_spend(town: Town) -> None:
    paid = replace(LAST, stock=5, terms=Terms(cost_fen=10**9, payer=COMMUNITY))
    synchronise_rewards(town.session, [paid], [], town.now)
    assert [town.redeems(who).payer for who in (1, 2, 3)] == [COMMUNITY] * 3
