"""Bringing updates to a webhook as fast as it takes them, over as many connections as Telegram opens."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CONNECTIONS = 100


@dataclass
class Brought:
    """What the webhook said to each update, and after how many seconds."""

    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    whole: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.whole


def bring(url: str, secret: str, bodies: Iterable[bytes]) -> Brought:
    """Bring all of them, each as soon as a connection is free."""
    return asyncio.run(_bring(url, secret, list(bodies)))


async def _bring(url: str, secret: str, bodies: list[bytes]) -> Brought:
    brought, left = Brought(), iter(bodies)
    began = time.perf_counter()
    await asyncio.gather(*(_connection(url, secret, left, brought) for _ in range(CONNECTIONS)))
    brought.whole = time.perf_counter() - began
    return brought


async def _connection(url: str, secret: str, left: Iterable[bytes], brought: Brought) -> None:
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
    ).encode()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for body in left:
        began = time.perf_counter()
        writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        status = await reader.readline()
        length = 0
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        await reader.readexactly(length)
        brought.seconds.append(time.perf_counter() - began)
        brought.statuses.append(int(status.split()[1]))
    writer.close()
