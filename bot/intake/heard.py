"""One update as Telegram sent it: its bytes, and the little that must be known to store and order it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Unreadable(ValueError):
    """This is no update: not JSON, or without the number that every update has."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An update on its way in; `facts` is what `body` says."""

    update_id: int
    user_id: int | None
    body: bytes
    facts: Mapping[str, Any]

    @property
    def is_tap(self) -> bool:
        """Tell whether somebody waits for a button to answer: Telegram keeps a tap for 150 seconds only."""
        return "callback_query" in self.facts


def heard(body: bytes) -> Heard:
    """Read the bytes of one update; they stay as they are.

    Raises:
        Unreadable: they are none.
    """
    try:
        facts = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    return _heard(facts, body)


def heard_among(facts: Any) -> Heard:
    """Read one update of those that a poll brought.

    Raises:
        Unreadable: it is none.
    """
    return _heard(facts, json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _heard(facts: Any, body: bytes) -> Heard:
    number = _number(facts, "update_id")
    if number is None:
        raise Unreadable
    return Heard(number, _speaker(facts), body, facts)


def _speaker(facts: Mapping[str, Any]) -> int | None:
    """Give who sent an update, as Telegram numbers people; a channel's posts are nobody's."""
    for what in facts.values():
        number = _number(what.get("from") if isinstance(what, dict) else None, "id")
        if number is not None:
            return number
    return None


def _number(facts: Any, name: str) -> int | None:
    """Give a number that fits into a column, where there is one of that name."""
    number = facts.get(name) if isinstance(facts, dict) else None
    return number if type(number) is int and abs(number) < 2**63 else None
