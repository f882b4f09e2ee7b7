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
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.addresses import without_password
from bot.alarms import Alarm
from bot.alive import Heart, absence
from bot.chat.alarm_news import tell_coordinators
from bot.chat.announcing import announce
from bot.chat.backup_news import backup_failed
from bot.chat.boards import Boards
from bot.chat.door import Door
from bot.chat.due import jobs, plan_ahead, preparations
from bot.chat.falling_back import ways_of
from bot.chat.house import House
from bot.chat.menus import show_menu
from bot.chat.recording import recorded
from bot.chat.routes import ROUTES
from bot.clock import Clock, SystemClock
from bot.community import ChatState, mark_chat
from bot.database import Database
from bot.delivery import ChatState as DeliveryChatState
from bot.delivery import Lane
from bot.delivery.chats import ChatLimits
from bot.delivery.editor import Editor
from bot.delivery.edits import Edits
from bot.delivery.fallback import Fallback
from bot.delivery.limiter import PaceLimiter
from bot.delivery.pace import Pace
from bot.delivery.rewriter import Rewriter
from bot.delivery.sender import Sender
from bot.delivery.transport import BoundedRequest
from bot.figures import of_outbox
from bot.hearing import Around, Hearing, Known, hears, secret_of
from bot.introducing import WRONG_TOKEN, CannotStartError, introduce
from bot.keeping.nightly import BackupFailed, Nightly, Place
from bot.migrating import latest
from bot.neighbourhood import Neighbourhood, load
from bot.remembered import BOT_ID, BOT_USERNAME, WEBHOOK_URL, keep, recall
from bot.schedule import Schedule
from bot.settings import Settings
from bot.settling import settle
from bot.upgrading import bring_up_to_date
from bot.web.heartbeat import Heartbeat
from points.shops import close_what_is_gone

log = structlog.get_logger(__name__)

NO_TOKEN = "There is no token: set LINLI_BOT_TOKEN to the one @BotFather gave you."  # noqa: S105 - a sentence


@dataclass(frozen=True)
class App:
    """Everything that runs, for the command that waits on it and for tests that look inside."""

    house: House
    database: Database
    bot: ExtBot[Lane]
    hearing: Hearing
    sender: Sender
    schedule: Schedule
    boards: Boards
    failed: asyncio.Future[None]


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock | None = None, pace: Pace | None = None, *, new_bot: bool = False
) -> AsyncIterator[App]:
    """Open everything in order, the ear last, and close it the other way round.

    Tests give a clock that they wind, and a pace whose seconds are shorter.

    Raises:
        CannotStartError: the token is missing, wrong, or of another bot than this database knows; unless it
            is meant to be a `new_bot`.
    """
    clock = clock or SystemClock()
    neighbourhood = load(settings.community)
    await asyncio.to_thread(bring_up_to_date, settings)
    async with AsyncExitStack() as stack:
        pace = pace or _pace(settings, clock)
        bot = _bot(settings, pace)
        me = await introduce(bot)
        stack.push_async_callback(bot.shutdown)
        database = await stack.enter_async_context(Database(settings.database_url))
        house = House(neighbourhood, me.id, me.username, settings.messages_per_second)
        known = await database.write(_prepare, neighbourhood, house, clock.now(), new_bot=new_bot)
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sender = await stack.enter_async_context(_sender(database, bot, pace, clock, failed, house))
        editor = await stack.enter_async_context(_editor(database, bot, pace))
        boards = await stack.enter_async_context(Boards(database, editor, house, clock))
        await stack.enter_async_context(Rewriter(database, editor, clock))
        schedule = Schedule(database, jobs(house), clock, preparations(house))
        await stack.enter_async_context(schedule)
        await stack.enter_async_context(_nightly(settings, database, house, clock))
        await stack.enter_async_context(_fallback(database, clock, house))
        door = Door(ROUTES, house, database, bot, clock, editor)
        around = Around(settings, database, bot, clock, partial(_tell, database, house, clock), failed)
        parts = {"sender": lambda: sender.is_sending, "schedule": lambda: schedule.is_well}
        hears_all = hears(around, known, door.enter, parts, (of_outbox(database, pace, clock),))
        hearing = await stack.enter_async_context(hears_all)
        await stack.enter_async_context(_heart(settings, database, clock, hearing))
        stack.callback(asyncio.create_task(_show_menu(bot)).cancel)
        log.info("linli.ready", bot=me.username, database=without_password(settings.database_url))
        yield App(house, database, bot, hearing, sender, schedule, boards, failed)


