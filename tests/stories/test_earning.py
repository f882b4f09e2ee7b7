"""Stories of what a deed earns: for whom it is more, when it is nothing, and what waits for next month."""

from bot.sandbox.handset import Handset
from town import Town

CAP = 'cap = {points = 80, per = "day"}'  # the first of these is the one of call-outs


async def serve(lin: Handset, *phones: Handset, town: Town) -> None:
    """Call out, and let everybody come and be there for an hour."""
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    for phone in phones:
        await phone.taps("✅")
        await phone.taps("📍")
    await town.later(minutes=60)


async def with_rule(town: Town, before: str, after: str) -> None:
    town.changes_its_file(before, after)
    await town.restart()


async def test_what_the_month_cannot_give_comes_on_the_first(town: Town) -> None:
    await with_rule(town, "monthly_budget = 200000", "monthly_budget = 40")
    wei = await town.resident("Wei", team="clinic")
    mei = await town.resident("梅", team="clinic", language="zh")
    lin = await town.coordinator("Lin")
    await serve(lin, wei, mei, town=town)
    await wei.taps("🏁")
    await wei.hears("+30 points", "you have 30")
    await mei.taps("🏁")
    await mei.hears("+30 邻里积分将在 2026-12-01 到账", "本月的积分已经发完")
    await mei.says("/points")
    await mei.hears("邻里积分：0", "🗓 2026-12-01 到账：+30 · 应急出动")
    await town.restart()
    await town.later(days=20, hours=20)
    await mei.says("积分")
    await mei.hears("邻里积分：0")
    await town.later(hours=2)
    await mei.hears("您的积分到账了：应急出动", "+30 邻里积分 · 现有 30")
    await mei.says("/points")
    await mei.hears("邻里积分：30", "2026-12-01")
    assert [row["amount"] for row in await town.rows("transfer") if row["kind"] == "award"] == [30, 30]


async def test_who_waits_at_stand_down_is_told_so_too(town: Town) -> None:
    await with_rule(town, "monthly_budget = 200000", "monthly_budget = 30")
    wei = await town.resident("Wei", team="clinic")
    ann = await town.resident("Ann", team="clinic")
    lin = await town.coordinator("Lin")
    await serve(lin, wei, ann, town=town)
    await wei.taps("🏁")
    await lin.taps("🏁", on="As of")
    await lin.taps("🏁", on="all the same")
    await ann.hears("Stand-down", "60 minutes of service", "+30 points are yours on 2026-12-01")


async def test_a_smaller_budget_puts_off_with_a_word(town: Town) -> None:
    await with_rule(town, "monthly_budget = 200000", "monthly_budget = 60")
    phones = [await town.resident(name, team="clinic") for name in ("Wei", "Ann", "Bob", "Mei")]
    lin = await town.coordinator("Lin")
    await serve(lin, *phones, town=town)
    for phone in phones:
        await phone.taps("🏁")
        await phone.hears("of service")
    await with_rule(town, "monthly_budget = 60", "monthly_budget = 35")
    await town.later(days=20, hours=22)
    await phones[2].hears("Your points have come: Answered a call-out", "you have 30")
    await phones[3].hears("Your points come later than we said", "yours on 2027-01-01")


async def test_a_raised_budget_pays_who_waits_at_once(town: Town) -> None:
    await with_rule(town, "monthly_budget = 200000", "monthly_budget = 30")
    phones = [await town.resident(name, team="clinic") for name in ("Wei", "Ann", "Bob")]
    lin = await town.coordinator("Lin")
    await serve(lin, *phones, town=town)
    for phone in phones:
        await phone.taps("🏁")
        await phone.hears("of service")
    await with_rule(town, "monthly_budget = 30", "monthly_budget = 65")
    await town.later(minutes=1)
    await phones[1].hears("Your points have come: Answered a call-out", "you have 30")
    await town.restart()
    await town.later(minutes=1)
    await phones[2].says("/points")
    await phones[2].hears("points: 0", "2026-12-01")
    await with_rule(town, "monthly_budget = 65", "monthly_budget = 200000")
    await town.later(minutes=1)
    await phones[2].hears("Your points have come: Answered a call-out", "you have 30")


async def test_the_young_and_the_new_earn_more_and_read_why(town: Town) -> None:
    more = "[activity.multiplier]\nage = {ages = [14, 25], percent = 150}\nfirst_time_percent = 200\n"
    await with_rule(town, 'verify = "automatic"\n', f'verify = "automatic"\n{more}')
    wei = await town.resident("Wei", team="clinic")
    ann = await town.resident("Ann", team="clinic", language="zh")
    lin = await town.coordinator("Lin")
    await wei.says("/me")
    await wei.taps("🎂")
    await wei.says("2005")
    await wei.hears("My card", "Year of birth: 2005")
    await serve(lin, wei, ann, town=town)
    await wei.taps("🏁")
    await wei.hears(
        "+80 points", "Counted 3×: your age group, your first time", "from 2026-11-11 it earns again"
    )
    await ann.taps("🏁")
    await ann.hears("+60 邻里积分", "按 2 倍计算：第一次参加")
    await lin.taps("🏁", on="As of")
    await lin.hears("Stood down")
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await wei.taps("✅", on="Can you come")
    await wei.taps("📍")
    await town.later(minutes=6)
    await wei.taps("🏁")
    await wei.hears("No points this time", "from 2026-11-11 it earns again")


async def test_outside_its_times_a_deed_earns_nothing_and_says_when(town: Town) -> None:
    await with_rule(town, CAP, 'windows = {days = ["sat"], from = "08:00", to = "20:00"}\n')
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await serve(lin, wei, town=town)
    await wei.taps("🏁")
    await wei.hears("No points this time", "next from 2026-11-14 08:00")
    assert not await town.rows("transfer")


async def test_a_year_of_birth_is_given_changed_and_removed(town: Town) -> None:
    mei = await town.resident("梅", language="zh")
    await mei.says("/me")
    await mei.hears("出生年份：没有填")
    await mei.taps("🎂")
    asked = await mei.hears("请打出您的出生年份", "别人看不到")
    assert asked.button("🗑") is None
    for wrong in ("1850", "2031", "very old", "90"):
        await mei.says(wrong)
        await mei.hears("四位数的年份，1906 到 2026 之间")
    await mei.says("１９９０年")
    await mei.hears("我的卡片", "出生年份：1990")
    assert [row["birth_year"] for row in await town.rows("resident")] == [1990]
    await mei.taps("🎂")
    again = await mei.sees(lambda one: one.button("🗑") is not None, "🗑")
    await town.restart()
    await mei.taps("🗑")
    await mei.hears("我的卡片", "出生年份：没有填")
    assert await mei.taps_again(again, "🗑") is not None
    assert [row["birth_year"] for row in await town.rows("resident")] == [None]


async def test_a_year_of_birth_is_forgotten_with_the_person(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("/me")
    await mei.taps("🎂")
    await mei.says("1990")
    await mei.hears("Year of birth: 1990")
    await mei.says("/privacy")
    await mei.hears("year of birth")
    await mei.taps("🗑")
    await mei.taps("🗑", on="points")
    await mei.hears("forgotten")
    assert [row["birth_year"] for row in await town.rows("resident")] == [None]
