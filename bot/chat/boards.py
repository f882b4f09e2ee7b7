"""Boards that stay right: edited in place after answers, each at most once in ``board_seconds``."""

import asyncio
from contextlib import suppress
from typing import Self

import structlog
from sqlmodel import Session
from telegram.error import TelegramError

from bot.callouts import BoardView, DueBoard, board, board_shown, boards_due, remove_board
from bot.chat.board_words import board_message
from bot.chat.house import House
from bot.chat.texts import texts
from bot.clock import Clock
from bot.community import Act, Person, person
from bot.database import Database
from bot.delivery import Message
from bot.delivery.editor import Editor
from bot.delivery.edits import Edit
from bot.delivery.pace import Paused

REMEMBERED = 1_000  # boards whose words are known; the others are edited though nothing changed

log = structlog.get_logger(__name__)


class Boards:
    """Edits every board whose figures moved; while answers pour in, one edit tells of many."""

    def __init__(self, database: Database, editor: Editor, house: House, clock: Clock) -> None:
        self._database = database
        self._editor = editor
        self._house = house
        self._clock = clock
        self._round: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._read: dict[tuple[int, int], Message] = {}

    async def __aenter__(self) -> Self:
        self._round = asyncio.create_task(self._keep_right())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for task in (self._round, *self._under_way) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def refresh(self) -> None:
        """Begin to bring every board up to date that is not; none waits for another, newer figures win."""
        for due in await self._database.read(boards_due):
            task = asyncio.create_task(self._try(due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _keep_right(self) -> None:
        while True:
            try:
                await self.refresh()
            except Exception:
                log.exception("boards.not_read")
            await asyncio.sleep(self._house.neighbourhood.callouts.board_seconds)

    async def _try(self, due: DueBoard) -> None:
        try:
            with suppress(Paused):
                await self._refresh(due)
        except TelegramError as trouble:
            log.warning("boards.edit_failed", callout_id=due.callout_id, trouble=str(trouble))
        except Exception:
            log.exception("boards.failed", callout_id=due.callout_id)

    async def _refresh(self, due: DueBoard) -> None:
        view, reader = await self._database.read(
            _board, due.callout_id, due.chat_id, self._house.bot_id, self._clock
        )
        language = reader.language if reader else self._house.languages[0]
        may_end = reader is not None and reader.may(Act.STAND_DOWN, view.callout.area_path)
        message = board_message(texts(language), view, self._house, may_end=may_end)
        match await self._show(due, message):
            case Edit.GONE:
                await self._database.write(remove_board, callout_id=due.callout_id, chat_id=due.chat_id)
            case Edit.EDITED | Edit.SAME:
                await self._database.write(
                    board_shown, callout_id=due.callout_id, chat_id=due.chat_id, version=view.version
                )

    async def _show(self, due: DueBoard, message: Message) -> Edit:
        """Edit it unless it reads so already: what moved may not stand on it."""
        place = (due.chat_id, due.message_id)
        if self._read.get(place) == message:
            return Edit.SAME
        edit = await self._editor.show(*place, message)
        if edit is Edit.EDITED:
            self._read.pop(place, None)
            self._read[place] = message
            while len(self._read) > REMEMBERED:
                del self._read[next(iter(self._read))]
        return edit


def _board(
    session: Session, callout_id: int, chat_id: int, bot_id: int, clock: Clock
) -> tuple[BoardView, Person | None]:
    """Give a board's figures and who reads it."""
    reader = person(session, bot_id=bot_id, chat_id=chat_id)
    return board(session, callout_id=callout_id, now=clock.now()), reader
