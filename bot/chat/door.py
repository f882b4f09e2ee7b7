"""The front door: finds who speaks and what they mean, and hands the turn to the one conversation for it."""

from datetime import datetime
from functools import partial

import structlog
from sqlmodel import Session
from telegram import (
    Bot,
    CallbackQuery,
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Update,
    User,
)
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.chat.binding import end_binding, offer_channel
from bot.chat.callout_words import rehearsed
from bot.chat.channels import answer_post
from bot.chat.commands import Handler, Routes
from bot.chat.conversation import Talk, talk_of
from bot.chat.helping import is_cry_for_help
from bot.chat.house import House
from bot.chat.keyboards import choice_typed
from bot.chat.menus import show_own_menu
from bot.chat.plotting import rehearses
from bot.chat.refusals import refusal, refuses
from bot.chat.texts import Texts, language_of, texts
from bot.chat.turn import ALBUM, HEARD, Forged, Said, Speaker, Turn
from bot.chat.unforeseen import apology
from bot.clock import Clock
from bot.community import ChatState, Person, known_as, mark_chat, person
from bot.database import Database
from bot.delivery import Button, Message, move_chat
from bot.delivery.editor import Editor

log = structlog.get_logger(__name__)


def _is_gone(bot: ChatMember) -> bool:
    """Tell whether the bot is no longer in a chat; restrictions outlast leaving."""
    if isinstance(bot, ChatMemberRestricted):
        return not bot.is_member
    return bot.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


@refuses(Forged)
def _forged(_: Forged, t: Texts, __: House) -> str:
    return t("oops.stale_button")


