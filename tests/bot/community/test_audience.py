"""Who a call-out asks: each person once, where they live, when they can, and why not."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import Session, col
from willow_bank import AREAS, BOT, NOW, TEAMS

from bot.community import (
    Asked,
    Audience,
    AwayInThePast,
    ChatState,
    LeftOut,
    TeamRetired,
    UnknownTeam,
    addresses,
    area_by_code,
    audience,
    availability,
    choose_team,
    end_of_day,
    forget,
    leave_team,
    mark_chat,
    set_away,
    set_quiet_hours,
    set_willing,
    synchronise,
)
from bot.community.availability import in_quiet_hours
from bot.community.models import ChatLink

PLAN = ("clinic", "core")


def asked(town: Session, area: str = "willow", teams: tuple[str, ...] = PLAN, **more) -> Audience:
    return audience(town, team_codes=teams, area_id=area_by_code(town, area).area_id, now=NOW, **more)


def test_each_is_asked_once_for_the_plans_first_team(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1", "core", "clinic", chat=1)
    li = join_as("Li", "b3", "core", chat=2)
    join_as("Neighbour", "b1", chat=3)
    join_as("Fireman", "b1", "fire", chat=4)
    found = asked(town)
    assert found.people == (Asked(mei.resident_id, 1, "en", "clinic"), Asked(li.resident_id, 2, "en", "core"))
    assert (found.left_out, found.unreachable) == ({}, 0)


def test_only_who_lives_there_or_below_is_asked(town: Session, join_as) -> None:
    ids = {place: join_as(place, place, "core").resident_id for place in ("willow", "g1", "b1", "b2", "b3")}
    assert {one.resident_id for one in asked(town, "g1").people} == {ids["g1"], ids["b1"], ids["b2"]}
    assert len(asked(town).people) == 5


def test_who_is_off_or_away_is_left_out_and_counted(town: Session, join_as) -> None:
    off, away, back, there = (
        join_as(name, "b1", "core").resident_id for name in ("Off", "Away", "Back", "There")
    )
    set_willing(town, resident_id=off, willing=False)
    set_away(town, resident_id=away, until=NOW + timedelta(hours=1), now=NOW)
    set_away(town, resident_id=back, until=NOW, now=NOW - timedelta(days=2))
    found = asked(town)
    assert {one.resident_id for one in found.people} == {back, there}
    assert found.left_out == {LeftOut.OFF: 1, LeftOut.AWAY: 1}
    set_willing(town, resident_id=away, willing=True)
    assert LeftOut.AWAY not in asked(town).left_out


def test_quiet_hours_hold_unless_it_is_asked_through_them(town: Session, join_as) -> None:
    mei = join_as("Mei", "b1", "core").resident_id
    set_quiet_hours(town, resident_id=mei, start=time(22), end=time(6))
    assert asked(town, quiet_at=time(23, 30)).left_out == {LeftOut.QUIET: 1}
    assert len(asked(town, quiet_at=time(6)).people) == 1
    assert len(asked(town).people) == 1


def test_who_cannot_be_reached_is_listed_and_counted(town: Session, join_as) -> None:
    blocked, gone, old = (
        join_as(n, "b1", "core", chat=c) for n, c in (("Blocked", 1), ("Gone", 2), ("Old", 3))
    )
    mark_chat(town, bot_id=BOT, chat_id=1, state=ChatState.BLOCKED)
    mark_chat(town, bot_id=BOT, chat_id=2, state=ChatState.GONE)
    town.execute(delete(ChatLink).where(col(ChatLink.chat_id) == 3))
    found = asked(town)
    assert [one.resident_id for one in found.people] == [one.resident_id for one in (blocked, gone, old)]
    assert found.unreachable == 3
    assert found.left_out == {LeftOut.BLOCKED: 2, LeftOut.NO_CHAT: 1}
    mark_chat(town, bot_id=BOT, chat_id=1, state=ChatState.REACHABLE)
    assert addresses(town, [blocked.resident_id])[blocked.resident_id].chat_id == 1


def test_who_left_was_forgotten_or_has_a_retired_team_is_not_asked(town: Session, join_as) -> None:
    left, gone, fire = (join_as(name, "b1", "core", "fire").resident_id for name in ("Left", "Gone", "Fire"))
    leave_team(town, resident_id=left, team_code="core")
    leave_team(town, resident_id=left, team_code="core")
    forget(town, resident_id=gone, now=NOW)
    assert [one.resident_id for one in asked(town).people] == [fire]
    synchronise(town, areas=AREAS, teams=TEAMS[:2], now=NOW)
    assert asked(town, teams=("fire",)).people == ()
    assert asked(town, teams=()).people == ()
    with pytest.raises(TeamRetired):
        choose_team(town, resident_id=left, team_code="fire", now=NOW)
    with pytest.raises(UnknownTeam):
        choose_team(town, resident_id=left, team_code="band", now=NOW)


def test_away_until_a_day_includes_that_day_and_never_lies_in_the_past(town: Session, join_as) -> None:
    mei = join_as("Mei").resident_id
    until = end_of_day(date(2026, 7, 3), ZoneInfo("Asia/Shanghai"))
    assert set_away(town, resident_id=mei, until=until, now=NOW).away_until == until
    assert not availability(town, mei).is_available(until - timedelta(seconds=1))
    assert availability(town, mei).is_available(until)
    with pytest.raises(AwayInThePast):
        set_away(town, resident_id=mei, until=NOW, now=NOW)


@given(st.times(), st.times(), st.times())
def test_quiet_hours_and_the_rest_of_the_day_share_no_minute(start: time, end: time, at: time) -> None:
    if start != end:
        assert in_quiet_hours(start, end, at) is not in_quiet_hours(end, start, at)
