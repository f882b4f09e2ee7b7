"""The renderings the sender has at hand, so that a text is read once and a picture is uploaded once."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlmodel import Session

from bot.database import Database
from bot.delivery.claims import Content, contents

KEPT = 32


class Contents:
    """A small cache in front of the renderings; an attachment goes when Telegram has named it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[int, Content] = OrderedDict()
        self._uploads: dict[int, asyncio.Lock] = {}

    @asynccontextmanager
    async def of(self, rendering_id: int) -> AsyncIterator[Content]:
        """Give what to send; of those that would upload the same file, one goes and the others wait."""
        content = await self._get(rendering_id)
        if content.attachment is None or content.file_id is not None:
            yield content
            return
        async with self._uploads.setdefault(rendering_id, asyncio.Lock()):
            yield await self._get(rendering_id)

    def name_file(self, rendering_id: int, file_id: str) -> None:
        """Keep Telegram's name for the file instead of the file."""
        content = self._kept.get(rendering_id)
        if content is not None:
            self._kept[rendering_id] = replace(content, file_id=file_id, attachment=None)

    async def _get(self, rendering_id: int) -> Content:
        if rendering_id not in self._kept:
            self._kept[rendering_id] = await self._database.read(_one, rendering_id)
        self._kept.move_to_end(rendering_id)
        self._forget_oldest()
        return self._kept[rendering_id]

    def _forget_oldest(self) -> None:
        while len(self._kept) > KEPT:
            gone, _ = self._kept.popitem(last=False)
            self._uploads.pop(gone, None)


def _one(session: Session, rendering_id: int) -> Content:
    return contents(session, [rendering_id])[rendering_id]
