"""One person's turn: who speaks, what they said or tapped, and the ways to act on it and to answer."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from markupsafe import escape
from sqlmodel import Session
from telegram import Bot, CallbackQuery
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, TelegramError

from bot.chat.announcing import announce
from bot.chat.conversation import Talk, remember
from bot.chat.house import House
from bot.chat.keyboards import choices_of
from bot.chat.texts import Texts
from bot.community import Person, person
from bot.database import Database
from bot.delivery import Message, Sound
from bot.delivery.editor import Editor
from bot.delivery.posting import reword, reword_caption, say
from bot.delivery.sounds import is_heard
from bot.intake import answered_at_once

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

TOAST_LIMIT = 200
HEARD, ALBUM = "heard", "album"  # in the draft of a step at which something was taken


class Forged(Exception):
    """A button carried something that no button of ours carries."""


@dataclass(frozen=True)
class Speaker:
    """Who taps or types; ``person`` is empty for who has not joined."""

    user_id: int
    first_name: str
    username: str | None
    language: str
    person: Person | None


@dataclass(frozen=True)
class Said:
    """What came in: a tap's data, a text, a command's rest, a photo or a place.

    `caption` stands below a photo; `thumb_id` is the photo's smallest size, to look at what it shows; photos
    sent together have one `album`.
    """

    text: str = ""
    data: tuple[str, ...] = ()
    photo_id: str | None = None
    thumb_id: str | None = None
    caption: str = ""
    album: str | None = None
    place: tuple[float, float] | None = None

    def number(self, index: int) -> int:
        """Give a number that a button carried.

        Raises:
            Forged: there is none at that place, or it is not a number.
        """
        word = self.word(index)
        if not (word.isascii() and word.isdigit() and len(word) < 19):
            raise Forged
        return int(word)

    def word(self, index: int) -> str:
        """Give a word that a button carried.

        Raises:
            Forged: there is none at that place.
        """
        if index >= len(self.data):
            raise Forged
        return self.data[index]


@dataclass
class Turn:
    speaker: Speaker
    t: Texts
    said: Said
    talk: Talk | None
    house: House
    now: datetime
    chat_id: int
    bot: Bot
    database: Database
    menu: Callable[[int, Person | None], Awaitable[None]]
    editor: Editor
    query: CallbackQuery | None = None
    toasted: bool = False
    group: str | None = None  # the title of the group it was said in
    heard: str = ""  # names the tap or message itself, the same when it is dealt with again after a crash

    @property
    def person(self) -> Person:
        """The resident who speaks; the door lets nobody else through to a resident's conversation."""
        if self.speaker.person is None:
            raise Forged
        return self.speaker.person

    @property
    def me(self) -> int:
        """The number of the resident who speaks."""
        return self.person.resident_id

    async def act(
        self,
        rule: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one rule, what it has to announce, and nothing else, as one transaction."""
        return await self.database.write(self._with_news, rule, *args, **kwargs)

    async def act_and_step(
        self,
        step: Callable[[T], Talk | None],
        rule: Callable[Concatenate[Session, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one rule, what it has to announce and the next step of the conversation as one transaction."""
        return await self.database.write(self._with_step, step, rule, *args, **kwargs)

    async def look(self, rule: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read without changing anything."""
        return await self.database.read(rule, *args, **kwargs)

    async def step(self, talk: Talk | None) -> int:
        """Go to a step of the conversation, or leave it; give the version that its buttons carry."""
        return await self.database.write(self._remember, talk)

    def done(self, step: str) -> Talk:
        """Give a step that knows this message if it comes again after a crash, and the rest of its album."""
        return Talk(step, {HEARD: self.heard, ALBUM: self.said.album})

    async def say(self, message: Message) -> None:
        """Send a message of the conversation; at night without a sound (`kinds_of_news`)."""
        loud = is_heard(Sound.DAY, self.now, self.house.zone)
        await say(self.bot, self.chat_id, message, loud=loud)

    async def show(self, message: Message) -> None:
        """Put a message in the place of the one that was tapped, or send it where there is none."""
        tapped = self.query.message if self.query else None
        if not isinstance(tapped, TelegramMessage) or tapped.text is None:
            await self.say(message)
            return
        if message.attachment is not None or not message.fits:
            await self.say(message)
            return
        try:
            await reword(self.bot, tapped.chat.id, tapped.message_id, message)
        except BadRequest as refusal:
            if "not modified" not in refusal.message.lower():
                await self.say(message)

    async def rewrite(self, message_id: int, message: Message) -> None:
        """Put other words into an earlier message of this chat; one that is gone stays gone."""
        with suppress(TelegramError):
            await reword(self.bot, self.chat_id, message_id, message)

    async def show_here(self, message: Message) -> None:
        """Put words in the place of those that were tapped, also where they stand below a picture."""
        tapped = self.query.message if self.query else None
        if not isinstance(tapped, TelegramMessage):
            await self.say(message)
            return
        try:
            await self._edit_words(tapped.chat.id, tapped.message_id, message)
        except BadRequest as refusal:
            if "not modified" not in refusal.message.lower():
                await self.say(message)

    def rewrite_soon(self, chat_id: int, message_id: int, message: Message) -> None:
        """Put other words into a message of anybody's chat, below its picture if it has one."""
        self.editor.redraw((chat_id, message_id), partial(self._edit_words, chat_id, message_id, message))

    async def show_soon(self, compose: Callable[[], Awaitable[Message]]) -> None:
        """Do what `show` does, but let the person's next tap go first; composed only when its turn comes."""
        tapped = self.query.message if self.query else None
        if not isinstance(tapped, TelegramMessage):
            await self.say(await compose())
            return

        async def redraw() -> None:
            await self.show(await compose())

        self.editor.redraw((tapped.chat.id, tapped.message_id), redraw)

    async def ask(
        self, message: Message, step: str, draft: Mapping[str, Any] | None = None, *, new: bool = False
    ) -> None:
        """Show a question, and note that its buttons, their words and their numbers are what comes next."""
        await self.step(Talk(step, draft or {}, choices_of(message)))
        await (self.say(message) if new else self.show(message))

    async def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answer the tap itself, once; without a tap the words are sent."""
        if self.query is None:
            if text:
                await self.say(Message(str(escape(text))))
            return
        if self.toasted:
            return
        self.toasted = True
        shown = text[:TOAST_LIMIT]
        facts = {"text": shown, "show_alert": alert} if shown else {}
        if answered_at_once("answerCallbackQuery", callback_query_id=self.query.id, **facts):
            return
        try:
            await self.bot.answer_callback_query(self.query.id, shown or None, show_alert=alert)
        except TelegramError as trouble:
            # Telegram keeps a tap for a short while only, and lines break; what it did is done all the same.
            log.warning("tap.not_answered", trouble=str(trouble))

    async def _edit_words(self, chat_id: int, message_id: int, message: Message) -> None:
        try:
            await reword(self.bot, chat_id, message_id, message)
        except BadRequest as refusal:
            if "no text in the message" not in refusal.message.lower():
                raise
            await reword_caption(self.bot, chat_id, message_id, message)

    async def refresh_menu(self) -> None:
        """Show in the speaker's menu what they may do since this turn changed it."""
        user_id = self.speaker.user_id
        known = await self.database.read(person, bot_id=self.house.bot_id, chat_id=user_id)
        await self.menu(user_id, known)

    def _with_news(
        self,
        session: Session,
        rule: Callable[Concatenate[Session, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        result = rule(session, *args, **kwargs)
        announce(session, result, self.house, self.now)
        return result

    def _with_step(
        self,
        session: Session,
        step: Callable[[T], Talk | None],
        rule: Callable[Concatenate[Session, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        result = self._with_news(session, rule, *args, **kwargs)
        self._remember(session, step(result))
        return result

    def _remember(self, session: Session, talk: Talk | None) -> int:
        return remember(session, talk, bot_id=self.house.bot_id, user_id=self.speaker.user_id, now=self.now)
