"""What coordinators must hear of the bot's own running; `bot.chat.alarm_news` puts each into words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AnotherPolls:
    """Somebody else asks Telegram for this bot's updates, and gets some of them in our place."""


@dataclass(frozen=True)
class ForeignWebhook:
    """Telegram was told to bring this bot's updates to an address that is not ours."""

    host: str


@dataclass(frozen=True)
class TapsWait:
    """Somebody's tap has waited for too long: we are slower than people tap."""

    since: datetime
    in_hand: int


@dataclass(frozen=True)
class WasAway:
    """Nothing ran for a while: this many timed things are late, and this many updates wait at Telegram."""

    since: datetime
    until: datetime
    late: int
    waiting: int


Alarm = AnotherPolls | ForeignWebhook | TapsWait | WasAway
Tell = Callable[[Alarm], Awaitable[None]]
