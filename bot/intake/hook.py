"""The webhook as Telegram knows it, compared with our setting at the start and hourly; all is told."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import structlog
from telegram import Bot
from telegram.error import BadRequest, Conflict, TelegramError

from bot.alarms import AnotherPolls, ForeignWebhook, Tell
from bot.intake.ear import ALLOWED

EVERY = 3600.0
AGAIN = 10.0
CONNECTIONS = 100  # the most that Telegram opens at a time
REPEATED = 3  # answers of 409 to a poll: one or two are what a bot that just stopped leaves behind
WITHIN = 300.0

log = structlog.get_logger(__name__)


class HookRefused(Exception):
    """Telegram does not take the webhook's address; the text says what to do."""


@dataclass(frozen=True)
class Wanted:
    """The webhook we want; an empty address means that we poll."""

    url: str = ""
    secret: str = ""


class Hook:
    """Keeps what Telegram knows equal to what we want, and tells when somebody else wants it otherwise.

    `ours` are addresses that this bot itself once set; `remember` keeps another one; `fail` hears when
    Telegram refuses our address for good.
    """

    def __init__(
        self,
        bot: Bot,
        wanted: Wanted,
        tell: Tell,
        *,
        ours: Collection[str],
        remember: Callable[[str], Awaitable[None]],
        fail: Callable[[HookRefused], None],
    ) -> None:
        self._bot, self._wanted, self._tell = bot, wanted, tell
        self._ours = {"", wanted.url, *ours}
        self._remember, self._fail = remember, fail
        self._conflicts: deque[float] = deque(maxlen=REPEATED)
        self._watching: asyncio.Task[None] | None = None
        self.is_agreed = False
        self.pending = 0  # what waited at Telegram when we last asked

    async def __aenter__(self) -> Self:
        await self.compare()
        self._watching = asyncio.create_task(self._watch(), name="hook")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the webhook as it is: what comes meanwhile waits at Telegram."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait((self._watching,))

    async def compare(self) -> None:
        """Compare once; a line that is down leaves it for later."""
        try:
            await self._compare()
        except BadRequest as refusal:
            why = refusal.message.removeprefix("Bad Request: ")
            self._fail(HookRefused(f"Telegram does not take LINLI_WEBHOOK_URL: {why}."))
        except TelegramError as trouble:
            log.warning("webhook.not_compared", trouble=str(trouble))
        except Exception:
            log.exception("webhook.not_compared")

    async def heard_conflict(self, conflict: Conflict) -> None:
        """Act on a 409 to our poll: a webhook is there that is not ours, or again and again another polls."""
        if "webhook" in conflict.message.lower():
            await self.compare()
            return
        now = asyncio.get_running_loop().time()
        self._conflicts.append(now)
        if len(self._conflicts) == REPEATED and now - self._conflicts[0] < WITHIN:
            await self._tell(AnotherPolls())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY if self.is_agreed else AGAIN)
            await self.compare()

    async def _compare(self) -> None:
        known = await self._bot.get_webhook_info()
        self.pending = known.pending_update_count
        if known.url not in self._ours:
            host = urlsplit(known.url).hostname or ""
            log.warning("webhook.foreign", host=host)
            await self._tell(ForeignWebhook(host))
        elif known.url != self._wanted.url and self.is_agreed:
            log.warning("webhook.removed")
            await self._tell(AnotherPolls())
        # At the first time we set our own also where it is known already: the secret may have changed.
        if known.url != self._wanted.url or (self._wanted.url and not self.is_agreed):
            await self._set()
        self.is_agreed = True

    async def _set(self) -> None:
        if not self._wanted.url:
            await self._bot.delete_webhook(drop_pending_updates=False)
            return
        await self._remember(self._wanted.url)
        await self._bot.set_webhook(
            self._wanted.url,
            secret_token=self._wanted.secret,
            allowed_updates=ALLOWED,
            max_connections=CONNECTIONS,
            drop_pending_updates=False,
        )
        log.info("webhook.set", host=urlsplit(self._wanted.url).hostname)
