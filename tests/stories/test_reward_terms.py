"""Stories of terms: who may have a reward, when, with which picture, and who pays the shop for it."""

from io import BytesIO

import pytest
import segno

from shoppers import looks_at, redeems, shopper
from town import Town

RICE = "valid_days = 14                # an unused code lapses"


def terms(*lines: str) -> str:
    return "\n".join((*lines, RICE))


async def test_who_gave_no_year_of_birth_is_told_how_and_then_gets_it(town: Town) -> None:
    town.changes_its_file(RICE, terms("min_age = 60"))
    await town.restart()
    old = await shopper(town, "Old Li")
    shown = await looks_at(old, "Rice")
    assert "For those of 60 and over" in shown.text
    assert "send /me, tap “🎂 Year of birth”" in await old.taps("✅", on="Redeem “Rice")
    await old.says("/me")
    await old.taps("🎂")
    await old.says("２０００年")
    await old.hears("Year of birth: 2000")
    await looks_at(old, "Rice")
    assert "for those of 60 and over" in await old.taps("✅", on="Redeem “Rice")
    await old.says("/me")
    await old.taps("🎂")
    await old.says("66")
    await old.hears("year with four digits")
    await old.says("1966")
    await old.hears("Year of birth: 1966")
    assert await redeems(old, "Rice")


async def test_a_reward_for_one_grid_is_refused_to_the_other(town: Town) -> None:
    town.changes_its_file(RICE, terms('areas = ["g1"]'))
    await town.restart()
    far = await shopper(town, "Far", area="b5")
    assert "For residents of Grid 1" in (await looks_at(far, "Rice")).text
    assert "is for residents of Grid 1" in await far.taps("✅", on="Redeem “Rice")
    assert await redeems(await shopper(town, "Near", area="b2"), "Rice")


async def test_a_certificate_that_nobody_holds_yet_is_named(town: Town) -> None:
    town.changes_its_file(RICE, terms('certificate = "first-aid"'))
    await town.restart()
    mei = await shopper(town, "Mei")
    assert "Needs the certificate: first-aid" in (await looks_at(mei, "Rice")).text
    assert "needs the certificate “first-aid”" in await mei.taps("✅", on="Redeem “Rice")


async def test_outside_its_hours_a_reward_says_when_it_opens(town: Town) -> None:
    town.changes_its_file(RICE, terms('window = {days = ["sat"], from = "09:00", to = "12:00"}'))
    await town.restart()  # a Tuesday morning in November
    mei = await shopper(town, "Mei")
    assert "Can be redeemed: Sat · 09:00–12:00" in (await looks_at(mei, "Rice")).text
    assert "opens on 2026-11-14 at 09:00" in await mei.taps("✅", on="Redeem “Rice")
    town.clock.wind(days=4)
    assert await redeems(mei, "Rice")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_the_terms_come_with_their_picture(town: Town, language: str) -> None:
    drawn = BytesIO()
    segno.make("rice").save(drawn, kind="png", scale=20)
    (town.file.parent / "rice.png").write_bytes(drawn.getvalue())
    town.changes_its_file(RICE, terms('picture = "rice.png"'))
    await town.restart()
    mei = await shopper(town, "Mei", language=language)
    shown = await looks_at(mei, "Rice" if language == "en" else "大米")
    assert shown.has_photo
    assert ("Thank you, Willow Bank Grain Store" in shown.text) == (language == "en")
    (town.file.parent / "rice.png").unlink()
    assert await redeems(mei, "Rice" if language == "en" else "大米")


async def test_a_reward_closes_when_its_sponsor_has_paid_enough_and_reopens_next_month(town: Town) -> None:
    town.changes_its_file("budget_fen = 200000", "budget_fen = 4000")
    await town.restart()
    first, second = await shopper(town, "First"), await shopper(town, "Second")
    before = await looks_at(second, "Rice")
    code = await redeems(first, "Rice")
    assert "it reopens on 2026-12-01" in await second.taps("✅", on=before.text.splitlines()[0])
    await second.says("/rewards")
    await second.hears("Closed for now: Rice, 5 kg")
    closed = await looks_at(second, "Rice")
    assert closed.button("✅") is None
    assert "reopens on 2026-12-01" in closed.text
    await first.taps("↩️", on=code)
    await first.taps("✅", on="back?")
    await first.hears("Your 150 points are back")
    assert await redeems(second, "Rice")
    town.clock.wind(days=21)
    assert await redeems(first, "Rice")
