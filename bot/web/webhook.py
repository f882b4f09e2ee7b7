"""The webhook: an update is stored before Telegram reads 200, and a tap may be answered with it."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

import structlog

from bot.intake import Heard, Mouth, Reply, Unreadable, expect, heard
from bot.web.site import Answer, Request, as_json

SECRET_HEADER = b"x-telegram-bot-api-secret-token"
LARGEST = 1024 * 1024  # an update is a few kilobytes; a message's text has 4,096 letters at most
WAIT_FOR_ANSWER = 0.25
BUSY = 16  # from so many in hand on, nobody waits for anybody's answer

log = structlog.get_logger(__name__)
Take = Callable[[Sequence[Heard]], Awaitable[None]]


class TooLarge(ValueError):
    """A body is larger than any update."""


class Webhook:
    """Answers 401 to who does not know the secret, 503 to what is not stored, so that it comes again."""

    def __init__(self, mouth: Mouth, secret: str) -> None:
        self._mouth = mouth
        self._secret = secret.encode()
        self.refused = 0

    async def page(self, request: Request) -> Answer:
        """Take one update."""
        if request.method != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED)
        if not hmac.compare_digest(request.header(SECRET_HEADER), self._secret):
            self.refused += 1
            return Answer(HTTPStatus.UNAUTHORIZED)
        try:
            update = heard(await _body(request))
        except TooLarge:
            return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except Unreadable:
            log.warning("intake.unreadable")
            return Answer(HTTPStatus.BAD_REQUEST)
        return await self._taken(update)

    async def _taken(self, update: Heard) -> Answer:
        if self._mouth.is_full:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        reply = Reply() if update.is_tap and self._mouth.in_hand < BUSY else None
        if reply is not None:
            expect(reply)
        try:
            await self._mouth.take((update,))
        except Exception as trouble:
            log.warning("intake.not_taken", why=type(trouble).__name__)
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        method = await reply.wait(WAIT_FOR_ANSWER) if reply is not None else None
        return Answer() if method is None else as_json(HTTPStatus.OK, method)


async def _body(request: Request) -> bytes:
    """Read a body, but no more of it than an update can have.

    Raises:
        TooLarge: there is more.
    """
    if int(request.header(b"content-length") or 0) > LARGEST:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        part = await request.receive()
        parts.append(part.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise TooLarge
        if not part.get("more_body", False):
            return b"".join(parts)
