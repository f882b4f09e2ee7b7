"""One request to the control API: its path, query and body."""

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from bot.sandbox.errors import BadRequest
from bot.sandbox.parameters import Call
from bot.sandbox.room import Room
from bot.sandbox.things import Chat
from bot.sandbox.updates import LONGEST_POLL


@dataclass(frozen=True, slots=True)
class Asked:
    path: dict[str, Any]
    query: QueryParams
    call: Call

    def number(self, name: str) -> float:
        try:
            return float(self.query.get(name) or 0)
        except ValueError:
            raise BadRequest(f"{name} must be a number") from None

    def wait(self) -> float:
        """Give how many seconds the caller would wait for something to tell."""
        return min(self.number("wait"), LONGEST_POLL)

    def chat(self, room: Room) -> Chat:
        try:
            return room.world.chat(int(self.path["chat"]))
        except ValueError:
            raise BadRequest("a chat's id is a whole number") from None
