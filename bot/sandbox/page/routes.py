"""The page's own addresses: the page at /, its files, and the neighbours who move in on request."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.neighbours import Neighbours, TooManyNeighbours
from bot.sandbox.page.rehearsal import Rehearsal
from bot.sandbox.things import Json

LOG = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
# The page loads nothing from anywhere else, and no other page may frame it.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
SIZE_WANTED = 'Send {"size": 60} as JSON: a whole number of people, at least 1.'

NeighboursMaker = Callable[[str, int], Neighbours]


class Street:
    """The simulated neighbourhood of one room: nobody at first, then one life for all who move in."""

    def __init__(self, make: NeighboursMaker) -> None:
        self._make = make
        self._neighbours: Neighbours | None = None
        self._life: asyncio.Task[None] | None = None

    def move_in(self, address: str, size: int) -> None:
        """Let people move in; the first of them start the neighbourhood.

        Raises:
            TooManyNeighbours: more than the room is made for.
        """
        if self._neighbours is None:
            self._neighbours = self._make(address, size)
        else:
            self._neighbours.move_in(size)
        self.go_on()

    def go_on(self) -> None:
        """Let everybody who ever moved in live on from where they are."""
        if self._neighbours is not None and not self._living:
            self._life = asyncio.create_task(self._live(self._neighbours))

    def take_up(self, address: str, kept: Json) -> None:
        """Have the people of an earlier demo again; they live when told to go on."""
        self._neighbours = self._make(address, 0)
        self._neighbours.take_up(kept)

    def kept(self) -> Json | None:
        return self._neighbours.kept() if self._neighbours else None

    @property
    def _living(self) -> bool:
        return self._life is not None and not self._life.done()

    async def stop(self) -> None:
        """Let everybody freeze where they are; what they did stays."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    def facts(self) -> Json:
        summary = self._neighbours.summary().facts() if self._neighbours else {}
        return {"running": self._living, **summary}

    def people(self) -> list[int]:
        return self._neighbours.people if self._neighbours else []

    @staticmethod
    async def _live(neighbours: Neighbours) -> None:
        async with neighbours:
            try:
                await neighbours.run()
            except* Exception as errors:
                LOG.exception("the simulated neighbourhood stopped", exc_info=errors)


def routes(rehearsal: Rehearsal, *, street: Street | None = None) -> list[BaseRoute]:
    """Give the page's routes for `Sandbox(extra_routes=...)`."""
    page = _Page(rehearsal, street or Street(neighbours_from(rehearsal)))
    return [
        Route("/", page.show, methods=["GET"]),
        Route("/room/offers", page.offers, methods=["GET"]),
        Route("/room/neighbours", page.summary, methods=["GET"]),
        Route("/room/neighbours", page.move_in, methods=["POST"]),
        Route("/room/neighbours", page.go_on, methods=["PUT"]),
        Route("/room/neighbours", page.stop, methods=["DELETE"]),
        Route("/room/neighbours/people", page.people, methods=["GET"]),
        Mount("/room/static", StaticFiles(directory=STATIC), name="static"),
    ]


def neighbours_from(rehearsal: Rehearsal) -> NeighboursMaker:
    """Make neighbours who know the rehearsal's posters."""
    doors = [door.payload for door in rehearsal.posters]
    return lambda address, size: Neighbours(address, size=size, posters=doors)


class _Page:
    def __init__(self, rehearsal: Rehearsal, street: Street) -> None:
        self._rehearsal, self._street = rehearsal, street
        templates = Environment(loader=PackageLoader("bot.sandbox.page"), autoescape=select_autoescape())
        self._template = templates.get_template("room.html")

    async def show(self, request: Request) -> Response:
        preferred = request.headers.get("accept-language", "")
        language = "zh" if preferred.lower().startswith("zh") else "en"
        return HTMLResponse(self._template.render(language=language), headers=HEADERS)

    async def offers(self, _request: Request) -> Response:
        return JSONResponse(self._rehearsal.facts())

    async def summary(self, _request: Request) -> Response:
        return JSONResponse(self._street.facts())

    async def people(self, _request: Request) -> Response:
        return JSONResponse({"people": self._street.people()})

    async def move_in(self, request: Request) -> Response:
        size = await _size(request)
        if size is None:
            return JSONResponse({"error": SIZE_WANTED}, status_code=400)
        try:
            self._street.move_in(str(request.base_url).rstrip("/"), size)
        except TooManyNeighbours as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse(self._street.facts(), status_code=202)

    async def go_on(self, _request: Request) -> Response:
        self._street.go_on()
        return JSONResponse(self._street.facts(), status_code=202)

    async def stop(self, _request: Request) -> Response:
        await self._street.stop()
        return JSONResponse(self._street.facts())


async def _size(request: Request) -> int | None:
    """Read the wanted number; a form from a foreign page cannot send JSON, so only JSON counts."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        size = (await request.json())["size"]
    except (ValueError, KeyError, TypeError):
        return None
    return size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None
