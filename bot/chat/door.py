"""The front door: finds who speaks and what they mean, and hands the turn to the one conversation for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from markupsafe import escape
from sqlmodel import Session
from telegram import Bot, CallbackQuery, ChatMemberUpdated, Update, User
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType

from bot.chat.conversation import Talk, talk_of
from bot.chat.house import House
from bot.chat.keyboards import choice_typed
from bot.chat.refusals import refusal, refuses
from bot.chat.texts import Texts, language_of, texts
from bot.chat.turn import Forged, Said, Speaker, Turn
from bot.clock import Clock
from bot.community import ChatState, Person, mark_chat, person
from bot.database import Database
from bot.delivery import Button, Message

log = structlog.get_logger(__name__)

Handler = Callable[[Turn], Awaitable[None]]


@dataclass(frozen=True)
class Routes:
    """Where each thing that can be said leads; ``stranger`` meets who has not joined."""

    commands: dict[str, Handler]
    open_commands: frozenset[str]
    words: dict[str, str]
    taps: dict[str, Handler]
    open_taps: frozenset[str]
    steps: dict[str, Handler]
    stranger: Handler
    lost: Handler
    bare: Callable[[Turn], Handler | None]


@refuses(Forged)
def _forged(_: Forged, t: Texts, __: House) -> str:
    return t("oops.stale_button")


class Door:
    def __init__(self, routes: Routes, house: House, database: Database, bot: Bot, clock: Clock) -> None:
        self._routes = routes
        self._house = house
        self._database = database
        self._bot = bot
        self._clock = clock

    async def enter(self, update: Update) -> None:
        """Deal with one update from beginning to end; whatever goes wrong, the person hears something."""
        if update.my_chat_member is not None:
            await self._membership(update.my_chat_member)
        elif update.callback_query is not None:
            await self._tap(update.callback_query)
        elif update.message is not None and update.message.from_user is not None:
            await self._message(update.message, update.message.from_user)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        if change.chat.type != ChatType.PRIVATE:
            return
        gone = change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        state = ChatState.BLOCKED if gone else ChatState.REACHABLE
        await self._database.write(mark_chat, bot_id=self._house.bot_id, chat_id=change.chat.id, state=state)

    async def _tap(self, query: CallbackQuery) -> None:
        kind, *data = (query.data or "").split(":")
        turn = await self._turn(query.from_user, Said(data=tuple(data)), query.from_user.id, query)
        handler = self._routes.taps.get(kind)
        if handler is None:
            await turn.toast(turn.t("oops.stale_button"), alert=True)
        elif turn.speaker.person is None and kind not in self._routes.open_taps:
            await self._carry(turn, self._routes.stranger)
        else:
            await self._carry(turn, handler)
        await turn.toast()

    async def _message(self, message: TelegramMessage, user: User) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await self._in_group(message, user)
            return
        turn = await self._turn(user, _said(message), user.id)
        await self._carry(turn, self._way(turn))

    async def _in_group(self, message: TelegramMessage, user: User) -> None:
        command, _, addressee = _command(message.text or "").partition("@")
        if not command or addressee.casefold() != self._house.bot_username.casefold():
            return
        t = texts(language_of(user.language_code, self._house.languages))
        button = Button(t("button.private_chat"), url=self._house.start_link("group"))
        turn = await self._turn(user, Said(), message.chat.id)
        await turn.say(Message(str(escape(t("group.talk_in_private"))), ((button,),)))

    def _way(self, turn: Turn) -> Handler:
        routes, text = self._routes, turn.said.text
        command = _command(text).partition("@")[0] or routes.words.get(text.strip().casefold(), "")
        if command:
            return self._command_way(turn, command)
        bare = routes.bare(turn)
        if bare is not None:
            return bare
        if turn.talk is not None:
            return self._step_way(turn, turn.talk)
        return routes.lost if turn.speaker.person else routes.stranger

    def _command_way(self, turn: Turn, command: str) -> Handler:
        routes = self._routes
        turn.said = Said(text=turn.said.text.partition(" ")[2].strip() if _command(turn.said.text) else "")
        if turn.speaker.person is None and command not in routes.open_commands:
            return routes.stranger
        return routes.commands.get(command, routes.lost)

    def _step_way(self, turn: Turn, talk: Talk) -> Handler:
        chosen = choice_typed(turn.said.text, talk.choices) if turn.said.text else None
        if chosen is not None:
            kind, *data = chosen.split(":")
            if kind in self._routes.taps:
                turn.said = Said(data=tuple(data))
                return self._routes.taps[kind]
        return self._routes.steps.get(talk.step, self._routes.lost)

    async def _carry(self, turn: Turn, handler: Handler) -> None:
        try:
            await handler(turn)
        except Exception as error:
            sentence = refusal(error, turn.t, self._house)
            if sentence is None:
                log.exception("chat.failed")
                sentence = turn.t("oops.unexpected")
            await turn.toast(sentence, alert=True)

    async def _turn(self, user: User, said: Said, chat_id: int, query: CallbackQuery | None = None) -> Turn:
        now = self._clock.now()
        known, talk = await self._database.read(_who, bot_id=self._house.bot_id, user_id=user.id, now=now)
        language = _language(known, talk, user, self._house)
        speaker = Speaker(user.id, user.first_name, user.username, language, known)
        return Turn(
            speaker=speaker,
            t=texts(language),
            said=said,
            talk=talk,
            house=self._house,
            now=now,
            chat_id=chat_id,
            bot=self._bot,
            database=self._database,
            query=query,
        )


def _who(session: Session, *, bot_id: int, user_id: int, now: datetime) -> tuple[Person | None, Talk | None]:
    return (
        person(session, bot_id=bot_id, chat_id=user_id),
        talk_of(session, bot_id=bot_id, user_id=user_id, now=now),
    )


def _language(known: Person | None, talk: Talk | None, user: User, house: House) -> str:
    if known is not None:
        return known.language
    chosen = talk.draft.get("language") if talk else None
    return str(chosen) if chosen else language_of(user.language_code, house.languages)


def _command(text: str) -> str:
    return text[1:].split(maxsplit=1)[0].casefold() if text.startswith("/") and len(text) > 1 else ""


def _said(message: TelegramMessage) -> Said:
    place = (message.location.latitude, message.location.longitude) if message.location else None
    return Said(
        text=(message.text or "").strip(),
        photo_id=message.photo[-1].file_id if message.photo else None,
        place=place,
    )
