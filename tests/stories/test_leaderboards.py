"""Stories of the leaderboard: everybody finds their own place, and a month is announced once."""

import asyncio
import threading
from datetime import datetime
from itertools import count

import pytest
from sqlmodel import Session

import points
from bot import community, pictures
from bot.sandbox.handset import Handset
from points import Deserved, Groups
from town import Town

_facts = count(1)
FORGED = ("bm:2027", "bm:1999-Q1", "bm:2026-Q5", "bk:2026:z", "bk:2026", "bo:x")


async def test_text_and_picture_show_the_month_with_ones_own_place(town: Town) -> None:
    mei, bo = await town.resident("Mei", team="clinic"), await town.resident("Bo", area="b4")
    await _earns(town, mei, times=2)
    await _earns(town, bo, times=1)
    await bo.says("/leaderboard")
    board = await bo.hears("November 2026", "🥇 Mei", "🥈 Bo", "You: no. 2")
    assert all(name in board.text for name in ("Clinic", "Building 1", "Building 4"))
    picture = await bo.sees(lambda one: one.has_photo, "the picture")
    assert "November 2026" in picture.text


async def test_who_shares_a_place_reads_with_how_many(town: Town) -> None:
    mei, bo, ann = [await town.resident(name, team="clinic") for name in ("Mei", "Bo", "Ann")]
    for phone, times in ((mei, 2), (bo, 1), (ann, 1)):
        await _earns(town, phone, times=times)
    await ann.says("/leaderboard")
    board = await ann.hears("You: no. 2 (shared by 2), 20 points", "🥈 Bo", "🥈 Ann")
    assert "Your team (Clinic): no. 1, 80 points" in board.text


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


async def test_the_months_pictures_are_drawn_while_nobodys_tap_waits(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei, lin = await town.resident("Mei"), await town.resident("林", language="zh")
    await _earns(town, mei, times=1)
    where: list[str] = []
    draw = pictures.draw_leaderboard

    def watched(picture: pictures.LeaderboardPicture) -> bytes:
        where.append(threading.current_thread().name)
        return draw(picture)

    monkeypatch.setattr(pictures, "draw_leaderboard", watched)
    await town.later(days=25)
    for phone, words in ((mei, "leaderboard of November 2026"), (lin, "2026")):
        assert (await phone.sees(lambda one, words=words: one.has_photo and words in one.text, words)).photo
    assert len(where) == 2
    assert not [name for name in where if name.startswith("linli-")]  # the threads of the database


async def test_figures_that_change_while_the_picture_is_drawn_are_drawn_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = await town.resident("Mei")
    await _earns(town, mei, times=1)
    drawn: list[pictures.LeaderboardPicture] = []
    draw, loop, then = pictures.draw_leaderboard, asyncio.get_running_loop(), town.clock.now()

    def overtaken(picture: pictures.LeaderboardPicture) -> bytes:
        if not drawn:
            more = town.app.database.write(_award, town, mei.person_id, 1, then)
            asyncio.run_coroutine_threadsafe(more, loop).result(30)
        drawn.append(picture)
        return draw(picture)

    monkeypatch.setattr(pictures, "draw_leaderboard", overtaken)
    town.clock.wind(days=25)
    await town.app.schedule.run_due()
    before, after = (one.sections[0].rows[0].points for one in (drawn[0], drawn[-1]))
    assert after == 2 * before
    assert len(drawn) == len(town.app.house.languages) + 1


async def test_six_months_of_points_are_a_picture(town: Town) -> None:
    mei = await town.resident("梅", language="zh")
    await _earns(town, mei, times=2)
    await mei.says("积分")
    await mei.taps("📈")
    assert (await mei.hears("可用积分：40")).has_photo


async def test_quarters_years_and_every_board_are_a_tap_away(town: Town) -> None:
    mei, bo = await town.resident("Mei", team="clinic"), await town.resident("Bo", area="b4")
    await _earns(town, mei, times=2)
    await _earns(town, bo, times=1)
    await bo.says("/leaderboard")
    shown = await bo.hears("November 2026", "You: no. 2")
    await bo.taps("📅 Quarter")
    await bo.hears("Q4 2026", "🥇 Mei", "You: no. 2")
    await bo.taps("📊")
    await bo.taps("👪")
    households = await bo.hears("Your household: no. 2 of 2, 20 points")
    assert "Mei" not in households.text
    for sign, words in (("🌱", "🥇 Mei"), ("📈", "Nobody"), ("📍", "Grid 2"), ("🤝", "Clinic")):
        await bo.taps("📊")
        await bo.taps(sign)
        await bo.hears("Q4 2026", words)
    await bo.taps("📅 Year")
    await bo.hears("Teams · 2026")
    await bo.taps("🖼")
    assert (await bo.sees(lambda one: one.has_photo and "Teams · 2026" in one.text, "a picture")).photo
    forged = [await bo.sends_data(shown.message_id, data, forge=True) for data in FORGED]
    assert all("button" in words for words in forged)


async def test_a_small_group_in_which_somebody_hides_is_not_named(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo", area="b4")
    await _earns(town, mei, times=1)
    await mei.says("/me")
    await mei.taps("🏆")
    await mei.taps("🙈")
    await bo.says("/leaderboard")
    assert "Building 1" not in (await bo.hears("a small group")).text
    await mei.says("/leaderboard")
    await mei.hears("Your building (Building 1): no. 1")


async def test_a_season_is_told_once_with_the_months_board(town: Town) -> None:
    mei = await town.resident("Mei")
    await _earns(town, mei, times=3)
    await town.close()
    town.clock.wind(days=60)
    await town.open()
    await town.later(seconds=1)
    await mei.hears("What we did together in Q4 2026", "1 person", "Points given: 60")
    await town.restart()
    await town.later(days=1)
    await mei.says("/points")
    await mei.hears("Neighbourhood points")
    assert sum("together" in one.text for one in await mei.bubbles()) == 1


async def _earns(town: Town, phone: Handset, *, times: int) -> None:
    await town.app.database.write(_award, town, phone.person_id, times, town.clock.now())


def _award(session: Session, town: Town, chat_id: int, times: int, now: datetime) -> None:
    person = community.person(session, bot_id=town.app.house.bot_id, chat_id=chat_id)
    assert person is not None
    home = community.group_keys(session, [person.resident_id])[person.resident_id]
    team = next((one.code for one in community.teams_of(session, person.resident_id)), None)
    groups = Groups(household=home.household, team=team, building=home.building, grid=home.grid)
    points.award_all(
        session,
        activity="callout",
        deserved=[Deserved(person.resident_id, f"story:{next(_facts)}", groups) for _ in range(times)],
        now=now,
        zone=town.app.house.zone,
    )
