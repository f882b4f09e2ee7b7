"""Taps on buttons: each waits for the bot's answer."""

import itertools
from dataclasses import dataclass

from bot.clock import Clock
from bot.sandbox.bell import Bell
from bot.sandbox.errors import BadRequest
from bot.sandbox.things import Json
from bot.sandbox.updates import CALLBACK_SECONDS

KEPT = 50_000


@dataclass(slots=True, eq=False)
class Query:
    id: str
    person_id: int
    chat_id: int
    message_id: int
    data: str
    asked_at: float
    answered_at: float | None = None
    text: str = ""
    show_alert: bool = False
    url: str = ""

    def view(self) -> Json:
        seconds = None if self.answered_at is None else round(self.answered_at - self.asked_at, 6)
        return {
            "query_id": self.id,
            "person_id": self.person_id,
            "chat_id": self.chat_id,
            "message_id": self.message_id,
            "data": self.data,
            "answered": self.answered_at is not None,
            "text": self.text,
            "show_alert": self.show_alert,
            "url": self.url,
            "seconds": seconds,
        }


class Queries:
    def __init__(self, clock: Clock, bell: Bell) -> None:
        self._clock = clock
        self._bell = bell
        self._ids = itertools.count(int(clock.now().timestamp()) * 1_000_000)
        self._all: dict[str, Query] = {}

    def ask(self, *, person_id: int, chat_id: int, message_id: int, data: str) -> Query:
        query = Query(str(next(self._ids)), person_id, chat_id, message_id, data, self._clock.monotonic())
        self._all[query.id] = query
        if len(self._all) > KEPT:
            del self._all[next(iter(self._all))]
        return query

    def find(self, query_id: str) -> Query | None:
        return self._all.get(query_id)

    def all(self) -> list[Query]:
        return list(self._all.values())

    def answer(self, query_id: str, *, text: str, show_alert: bool, url: str) -> None:
        """Take the bot's answer.

        Raises:
            BadRequest: too late or unknown. Telegram publishes no time limit for answers; here they are taken
                as long as the tap itself could wait for the bot.
        """
        query = self._all.get(query_id)
        now = self._clock.monotonic()
        if query is None or now - query.asked_at > CALLBACK_SECONDS:
            raise BadRequest("query is too old and response timeout expired or query ID is invalid")
        if query.answered_at is None:
            query.answered_at = now
            query.text, query.show_alert, query.url = text, show_alert, url
        self._bell.ring(("query", query_id))
        self._bell.ring("queries")
