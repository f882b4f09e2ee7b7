"""Stories of the leaderboard: everybody finds their own place, and a month is announced once."""

from itertools import count

import pytest
from sqlmodel import Session

import points
from bot import community
from bot.sandbox.handset import Handset
from points import Deserved, Groups
from town import Town

_facts = count(1)


async def test_text_and_picture_show_the_month_with_ones_own_place(town: Town) -> None:
    mei, bo = await town.resident("Mei", team="clinic"), await town.resident("Bo", area="b4")
    await _earns(town, mei, times=2)
    await _earns(town, bo, times=1)
    await bo.says("/leaderboard")
    board = await bo.hears("November 2026", "🥇 Mei", "🥈 Bo", "You: no. 2")
    assert all(name in board.text for name in ("Clinic", "Building 1", "Building 4"))
    picture = await bo.sees(lambda one: one.has_photo, "the picture")
    assert "November 2026" in picture.text


async def test_who_hides_is_named_on_nobody_elses_board(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo")
    await _earns(town, mei, times=1)
    await mei.says("/me")
    await mei.taps("🏆")
    await mei.taps("🙈")
    await bo.says("排行榜")
    board = await bo.hears("November 2026", "a neighbour")
    assert "Mei" not in board.text
    await mei.says("/leaderboard")
    await mei.hears("you (hidden from others)", "You: no. 1")


@pytest.mark.parametrize("typed", ["2026-10", "10", "十月", "october"])
async def test_another_month_is_asked_for_simply(town: Town, typed: str) -> None:
    mei = await town.resident("Mei")
    await mei.says(f"/leaderboard {typed}")
    await mei.hears("Nobody", "October 2026")
    await mei.taps("➡️")
    await mei.hears("Nobody", "November 2026")


async def test_a_month_that_nobody_can_read_is_said(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("/leaderboard sometime")
    await mei.hears("cannot read this month")


async def test_the_month_is_announced_once_on_the_first_at_nine_also_after_downtime(town: Town) -> None:
    mei = await town.resident("Mei")
    await _earns(town, mei, times=1)
    await town.close()
    town.clock.wind(days=25)
    await town.open()
    await town.later(seconds=1)
    news = await mei.hears("leaderboard of November 2026", "🥇 Mei")
    assert news.has_photo
    await town.restart()
    await town.later(days=1)
    await mei.says("/points")
    await mei.hears("Neighbourhood points")
    assert sum("leaderboard of" in one.text for one in await mei.bubbles()) == 1
    await mei.taps("🏆", on="leaderboard of")
    await mei.hears("Leaderboard, November 2026", "You: no. 1")


async def _earns(town: Town, phone: Handset, *, times: int) -> None:
    await town.app.database.write(_award, town, phone.person_id, times)


def _award(session: Session, town: Town, chat_id: int, times: int) -> None:
    person = community.person(session, bot_id=town.app.house.bot_id, chat_id=chat_id)
    assert person is not None
    home = community.group_keys(session, [person.resident_id])[person.resident_id]
    team = next((one.code for one in community.teams_of(session, person.resident_id)), None)
    groups = Groups(household=home.household, team=team, building=home.building, grid=home.grid)
    points.award_all(
        session,
        activity="callout",
        deserved=[Deserved(person.resident_id, f"story:{next(_facts)}", groups) for _ in range(times)],
        now=town.clock.now(),
        zone=town.app.house.zone,
    )