def run(settings: Settings, *, new_bot: bool = False) -> int:
    """Run until told to stop; give the exit code."""
    return asyncio.run(_run(settings, new_bot=new_bot))


async def _run(settings: Settings, *, new_bot: bool) -> int:
    async with opened(settings, new_bot=new_bot) as app:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((stopped, app.failed), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if app.failed.done():
            _why(app.failed)
    return 0


def _pace(settings: Settings, clock: Clock) -> Pace:
    limits = ChatLimits(settings.chat_per_second, settings.chat_burst, settings.group_per_minute)
    return Pace(clock, per_second=settings.messages_per_second, limits=limits)


def _heart(settings: Settings, database: Database, clock: Clock, hearing: Hearing) -> Heart:
    beat = Heartbeat(settings.heartbeat_url) if settings.heartbeat_url else None
    return Heart(database, clock, is_well=hearing.health.is_well, beat=beat)


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


def _fallback(database: Database, clock: Clock, house: House) -> Fallback:
    return Fallback(database, clock, ways=partial(ways_of, house=house), recorded=recorded)


def _editor(database: Database, bot: ExtBot[Lane], pace: Pace) -> Editor:
    return Editor(Edits(bot, pace, partial(database.write, partial(_unreachable, bot_id=bot.id))))


@asynccontextmanager
async def _nightly(settings: Settings, database: Database, house: House, clock: Clock) -> AsyncIterator[None]:
    """Back up each night where a folder is set."""

    async def tell(failed: BackupFailed) -> None:
        await database.write(backup_failed, failed, house, clock.now())

    if settings.backup_folder is None:
        yield
        return
    code = house.neighbourhood.community.code
    place = Place(settings.database_url, settings.backup_folder, code, house.zone)
    async with Nightly(database, place, clock, tell):
        yield


def _sender(
    database: Database,
    bot: ExtBot[Lane],
    pace: Pace,
    clock: Clock,
    failed: asyncio.Future[None],
    house: House,
) -> Sender:
    sender = Sender(
        database,
        bot,
        pace,
        clock,
        recorded=recorded,
        unreachable=partial(_unreachable, bot_id=bot.id),
        on_failure=partial(_fail, failed),
        zone=house.zone,
        revision=latest() or "",
    )
    database.on_commit(sender.wake)
    return sender


def _prepare(
    session: Session, neighbourhood: Neighbourhood, house: House, now: datetime, *, new_bot: bool
) -> Known:
    """Bring the database up to what the file and the token say.

    Raises:
        CannotStartError: it belongs to another bot.
    """
    before = recall(session, BOT_ID)
    if before is not None and before != str(house.bot_id) and not new_bot:
        raise CannotStartError(_other_bot(recall(session, BOT_USERNAME) or before, house.bot_username))
    webhook = recall(session, WEBHOOK_URL)
    known = Known(secret_of(session), (webhook,) if webhook else (), absence(session, now=now, waiting=0))
    settle(session, neighbourhood, now)
    announce(session, close_what_is_gone(session, now=now, zone=house.zone), house, now)
    keep(session, BOT_ID, str(house.bot_id))
    keep(session, BOT_USERNAME, house.bot_username)
    plan_ahead(session, house, now)
    return known


def _other_bot(before: str, now: str) -> str:
    return (
        f"This database belongs to @{before}, but the token is that of @{now}: set the right "
        f"LINLI_BOT_TOKEN, or start once with `linli run --new-bot`; residents must then send /start again."
    )


async def _tell(database: Database, house: House, clock: Clock, alarm: Alarm) -> None:
    await database.write(tell_coordinators, alarm, house, clock.now())


def _unreachable(session: Session, chat_id: int, state: DeliveryChatState, *, bot_id: int) -> None:
    mark_chat(session, bot_id=bot_id, chat_id=chat_id, state=ChatState(state.value))


def _why(failed: asyncio.Future[None]) -> None:
    """Raise what ended everything, in words."""
    try:
        failed.result()
    except InvalidToken:
        raise CannotStartError(WRONG_TOKEN) from None


def _fail(failed: asyncio.Future[None], error: BaseException) -> None:
    if not failed.done():
        failed.set_exception(error)


async def _show_menu(bot: ExtBot[Lane]) -> None:
    try:
        await show_menu(bot, ROUTES.commands)
    except TelegramError as trouble:
        log.warning("menu.not_set", trouble=str(trouble))