class Door:
    def __init__(
        self,
        routes: Routes,
        house: House,
        database: Database,
        bot: Bot,
        clock: Clock,
        editor: Editor,
    ) -> None:
        self._routes = routes
        self._house = house
        self._database = database
        self._bot = bot
        self._clock = clock
        self._editor = editor

    async def enter(self, update: Update) -> None:
        """Deal with one update from beginning to end; whatever goes wrong, the person hears something."""
        if update.my_chat_member is not None:
            await self._membership(update.my_chat_member)
        elif update.callback_query is not None:
            await self._tap(update.callback_query)
        elif update.channel_post is not None:
            await answer_post(update.channel_post, self._bot, self._database, self._house)
        elif update.message is not None and update.message.migrate_to_chat_id is not None:
            moved = (update.message.chat.id, update.message.migrate_to_chat_id)
            await self._database.write(move_chat, *moved)
        elif update.message is not None and update.message.from_user is not None:
            await self._message(update.message, update.message.from_user)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        gone = _is_gone(change.new_chat_member)
        if change.chat.type != ChatType.PRIVATE:
            await self._group_membership(change, gone=gone)
            return
        state = ChatState.BLOCKED if gone else ChatState.REACHABLE
        await self._mark(change.chat.id, state)

    async def _group_membership(self, change: ChatMemberUpdated, *, gone: bool) -> None:
        user, chat = change.from_user, change.chat
        turn = await self._turn(user, Said(), user.id)
        if gone:
            await turn.act(end_binding, chat_id=chat.id, actor=turn.speaker.person, now=turn.now)
        elif chat.type == ChatType.CHANNEL:
            await self._carry(turn, partial(offer_channel, chat_id=chat.id, title=chat.title or ""))

    async def _mark(self, chat_id: int, state: ChatState) -> None:
        await self._database.write(mark_chat, bot_id=self._house.bot_id, chat_id=chat_id, state=state)

    async def _tap(self, query: CallbackQuery) -> None:
        turn = await self._turn(query.from_user, Said(), query.from_user.id, query)
        if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
            await turn.toast(turn.t("group.tap_in_private"), alert=True)
            return
        handler = self._as_tap(turn, _cleaned(query.data or ""))
        if handler is None:
            await turn.toast(turn.t("oops.stale_button"), alert=True)
        else:
            await self._carry(turn, handler)
        await turn.toast()

    async def _message(self, message: TelegramMessage, user: User) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await self._in_group(message, user)
            return
        turn = await self._turn(user, _said(message), user.id)
        turn.heard = f"message:{message.message_id}"
        await self._carry(turn, self._taken_before(turn) or await self._way(turn))

    def _taken_before(self, turn: Turn) -> Handler | None:
        """Know a message that was dealt with before a crash, and what belongs to an album that was taken."""
        talk, album = turn.talk, turn.said.album
        if talk is None:
            return None
        if talk.draft.get(HEARD) == turn.heard:
            return self._routes.repeated.get(talk.step)
        return _pass_over if album is not None and talk.draft.get(ALBUM) == album else None

    async def _in_group(self, message: TelegramMessage, user: User) -> None:
        command, _, addressee = _command(message.text or "").partition("@")
        if not command or addressee.casefold() != self._house.bot_username.casefold():
            return
        turn = await self._turn(user, _said(message), message.chat.id)
        known = self._routes.command(command)
        turn.said = Said(text="".join(turn.said.text.split(maxsplit=1)[1:]))
        turn.group = message.chat.title or ""
        try:
            await self._carry(turn, known.handle if known and known.in_groups else _in_private)
        except (BadRequest, Forbidden) as refused:  # it may read there, and write nothing
            log.warning("group.not_answered", trouble=str(refused))

    async def _way(self, turn: Turn) -> Handler:
        routes, text = self._routes, turn.said.text
        if (pictured := self._pictured(turn)) is not None:
            return pictured
        name = _command(text).partition("@")[0]
        command = routes.command(name) if name else routes.word(text)
        if command is not None:
            turn.said = Said(text="".join(text.split(maxsplit=1)[1:]) if name else "")
            known = turn.speaker.person is not None or command.for_strangers
            return command.handle if known else routes.stranger
        if name:
            return routes.helper.lost
        busy_writing = turn.talk is not None and turn.talk.step in routes.free_steps
        if not busy_writing and is_cry_for_help(text):
            return routes.helper.cry
        return await self._step_way(turn)

    def _pictured(self, turn: Turn) -> Handler | None:
        """Take a photo where one is asked for: its caption is no command and no choice."""
        routes, talk = self._routes, turn.talk
        wanted = talk is not None and turn.said.photo_id is not None and talk.step in routes.picture_steps
        if talk is None or not wanted or turn.speaker.person is None:
            return None
        return routes.steps[talk.step]

    async def _step_way(self, turn: Turn) -> Handler:
        routes, talk = self._routes, turn.talk
        chosen = await self._choice(turn)
        if chosen is not None and (handler := self._as_tap(turn, chosen)) is not None:
            return handler
        if talk is not None and talk.step in routes.steps:
            understood = turn.said.text or talk.step in routes.picture_steps
            return routes.steps[talk.step] if understood else routes.helper.words_wanted
        answer = await routes.typed(turn)
        if answer is not None and (handler := self._as_tap(turn, answer)) is not None:
            return handler
        if not turn.speaker.person:
            return routes.stranger
        asked = talk is not None and talk.choices and talk.step not in routes.resting
        return routes.helper.choose if asked else routes.helper.lost

    async def _choice(self, turn: Turn) -> str | None:
        """Find the button that typed words mean: of a call-out that came in between, or of this step."""
        talk, typed = turn.talk, turn.said.text
        if talk is None or not typed:
            return None
        if (answer := await self._routes.asked_since(turn, talk.since)) is not None:
            return answer
        if talk.step in self._routes.number_steps and typed.isdecimal():
            return None
        return choice_typed(typed, talk.choices)

    def _as_tap(self, turn: Turn, data: str) -> Handler | None:
        kind, *rest = data.split(":")
        handler = self._routes.tap(kind, joined=turn.speaker.person is not None)
        if handler is not None:
            turn.said = Said(data=tuple(rest))
        return handler

    async def _carry(self, turn: Turn, handler: Handler) -> None:
        try:
            await handler(turn)
        except Forbidden:
            if turn.group is None:
                await self._mark(turn.speaker.user_id, ChatState.BLOCKED)
        except Exception as error:
            if turn.group is not None and isinstance(error, BadRequest):
                raise
            sentence = refusal(error, turn.t, self._house)
            if sentence is not None and rehearses(turn):
                sentence = rehearsed(turn.t, sentence)
            if sentence is None:
                sentence = await apology(turn, error)
            await turn.toast(sentence, alert=True)

    async def _turn(self, user: User, said: Said, chat_id: int, query: CallbackQuery | None = None) -> Turn:
        now = self._clock.now()
        known, talk = await self._database.read(_who, bot_id=self._house.bot_id, user_id=user.id, now=now)
        language = _language(known, talk, user, self._house)
        await self._keep_username(known, user)
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
            menu=partial(show_own_menu, self._bot, self._routes.commands),
            editor=self._editor,
            query=query,
            heard=f"tap:{query.id}" if query else "",
        )

    async def _keep_username(self, known: Person | None, user: User) -> None:
        """Keep the username a resident has now, so that a coordinator can name them by it."""
        if known is not None and known.username != (user.username.casefold() if user.username else None):
            await self._database.write(
                known_as, bot_id=self._house.bot_id, chat_id=user.id, username=user.username
            )


async def _in_private(turn: Turn) -> None:
    """Show the way to the private chat: what prepares, shows people or awards is done there."""
    button = Button(turn.t("button.private_chat"), url=turn.house.chat_link)
    await turn.say(Message(turn.t.rich("group.talk_in_private"), ((button,),)))


async def _pass_over(_: Turn) -> None:
    """Leave one more photo of an album that was taken with its first."""


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


def _cleaned(text: str) -> str:
    """Take out what no phone types and no database keeps."""
    return "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff")


def _said(message: TelegramMessage) -> Said:
    place = (message.location.latitude, message.location.longitude) if message.location else None
    return Said(
        text=_cleaned(message.text or message.caption or "").strip(),
        photo_id=message.photo[-1].file_id if message.photo else None,
        thumb_id=message.photo[0].file_id if message.photo else None,
        caption=_cleaned(message.caption or "").strip(),
        album=message.media_group_id,
        place=place,
    )
