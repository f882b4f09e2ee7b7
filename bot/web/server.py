"""Listening: uvicorn inside our own loop, on addresses from the settings."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from bot.addresses import Address
from bot.web.site import Site

BACKLOG = 2048
STOP_WITHIN = 5


class CannotListen(Exception):
    """An address cannot be listened at; the text says why."""

    def __init__(self, address: Address, error: OSError) -> None:
        taken = error.errno == errno.EADDRINUSE
        super().__init__("another program has that port" if taken else error.strerror or str(error))
        self.address = address


@asynccontextmanager
async def serve(site: Site, address: Address) -> AsyncIterator[Address]:
    """Answer at an address until the block ends; gives where that is, also when any free port was asked for.

    Raises:
        CannotListen: the port is taken, or the address is not this machine's.
    """
    listener = _bind(address)
    try:
        async with _running(site, listener):
            yield Address(address.host, listener.getsockname()[1])
    finally:
        listener.close()


@asynccontextmanager
async def _running(site: Site, listener: socket.socket) -> AsyncIterator[None]:
    import uvicorn  # noqa: PLC0415 - it takes a while to import, and the bot can listen to Telegram meanwhile

    class Server(uvicorn.Server):
        """Leaves the signals to its host, and says when it listens."""

        listening = asyncio.Event()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            self.listening.set()

    config = uvicorn.Config(
        site,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        backlog=BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    server = Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    try:
        await server.listening.wait()
        yield
    finally:
        server.should_exit = True
        await running


def _bind(address: Address) -> socket.socket:
    try:
        family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0][0]
        # asyncio switches Nagle's delay off only where it sees that this is TCP: 40 ms an answer
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise CannotListen(address, error) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise CannotListen(address, error) from error
    return listener
