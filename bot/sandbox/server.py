"""The rehearsal room over HTTP: the Bot API under /bot<token>/, files, and the control API."""

import asyncio
import errno
import ipaddress
import json
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.clock import Clock, SystemClock
from bot.sandbox.control import routes
from bot.sandbox.errors import ApiError, NotLoopback, PortInUse
from bot.sandbox.faults import Fault, FaultBody
from bot.sandbox.limits import Limits
from bot.sandbox.methods import BY_LOWER_NAME
from bot.sandbox.parameters import Call, read_call
from bot.sandbox.pusher import Pusher
from bot.sandbox.room import Room

# shaped like a real one, so that a settings check takes it; it opens nothing outside this room
REHEARSAL = "7000000001:AArehearsalroomAArehearsalroomAA123"
HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
HANG_SECONDS = 600.0
UNAUTHORIZED = ApiError(401, "Unauthorized")


class Sandbox:
    """A local Bot API server for one bot, all in memory."""

    def __init__(
        self,
        *,
        token: str = REHEARSAL,
        username: str = "linli_demo_bot",
        limits: Limits | None = None,
        clock: Clock | None = None,
        extra_routes: Sequence[BaseRoute] = (),
    ) -> None:
        self.room = Room(
            token=token, username=username, clock=clock or SystemClock(), limits=limits or Limits()
        )
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._file, methods=["GET"]),
                *routes(self.room),
                *extra_routes,
            ]
        )
        self.app.state.room = self.room

    @property
    def token(self) -> str:
        return self.room.token

    def close(self) -> None:
        """Let every open long poll end."""
        self.room.bell.close()

    async def push(self) -> None:
        """Bring updates to the webhook, while one is set, until the room is closed."""
        await Pusher(self.room, self._result).push()

    def _knows(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.room.token.encode())

    async def _call(self, request: Request) -> Response:
        if not self._knows(request.path_params["token"]):
            return _refusal(UNAUTHORIZED)
        name = request.path_params["method"]
        try:
            call = await read_call(request)
            self.room.statistics.calls[name] += 1
            fault = self.room.faults.next_for(name.lower(), call.text("chat_id"))
            if fault is not None:
                return await self._fail(fault, name, call)
            return _success(await self._result(name, call))
        except ApiError as error:
            return _refusal(error)

    async def _result(self, name: str, call: Call) -> str:
        """Run one method and give its result as JSON."""
        lower = name.lower()
        if lower == "getupdates":
            return await self._updates(call)
        method = BY_LOWER_NAME.get(lower)
        if method is None:
            raise ApiError(404, f"Not Found: method {name} is not known to this rehearsal room")
        return json.dumps(method(self.room, call))

    async def _updates(self, call: Call) -> str:
        if call.has("allowed_updates"):
            self.room.updates.allow(call.structure("allowed_updates"))
        return await self.room.updates.fetch(
            offset=call.integer("offset"),
            limit=call.integer("limit", 100),
            seconds=call.integer("timeout"),
        )

    async def _fail(self, fault: Fault, name: str, call: Call) -> Response:
        if fault.applied:
            await self._result(name, call)
        if fault.body is FaultBody.HANG:
            await self.room.bell.wait_for("hang", lambda: False, seconds=HANG_SECONDS)
        if fault.body is FaultBody.HTML:
            return Response(HTML, status_code=fault.status, media_type="text/html")
        if fault.body is FaultBody.HALF:
            return _json('{"ok":true,"result":{"message_id":12,"da', 200)
        return _json(json.dumps(fault.answer()), fault.status)

    async def _file(self, request: Request) -> Response:
        if not self._knows(request.path_params["token"]):
            return _refusal(UNAUTHORIZED)
        found = self.room.files.by_path(request.path_params["path"])
        if found is None:
            return _refusal(ApiError(404, "Not Found"))
        return Response(found.data, media_type=found.mime)


def _json(body: str, status: int) -> Response:
    return Response(body.encode(), status_code=status, media_type="application/json")


def _success(result: str) -> Response:
    return _json(f'{{"ok":true,"result":{result}}}', 200)


def _refusal(error: ApiError) -> Response:
    return _json(json.dumps(error.answer()), error.code)


class _Server(uvicorn.Server):
    """Runs inside somebody's loop: says when it listens, and leaves the signals to its host."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()


def _bind(host: str, port: int) -> socket.socket:
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        raise NotLoopback(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only where it sees that this is TCP: 40 ms an answer
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port) from error
        raise
    return listener


@asynccontextmanager
async def serve(sandbox: Sandbox, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve in the running loop and give the address, like http://127.0.0.1:8080.

    Raises:
        PortInUse: another program has the port.
        NotLoopback: the host is not this computer alone.
    """
    listener = _bind(host, port)
    settings: dict[str, Any] = {"log_config": None, "log_level": "warning", "access_log": False}
    config = uvicorn.Config(
        sandbox.app, lifespan="off", timeout_graceful_shutdown=1, backlog=2048, ws="none", **settings
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    pushing = asyncio.create_task(sandbox.push())
    try:
        await server.listening.wait()
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{listener.getsockname()[1]}"
    finally:
        sandbox.close()
        await pushing
        server.should_exit = True
        await running
        listener.close()
