"""Stories of joining: from a poster, by invitation, in two languages, and of those who said no."""

from bot import community
from town import Town


async def test_from_a_poster_joining_as_a_volunteer_takes_three_taps(town: Town) -> None:
    mei = await town.stranger("Mei", "zh-hans")
    await mei.says("/start a_b1")
    hello = await mei.hears("柳岸社区", "Willow Bank")
    assert hello.text.index("柳岸社区") < hello.text.index("Willow Bank")
    await mei.taps("✅")
    await mei.taps("👤")
    await mei.taps(town.team_button("clinic", "zh"))
    card = await mei.hears("Mei", "1号楼", "社区诊所")
    assert card.button("🤝")


async def test_an_old_question_of_joining_gives_way_to_the_card(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("/start")
    await mei.hears("Mei")
    old = next(one for one in await mei.bubbles() if one.buttons)
    await mei.sends_data(old.message_id, "jn", forge=True)
    await mei.sees(
        lambda one: one.message_id == old.message_id and "a neighbour here already" in one.text, "the card"
    )


async def test_who_says_no_leaves_nothing(town: Town) -> None:
    bo = await town.stranger("Bo")
    await bo.says("/start")
    await bo.taps("❌")
    await bo.hears("nothing was kept")


async def test_an_invitation_makes_a_coordinator(town: Town) -> None:
    lin = await town.coordinator("Lin", language="zh")
    await lin.says("/help")
    menu = await lin.sees(lambda one: one.button("🚨") is not None, "the help with 🚨")
    assert menu


async def test_words_at_the_consent_lose_no_invitation(town: Town) -> None:
    await town.coordinator("Lin")
    offer = await town.app.database.write(
        community.invite, role=community.Role.COORDINATOR, days=1, now=town.clock.now(), granted_by=None
    )
    bo = await town.stranger("Bo")
    await bo.says(f"/start i_{offer.code}")
    await bo.says("okay then")
    await bo.says("/language")
    await bo.taps("🇬🇧", on="Choose")
    await bo.taps("✅")
    await bo.taps("👤")
    await bo.taps("🏠 Grid 1")
    await bo.taps("🏠 Building 2")
    await bo.taps("➖")
    await bo.hears("Bo", "Coordinator · Willow Bank")
