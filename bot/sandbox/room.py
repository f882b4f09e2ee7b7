"""The rehearsal room's whole state: one bot, its world, its queue, its limits."""

from collections import Counter
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.sandbox.bell import Bell
from bot.sandbox.errors import BadRequest
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.limits import Gate, Limits
from bot.sandbox.queries import Queries
from bot.sandbox.rules import check_may_write
from bot.sandbox.things import Chat, Json, Person
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.world import World


@dataclass(slots=True)
class Profile:
    """What BotFather knows of the bot; commands by scope and language, texts by language."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Statistics:
    messages: int = 0
    edits: int = 0
    answers: int = 0
    in_responses: int = 0
    first_at: float | None = None
    last_at: float | None = None
    calls: Counter[str] = field(default_factory=Counter)


class Room:
    def __init__(self, *, token: str, username: str, clock: Clock, limits: Limits) -> None:
        self.token = token
        self.clock = clock
        self.bell = Bell()
        number = token.partition(":")[0]
        self.bot: Json = {
            "id": int(number) if number.isdigit() else 7_000_000_001,
            "is_bot": True,
            "first_name": "Linli",
            "username": username,
        }
        self.world = World(clock=clock, bell=self.bell, bot=self.bot)
        self.updates = UpdateQueue(clock, self.bell)
        self.queries = Queries(clock, self.bell)
        self.gate = Gate(limits)
        self.files = Files()
        self.faults = Faults()
        self.profile = Profile()
        self.statistics = Statistics()

    def chat_for(self, address: str) -> Chat:
        """Find the chat a call names by id or @username.

        Raises:
            BadRequest: there is none.
        """
        if not address:
            raise BadRequest("chat_id is empty")
        known = self.world.usernames.get(address[1:].lower()) if address[0] == "@" else None
        try:
            return self.world.chats[int(address) if known is None else known]
        except (KeyError, ValueError):
            raise BadRequest("chat not found") from None

    def person_behind(self, chat: Chat) -> Person | None:
        return self.world.people.get(chat.id)

    def writable_chat(self, address: str) -> Chat:
        chat = self.chat_for(address)
        check_may_write(chat, self.person_behind(chat))
        return chat

    def admit(self, chat: Chat) -> None:
        """Let one send or edit through the limits, and remember when it was."""
        self.gate.admit(chat.id, is_group=chat.is_group, now=self.clock.monotonic())
        now = self.clock.now().timestamp()
        self.statistics.first_at = self.statistics.first_at or now
        self.statistics.last_at = now

    def restart_statistics(self) -> None:
        self.statistics = Statistics()
        self.gate.peak = self.gate.refused = 0
