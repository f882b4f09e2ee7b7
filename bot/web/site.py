"""A few pages by path, as a plain ASGI application: nothing stands between a tap and the database."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus = HTTPStatus.OK
    body: bytes = b""
    kind: bytes = b"text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    headers: tuple[tuple[bytes, bytes], ...]
    receive: Receive

    def header(self, name: bytes) -> bytes:
        """Give a header by its name in small letters, or nothing."""
        return next((value for known, value in self.headers if known == name), b"")


Page = Callable[[Request], Awaitable[Answer]]


def as_json(status: HTTPStatus, facts: object) -> Answer:
    """Answer with JSON."""
    return Answer(status, json.dumps(facts, ensure_ascii=False).encode(), b"application/json")


class Site:
    """Finds the page for a path; there are few, and each looks at the method itself."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._pages = dict(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        page = self._pages.get(scope["path"], _nothing_here)
        answer = await page(Request(scope["method"], tuple(scope["headers"]), receive))
        headers = [(b"content-type", answer.kind), (b"content-length", b"%d" % len(answer.body))]
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


async def _nothing_here(_: Request) -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, b"There is nothing here.\n")
