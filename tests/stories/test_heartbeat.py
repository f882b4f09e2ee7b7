"""Stories of the heartbeat address, and of addresses that cannot be listened at."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.addresses import Address
from bot.alive import Heart
from bot.app import opened
from bot.hearing import NothingListens
from bot.web.heartbeat import Heartbeat
from bot.web.server import serve
from bot.web.site import Answer, Request, Site
from town import Town


@dataclass
class Watch:
    """Somebody else's watch: counts who came by."""

    address: str = ""
    came: list[str] = field(default_factory=list)

    async def page(self, request: Request) -> Answer:
        self.came.append(request.method)
        return Answer()


@pytest.fixture
async def watch() -> AsyncIterator[Watch]:
    watch = Watch()
    async with serve(Site({"/ping/secret": watch.page}), Address("127.0.0.1", 0)) as address:
        watch.address = f"http://{address}/ping/secret"
        yield watch


async def test_the_heartbeat_is_fetched_only_while_all_is_well(town: Town, watch: Watch) -> None:
    well = True
    beat = Heartbeat(watch.address)
    heart = Heart(town.app.database, town.clock, is_well=lambda: well, beat=beat)
    await heart.once()
    assert watch.came == ["GET"]
    well = False
    await heart.once()
    assert watch.came == ["GET"]


async def test_nobody_at_the_heartbeat_address_is_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    await Heartbeat("http://127.0.0.1:9/my-secret-check")()
    assert "my-secret-check" not in caplog.text


async def test_a_port_that_is_taken_stops_only_who_needs_it(town: Town, watch: Watch) -> None:
    taken = Address("127.0.0.1", int(watch.address.split(":")[2].split("/")[0]))
    await town.close()
    polling = town.settings.model_copy(update={"listen": taken})
    async with opened(polling, town.clock, town.clock.pace()) as app:
        assert app.hearing.listens_at == ()
    hooked = polling.model_copy(update={"webhook_url": "https://bot.example.org/updates"})
    with pytest.raises(NothingListens, match="another program has that port"):
        async with opened(hooked, town.clock, town.clock.pace()):
            pass
    await town.open()


async def test_figures_may_have_an_address_of_their_own(town: Town) -> None:
    await town.close()
    apart = town.settings.model_copy(update={"metrics_listen": Address("127.0.0.1", 0)})
    async with opened(apart, town.clock, town.clock.pace()) as app:
        assert len(app.hearing.listens_at) == 1
    hooked = apart.model_copy(update={"webhook_url": "https://bot.example.org/updates"})
    async with opened(hooked, town.clock, town.clock.pace()) as app:
        assert len(app.hearing.listens_at) == 2
    await town.open()
