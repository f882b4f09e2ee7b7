"""What every conversation may know of its house: the neighbourhood's file and the bot's own name."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.neighbourhood import Neighbourhood


@dataclass(frozen=True)
class House:
    neighbourhood: Neighbourhood
    bot_id: int
    bot_username: str
    per_second: float = 30.0  # how many messages leave, as Telegram allows

    @property
    def zone(self) -> ZoneInfo:
        return self.neighbourhood.zone

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.neighbourhood.community.languages)

    @property
    def chat_link(self) -> str:
        """The address of the private chat with this bot."""
        return f"https://t.me/{self.bot_username}"

    def start_link(self, payload: str) -> str:
        """Give the address that opens this bot and sends it ``/start payload``."""
        return f"{self.chat_link}?start={payload}"

    def local(self, moment: datetime) -> datetime:
        """Give a moment as the neighbourhood's own clocks show it."""
        return moment.astimezone(self.zone)

    def hour(self, moment: datetime) -> str:
        """Give the time of day as the neighbourhood's own clocks show it, such as 08:05."""
        return self.local(moment).strftime("%H:%M")

    def day(self, moment: datetime) -> str:
        """Give the neighbourhood's own date, such as 2026-11-23."""
        return self.local(moment).strftime("%Y-%m-%d")
