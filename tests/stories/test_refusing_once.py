"""A story of a second coordinator who refuses: the first hears of it, who refused does not hear it twice."""

from collections.abc import Mapping

import pytest

from town import Town


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"second_person_over = 50": "second_person_over = 1"}


async def test_who_refused_is_not_told_what_they_just_did(town: Town) -> None:
    lin, guo = await town.coordinator("Lin"), await town.coordinator("Guo")
    for name in ("Wei", "Ann"):
        await town.resident(name, team="fire")
    await lin.says("/callout fire The kitchen burns")
    await lin.taps("🚨")
    await guo.taps("⛔", on="Please decide")
    await lin.hears("Guo refused")
    await guo.hears("nothing was sent")
    assert not [one for one in await guo.bubbles() if "Guo refused" in one.text]
