"""How updates come in and how we are seen: polling or the webhook, and the addresses we listen at."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session
from telegram import Bot, Update

from bot.addresses import Address
from bot.alarms import Tell, WasAway
from bot.clock import Clock
from bot.database import Database
from bot.figures import of_health, of_intake
from bot.intake import Ear, Mouth
from bot.intake.hook import Hook, Wanted
from bot.intake.watch import TapWatch
from bot.remembered import BOT_ID, WEBHOOK_SECRET, WEBHOOK_URL, keep, recall
from bot.secrecy import keep_secret
from bot.settings import Settings
from bot.web.health import Check, Health
from bot.web.metrics import Metrics, Source
from bot.web.server import CannotListen, serve
from bot.web.site import Page, Site
from bot.web.webhook import Webhook

ANSWERS_WITHIN = 2.0

log = structlog.get_logger(__name__)

Pages = Mapping[str, Page]


class NothingListens(Exception):
    """Telegram cannot reach us: our address cannot be listened at; the text says what to do."""


@dataclass(frozen=True)
class Around:
    """What is there before anybody listens; `failed` ends everything with what is set in it."""

    settings: Settings
    database: Database
    bot: Bot
    clock: Clock
    tell: Tell
    failed: asyncio.Future[None]

    def fail(self, error: BaseException) -> None:
        """End everything, unless it ends already."""
        if not self.failed.done():
            self.failed.set_exception(error)


@dataclass(frozen=True)
class Known:
    """What the database knew before this start."""

    secret: str
    webhooks: tuple[str, ...]
    away: WasAway | None


@dataclass(frozen=True)
class Hearing:
    """What listens, for tests and commands that look inside."""

    mouth: Mouth
    hook: Hook
    taps: TapWatch
    health: Health
    listens_at: tuple[Address, ...]


def secret_of(session: Session) -> str:
    """Give the webhook's secret; it is made once and kept."""
    known = recall(session, WEBHOOK_SECRET)
    if known is None:
        known = secrets.token_urlsafe(32)
        keep(session, WEBHOOK_SECRET, known)
    return known


@asynccontextmanager
async def hears(
    around: Around,
    known: Known,
    handle: Callable[[Update], Awaitable[None]],
    parts: Mapping[str, Check],
    sources: Iterable[Source] = (),
) -> AsyncIterator[Hearing]:
    """Listen until the block ends; what was taken by then is dealt with.

    `parts` are the checks of what else must be well, `sources` the figures of other rooms.

    Raises:
        NothingListens: Telegram could not bring anything to the webhook's address.
    """
    wanted = _wanted(around.settings, known.secret)
    async with AsyncExitStack() as stack:
        mouth = await stack.enter_async_context(Mouth(around.database, around.bot, around.clock, handle))
        taps = await stack.enter_async_context(TapWatch(mouth, around.clock, around.tell))
        hook = _hook(around, known, wanted)
        ear = None if wanted.url else Ear(around.bot, mouth, on_conflict=hook.heard_conflict)
        health = _health(around, {"intake": partial(_intake_is_well, ear, hook), **parts})
        own = (of_intake(around.database, mouth, around.clock, around.bot.id), of_health(health.parts))
        seen = _seen(around.settings, _webhook(wanted, mouth), _pages(health, (*own, *sources)))
        if ear is None:  # who is told to bring updates finds somebody there
            listens_at = await stack.enter_async_context(seen)
            await _agree(stack, around, known, hook)
        else:  # the first poll waits for no page
            await _agree(stack, around, known, hook)
            await stack.enter_async_context(ear)
            ear.listening.add_done_callback(partial(_poll_ended, around))
            listens_at = await stack.enter_async_context(seen)
        yield Hearing(mouth, hook, taps, health, listens_at)


async def _agree(stack: AsyncExitStack, around: Around, known: Known, hook: Hook) -> None:
    """Let Telegram know of our webhook, or of none, and coordinators what was missed meanwhile."""
    await stack.enter_async_context(hook)
    if known.away is not None:
        await around.tell(replace(known.away, waiting=hook.pending))


def _wanted(settings: Settings, generated: str) -> Wanted:
    """Say which webhook Telegram should know, and see to it that its secret shows nowhere."""
    if settings.webhook_url is None:
        return Wanted()
    given = settings.webhook_secret
    secret = given.get_secret_value() if given else generated
    keep_secret((secret,))
    return Wanted(settings.webhook_url, secret)


def _hook(around: Around, known: Known, wanted: Wanted) -> Hook:
    return Hook(
        around.bot,
        wanted,
        around.tell,
        ours=known.webhooks,
        remember=partial(_remember, around.database),
        fail=around.fail,
    )


async def _remember(database: Database, url: str) -> None:
    await database.write(keep, WEBHOOK_URL, url)


def _health(around: Around, parts: Mapping[str, Check]) -> Health:
    return Health(parts, database=partial(_answers, around.database), has_failed=around.failed.done)


def _intake_is_well(ear: Ear | None, hook: Hook) -> bool:
    return hook.is_agreed if ear is None else ear.is_well


def _poll_ended(around: Around, poll: asyncio.Task[None]) -> None:
    error = None if poll.cancelled() else poll.exception()
    if error is not None:
        around.fail(error)


async def _answers(database: Database) -> bool:
    """Tell whether the database answers in reasonable time."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            await database.read(recall, BOT_ID)
    except Exception:
        return False
    return True


def _webhook(wanted: Wanted, mouth: Mouth) -> Pages:
    """Give the page that Telegram brings updates to, where it shall."""
    if not wanted.url:
        return {}
    return {urlsplit(wanted.url).path or "/": Webhook(mouth, wanted.secret).page}


def _pages(health: Health, sources: Iterable[Source]) -> Pages:
    """Give the pages that say how we are."""
    return {"/healthz": health.alive, "/readyz": health.ready, "/metrics": Metrics(sources).page}


@asynccontextmanager
async def _seen(settings: Settings, webhook: Pages, figures: Pages) -> AsyncIterator[tuple[Address, ...]]:
    """Answer at the addresses of the settings: the webhook at one, figures there too or at one of their own.

    Raises:
        NothingListens: the webhook's address cannot be listened at. Without a webhook that is a remark only.
    """
    own = settings.metrics_listen
    plan = [(settings.listen, {**figures, **webhook} if own is None else webhook)]
    if own is not None:
        plan.append((own, figures))
    found: list[Address] = []
    async with AsyncExitStack() as stack:
        for address, pages in plan:
            if not pages:
                continue
            try:
                found.append(await stack.enter_async_context(serve(Site(pages), address)))
            except CannotListen as trouble:
                if webhook and pages is not figures:
                    raise NothingListens(_advice(trouble)) from None
                log.warning("web.not_listening", address=str(address), why=str(trouble))
        yield tuple(found)


def _advice(trouble: CannotListen) -> str:
    return (
        f"Telegram cannot reach the bot at {trouble.address}: {trouble}. Set LINLI_LISTEN to another address."
    )
