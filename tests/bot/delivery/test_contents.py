"""What the sender has at hand: a file goes up once, and nobody waits in the hand for that."""

import asyncio
from typing import Any

import pytest

from bot.database import Database
from bot.delivery.claims import Content
from bot.delivery.contents import BeingUploaded, Contents
from bot.delivery.models import Method

PICTURE = Content(Method.PHOTO, "November", (), b"picture", "b.png", None)


class Slow(Database):
    """Answers each question when it is told to."""

    def __init__(self) -> None:
        self.asked: list[asyncio.Future[Content]] = []

    async def read(self, *_: Any, **__: Any) -> Any:
        self.asked.append(asyncio.get_running_loop().create_future())
        return await self.asked[-1]


async def used(contents: Contents) -> Content:
    async with contents.of(1) as content:
        return content


async def test_while_one_uploads_the_others_are_turned_away() -> None:
    database = Slow()
    contents = Contents(database)
    first = contents.of(1)
    entering = asyncio.create_task(first.__aenter__())
    await asyncio.sleep(0)
    database.asked[0].set_result(PICTURE)
    await entering
    assert contents.uploading == {1}
    with pytest.raises(BeingUploaded):
        await used(contents)
    contents.name_file(1, "F")
    await first.__aexit__(None, None, None)
    assert contents.uploading == set()
    assert ((await used(contents)).attachment, (await used(contents)).file_id) == (None, "F")


async def test_contents_come_in_the_order_they_were_asked_for_and_each_is_read_once() -> None:
    database = Slow()
    contents = Contents(database)
    looking = [asyncio.create_task(used(contents)) for _ in range(2)]
    await asyncio.sleep(0)
    assert [one.done() for one in looking] == [False, False]
    database.asked[0].set_result(PICTURE)
    await looking[0]
    await looking[1]
    assert len(database.asked) == 1


async def test_an_upload_that_failed_is_another_ones_turn() -> None:
    database = Slow()
    contents = Contents(database)
    looking = asyncio.create_task(used(contents))
    await asyncio.sleep(0)
    database.asked[0].set_result(PICTURE)
    assert (await looking).attachment == b"picture"
    with pytest.raises(ConnectionError):
        async with contents.of(1):
            raise ConnectionError
    assert (await used(contents)).attachment == b"picture"
