"""What somebody sends to show a deed: words, a photo with its likeness, or a place."""

import asyncio

import structlog
from telegram.error import TelegramError

from bot.chat.turn import Turn
from points.deeds import Proof

log = structlog.get_logger(__name__)


async def proof_of(turn: Turn) -> Proof | None:
    """Give what came in, or nothing where it was none of these."""
    said = turn.said
    if said.photo_id is not None:
        return Proof(said.caption or None, said.photo_id, await _likeness(turn))
    if said.text or said.place is not None:
        return Proof(note=said.text or None, place=said.place)
    return None


async def _likeness(turn: Turn) -> str | None:
    """Say what the photo looks like, from its smallest size; where it cannot be had, nobody compares it."""
    from bot.pictures.likeness import likeness  # noqa: PLC0415 - loaded where somebody sends a photo

    try:
        file = await turn.bot.get_file(turn.said.thumb_id or "")
        picture = bytes(await file.download_as_bytearray())
    except TelegramError as trouble:
        log.warning("deed.photo_not_looked_at", trouble=str(trouble))
        return None
    return await asyncio.to_thread(likeness, picture)
