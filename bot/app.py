"""The one place where everything is wired: settings, database, services, chat, sender and schedule."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlmodel import Session
from telegram.error import Forbidden, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.addresses import without_password
from bot.chat.announcing import announce
from bot.chat.boards import Boards
from bot.chat.door import Door
from bot.chat.due import jobs, plan_ahead, preparations
from bot.chat.falling_back import ways_of
from bot.chat.house import House
from bot.chat.menus import show_menu
from bot.chat.recording import recorded
from bot.chat.redrawing import Redraws
from bot.chat.routes import ROUTES
from bot.clock import Clock, SystemClock
from bot.community import ChatState, mark_chat
from bot.database import Database
from bot.delivery import ChatState as DeliveryChatState
from bot.delivery import Lane
from bot.delivery.edits import Edits
from bot.delivery.fallback import Fallback
from bot.delivery.limiter import PaceLimiter
from bot.delivery.pace import Pace
from bot.delivery.rewriter import Rewriter
from bot.delivery.sender import Sender
from bot.delivery.transport import BoundedRequest
from bot.intake import Ear
from bot.migrating import migrate
from bot.neighbourhood import Neighbourhood, load
from bot.remembered import BOT_ID, BOT_USERNAME, keep
from bot.schedule import Schedule
from bot.settings import Settings
from bot.settling import settle
from points.shops import close_what_is_gone

log = structlog.get_logger(__name__)

NO_TOKEN = "There is no token: set LINLI_BOT_TOKEN to the one @BotFather gave you."  # noqa: S105 - a sentence
WRONG_TOKEN = "Telegram does not know this token: copy it again from @BotFather into LINLI_BOT_TOKEN."  # noqa: S105
FIRST_TRIES = (1, 2, 4, 8, 15, 30)


class CannotStartError(Exception):
    """The bot cannot run as it was set up; the text says what to do."""


@dataclass(frozen=True)
class App:
    """Everything that runs, for the command that waits on it and for tests that look inside."""

    house: House
    database: Database
    bot: ExtBot[Lane]
    ear: Ear
    sender: Sender
    schedule: Schedule
    boards: Boards
    failed: asyncio.Future[None]


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock | None = None, pace: Pace | None = None
) -> AsyncIterator[App]:
    """Open everything in order, the ear last, and close it the other way round.

    Tests give a clock that they wind, and a pace whose seconds are shorter.

    Raises:
        CannotStartError: the token is missing or wrong.
    """
    clock = clock or SystemClock()
    neighbourhood = load(settings.community)
    await asyncio.to_thread(migrate, settings.database_url, backup_folder=None)
    async with AsyncExitStack() as stack:
        pace = pace or Pace(clock, per_second=settings.messages_per_second)
        bot = _bot(settings, pace)
        me = await _introduce(bot)
        stack.push_async_callback(bot.shutdown)
        database = await stack.enter_async_context(Database(settings.database_url))
        house = House(neighbourhood, me.id, me.username, settings.messages_per_second)
        await database.write(_prepare, neighbourhood, house, clock.now())
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sender = await stack.enter_async_context(_sender(database, bot, pace, clock, failed))
        edits = Edits(bot, pace)
        boards = await stack.enter_async_context(Boards(database, edits, house, clock))
        await stack.enter_async_context(Rewriter(database, edits, clock))
        schedule = Schedule(database, jobs(house), clock, preparations(house))
        await stack.enter_async_context(schedule)
        ways = partial(ways_of, house=house)
        await stack.enter_async_context(Fallback(database, clock, ways=ways, recorded=recorded))
        redraws = await stack.enter_async_context(Redraws())
        door = Door(ROUTES, house, database, bot, clock, redraws)
        ear = await stack.enter_async_context(Ear(database, bot, clock, door.enter))
        ear.listening.add_done_callback(lambda task: _ear_stopped(failed, task))
        menu = asyncio.create_task(_show_menu(bot))
        stack.callback(menu.cancel)
        log.info("linli.ready", bot=me.username, database=without_password(settings.database_url))
        yield App(house, database, bot, ear, sender, schedule, boards, failed)


def run(settings: Settings) -> int:
    """Run until told to stop; give the exit code."""
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    async with opened(settings) as app:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((stopped, app.failed), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if app.failed.done():
            app.failed.result()
    return 0


def _bot(settings: Settings, pace: Pace) -> ExtBot[Lane]:
    if settings.bot_token is None:
        raise CannotStartError(NO_TOKEN)
    root = settings.bot_api_url.rstrip("/")
    return ExtBot(
        settings.bot_token.get_secret_value(),
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=BoundedRequest(proxy=settings.proxy_url),
        get_updates_request=BoundedRequest(in_flight=1, proxy=settings.proxy_url),
        rate_limiter=PaceLimiter(pace),
    )


def _sender(
    database: Database, bot: ExtBot[Lane], pace: Pace, clock: Clock, failed: asyncio.Future[None]
) -> Sender:
    sender = Sender(
        database,
        bot,
        pace,
        clock,
        recorded=recorded,
        unreachable=partial(_unreachable, bot_id=bot.id),
        on_failure=partial(_fail, failed),
    )
    database.on_commit(sender.wake)
    return sender


@dataclass(frozen=True)
class Me:
    id: int
    username: str


async def _introduce(bot: ExtBot[Lane]) -> Me:
    """Ask Telegram who we are, again and again while the line is down.

    Raises:
        CannotStartError: Telegram does not know the token.
    """
    for pause in (*FIRST_TRIES, None):
        try:
            await bot.initialize()
            return Me(bot.id, bot.username)
        except (InvalidToken, Forbidden):
            await bot.shutdown()
            raise CannotStartError(WRONG_TOKEN) from None
        except TelegramError as trouble:
            if pause is None:
                await bot.shutdown()
                raise CannotStartError(_no_answer(trouble)) from None
            log.warning("telegram.no_answer", trouble=str(trouble), again_in_seconds=pause)
            await asyncio.sleep(pause)
    raise AssertionError


def _no_answer(trouble: TelegramError) -> str:
    return (
        f"The Bot API server does not answer ({trouble}): check the network, LINLI_BOT_API_URL, "
        "or set LINLI_PROXY_URL where Telegram is not reachable."
    )


def _prepare(session: Session, neighbourhood: Neighbourhood, house: House, now: datetime) -> None:
    settle(session, neighbourhood, now)
    announce(session, close_what_is_gone(session, now=now, zone=house.zone), house, now)
    keep(session, BOT_ID, str(house.bot_id))
    keep(session, BOT_USERNAME, house.bot_username)
    plan_ahead(session, house, now)


def _unreachable(session: Session, chat_id: int, state: DeliveryChatState, *, bot_id: int) -> None:
    mark_chat(session, bot_id=bot_id, chat_id=chat_id, state=ChatState(state.value))


def _fail(failed: asyncio.Future[None], error: BaseException) -> None:
    if not failed.done():
        failed.set_exception(error)


def _ear_stopped(failed: asyncio.Future[None], task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if isinstance(error, InvalidToken):
        _fail(failed, CannotStartError(WRONG_TOKEN))
    elif error is not None:
        _fail(failed, error)


async def _show_menu(bot: ExtBot[Lane]) -> None:
    try:
        await show_menu(bot, ROUTES.commands)
    except TelegramError as trouble:
        log.warning("menu.not_set", trouble=str(trouble))
