from datetime import timedelta

from points_town import Town

from points.shops import HandoversStopped, WrongCodeNoted, forget_wrong_codes, note_wrong_code, paused_until


def tries(town: Town, who: int = 1) -> bool:
    """Try a wrong code; tell whether that stopped them."""
    noted = note_wrong_code(town.session, resident_id=who, now=town.now)
    assert isinstance(noted, WrongCodeNoted | HandoversStopped)
    return isinstance(noted, HandoversStopped)


def test_the_fifth_wrong_code_in_ten_minutes_stops_for_a_quarter_of_an_hour(town: Town) -> None:
    stopped = []
    for _ in range(5):
        stopped.append(tries(town))
        town.passes(minutes=2)
    assert stopped == [False, False, False, False, True]
    at = town.now - timedelta(minutes=2)
    assert paused_until(town.session, 1, town.now) == at + timedelta(minutes=15)
    assert paused_until(town.session, 2, town.now) is None
    town.passes(minutes=13)
    assert paused_until(town.session, 1, town.now) is None
    assert not tries(town)


def test_wrong_codes_far_apart_stop_nobody(town: Town) -> None:
    for _ in range(12):
        assert not tries(town)
        town.passes(minutes=2, seconds=31)


def test_what_counts_no_more_is_erased(town: Town) -> None:
    for _ in range(5):
        tries(town)
    forget_wrong_codes(town.session, resident_id=2)
    assert paused_until(town.session, 1, town.now)
    forget_wrong_codes(town.session, before=town.now)
    assert paused_until(town.session, 1, town.now)
    forget_wrong_codes(town.session, resident_id=1)
    assert paused_until(town.session, 1, town.now) is None
