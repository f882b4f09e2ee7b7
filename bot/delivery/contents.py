"""The renderings the sender has at hand, so that a text is read once and a picture is uploaded once."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlmodel import Session

from bot.database import Database
from bot.delivery.claims import Content, contents

KEPT = 32


class BeingUploaded(Exception):
    """The same file is on its way already: it is sent by Telegram's name for it, once there is one."""


class Contents:
    """A small cache in front of the renderings; an attachment goes when Telegram has named it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[int, Content] = OrderedDict()
        self._uploading: set[int] = set()
        self._in_order = asyncio.Lock()

    @property
    def uploading(self) -> AbstractSet[int]:
        """Name the renderings whose file is on its way: claiming more of them is of no use yet."""
        return frozenset(self._uploading)

    @asynccontextmanager
    async def of(self, rendering_id: int) -> AsyncIterator[Content]:
        """Give what to send; of those that would upload the same file, one goes.

        Raises:
            BeingUploaded: another one does, and the sender's hand is no place to wait for it.
        """
        content = await self._get(rendering_id)
        if content.attachment is None or content.file_id is not None:
            yield content
            return
        if rendering_id in self._uploading:
            raise BeingUploaded
        self._uploading.add(rendering_id)
        try:
            yield content
        finally:
            self._uploading.discard(rendering_id)

    def name_file(self, rendering_id: int, file_id: str) -> None:
        """Keep Telegram's name for the file instead of the file."""
        content = self._kept.get(rendering_id)
        if content is not None:
            self._kept[rendering_id] = replace(content, file_id=file_id, attachment=None)

    async def _get(self, rendering_id: int) -> Content:
        async with self._in_order:  # who was found first asks for a turn first
            if rendering_id not in self._kept:
                self._kept[rendering_id] = await self._database.read(_one, rendering_id)
        self._kept.move_to_end(rendering_id)
        content = self._kept[rendering_id]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return content


def _one(session: Session, rendering_id: int) -> Content:
    return contents(session, [rendering_id])[rendering_id]
