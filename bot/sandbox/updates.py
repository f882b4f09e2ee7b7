"""What the bot has not taken yet: the queue behind getUpdates and the webhook."""

import itertools
import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.clock import Clock
from bot.sandbox.bell import Bell
from bot.sandbox.errors import ApiError
from bot.sandbox.things import Json

# tdlib/telegram-bot-api, Client.cpp: a callback query waits 150 s for the bot, everything else a day
CALLBACK_SECONDS = 150
UPDATE_SECONDS = 24 * 3600
# tdlib/telegram-bot-api, Client.cpp: a long poll lasts at most 50 s, an answer holds at most 100 updates
LONGEST_POLL = 50
LARGEST_BATCH = 100
# https://core.telegram.org/bots/api#getupdates: these come only to those who name them
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


# https://core.telegram.org/bots/api#setwebhook: max_connections
CONNECTIONS = 40


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that waits; updates of one person or chat are taken one after the other."""

    update_id: int
    until: float
    body: str
    of: object = None


class UpdateQueue:
    secret = ""
    connections = CONNECTIONS
    last_error = ""
    last_error_at = 0

    def __init__(self, clock: Clock, bell: Bell) -> None:
        self._clock = clock
        self._bell = bell
        self._waiting: deque[Waiting] = deque()
        # ids rise over restarts too: a bot that keeps its database must not take a new update for an old one
        self._numbers = itertools.count(int(clock.now().timestamp()) * 20 % 2_000_000_000 + 1)
        self._allowed: frozenset[str] | None = None
        self._poll = 0
        self.webhook = ""

    def allow(self, kinds: Iterable[str]) -> None:
        """Keep only these kinds from now on; an empty list means all but those on request."""
        self._allowed = frozenset(kinds) or None

    def add(self, kind: str, body: Json) -> None:
        wanted = kind not in ON_REQUEST if self._allowed is None else kind in self._allowed
        if not wanted:
            return
        number = next(self._numbers)
        seconds = CALLBACK_SECONDS if kind == "callback_query" else UPDATE_SECONDS
        until = self._clock.monotonic() + seconds
        text = f'{{"update_id":{number},"{kind}":{json.dumps(body)}}}'
        self._waiting.append(Waiting(number, until, text, _whose(body)))
        self._bell.ring("updates")

    def clear(self) -> None:
        self._waiting.clear()

    def pending(self) -> int:
        self._drop_stale()
        return len(self._waiting)

    def hook(self, url: str, *, secret: str = "", connections: int = CONNECTIONS) -> None:
        """Bring updates to a webhook from now on, or to none."""
        self.webhook, self.secret, self.connections = url, secret, connections
        self.last_error, self.last_error_at = "", 0
        self._poll += bool(url)  # whoever polls hears of it
        self._bell.ring("updates")

    def note_push(self, trouble: str) -> None:
        """Remember what the webhook did wrong, for getWebhookInfo."""
        if trouble:
            self.last_error, self.last_error_at = trouble, int(self._clock.now().timestamp())

    def waiting(self) -> Iterator[Waiting]:
        """Give what waits, in order."""
        self._drop_stale()
        return iter(self._waiting)

    def remove(self, update_id: int) -> None:
        """Forget an update that the webhook took."""
        self._waiting = deque(one for one in self._waiting if one.update_id != update_id)

    async def fetch(self, *, offset: int, limit: int, seconds: float) -> str:
        """Answer getUpdates with a JSON list.

        Raises:
            ApiError: 409, a webhook is set, or a newer getUpdates took over this one.
        """
        if self.webhook:
            raise ApiError(409, f"Conflict: {WEBHOOK_ACTIVE}")
        self._poll += 1
        mine = self._poll
        self._bell.ring("updates")  # wakes the poll that this one replaces
        self._confirm(offset)
        await self._bell.wait_for(
            "updates",
            lambda: self._poll != mine or self.pending() > 0,
            seconds=min(seconds, LONGEST_POLL),
        )
        if self.webhook:
            raise ApiError(409, f"Conflict: {WEBHOOK_ACTIVE}")
        if self._poll != mine:
            raise ApiError(409, f"Conflict: {OTHER_POLLER}")
        batch = itertools.islice(self._waiting, max(1, min(limit, LARGEST_BATCH)))
        return f"[{','.join(waiting.body for waiting in batch)}]"

    def _confirm(self, offset: int) -> None:
        """Forget what the bot has taken: ids below the offset; a negative one counts from the end."""
        self._drop_stale()
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while self._waiting and self._waiting[0].update_id < offset:
            self._waiting.popleft()

    def _drop_stale(self) -> None:
        now = self._clock.monotonic()
        if any(waiting.until <= now for waiting in self._waiting):
            self._waiting = deque(waiting for waiting in self._waiting if waiting.until > now)


def _whose(body: object) -> object:
    whose = (body.get("from") or body.get("chat")) if isinstance(body, dict) else None
    return whose.get("id") if isinstance(whose, dict) else None
