"""/bind and /unbind: a coordinator ties a group or channel to an area, whose leaderboards then go there."""

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.chat.house import House
from bot.chat.keyboards import PAGE, one_a_row, page_within, paged, plain_words
from bot.chat.month_boards import points_at_somebody
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import (
    Act,
    AreaView,
    NotAllowed,
    Person,
    area,
    areas_within,
    record,
    require,
    root_area,
)
from bot.delivery import Bound, Button, Message, bind_chat, bindings, unbind_chat
from bot.delivery import binding as bound_to

LONGEST_TITLE = 24  # of a button's label


class NoSuchPlaceError(Exception):
    """What was typed names no area."""


class SeveralPlacesError(Exception):
    """What was typed names several areas, here by code; each with the names on the way down to it."""

    def __init__(self, choices: Mapping[str, tuple[Mapping[str, str], ...]]) -> None:
        super().__init__(", ".join(choices))
        self.choices = choices


class NotBoundError(Exception):
    """The group is bound to nothing."""


class NotInChannelError(Exception):
    """The bot is not in the channel, or the speaker does not lead it."""


async def bind(turn: Turn) -> None:
    """Bind the group to the area that was typed, or else to the coordinator's own; in private, list them."""
    who = _coordinator(turn)
    if turn.group is None:
        await _list(turn)
        return
    title, language = turn.group, turn.speaker.language
    where = await turn.act(
        bind_group,
        chat_id=turn.chat_id,
        title=title,
        typed=turn.said.text,
        actor=who,
        language=language,
        now=turn.now,
    )
    await turn.say(await _bound(turn, where))


async def unbind(turn: Turn) -> None:
    """End what the group is bound to; in private, list what is bound."""
    who = _coordinator(turn)
    if turn.group is None:
        await _list(turn)
        return
    await turn.act(unbind_group, chat_id=turn.chat_id, actor=who, now=turn.now)
    await turn.say(Message(turn.t.rich("bind.ended", title=turn.group)))


async def offer_channel(turn: Turn, *, chat_id: int, title: str) -> None:
    """Offer a channel to the coordinator who has just added the bot: in a channel nobody has a name."""
    person = turn.speaker.person
    if person is not None and person.may(Act.BIND_GROUP):
        button = Button(turn.t("bind.button_channel"), f"bc:{-chat_id}")
        await turn.say(Message(turn.t.rich("bind.ask_channel", title=title), one_a_row(button)))


async def bind_channel(turn: Turn) -> None:
    """Bind a channel that the speaker leads."""
    who, chat_id = _coordinator(turn), -turn.said.number(0)
    title = await led_channel(turn, chat_id)
    where = await turn.act(
        bind_group,
        chat_id=chat_id,
        title=title,
        typed="",
        actor=who,
        language=turn.speaker.language,
        now=turn.now,
    )
    await turn.show(await _bound(turn, where))


async def unbind_one(turn: Turn) -> None:
    """End what a group or channel of the list is bound to."""
    who = _coordinator(turn)
    await turn.act(unbind_group, chat_id=-turn.said.number(0), actor=who, now=turn.now)
    await _list(turn)


def bind_group(
    session: Session, *, chat_id: int, title: str, typed: str, actor: Person, language: str, now: datetime
) -> AreaView:
    """Bind a group to an area; who takes it from another area needs the right there too.

    Raises:
        NotAllowed: the actor does not coordinate there.
        NoSuchPlaceError: what was typed names no area.
        SeveralPlacesError: it names more than one.
    """
    where = _named(session, typed) if typed.strip() else _widest(session, actor)
    before = bound_to(session, chat_id)
    for area_id in {where.area_id, *(() if before is None else (before.area_id,))}:
        require(session, resident_id=actor.resident_id, act=Act.BIND_GROUP, area_id=area_id)
    bind_chat(
        session,
        chat_id=chat_id,
        title=title,
        area_id=where.area_id,
        language=language,
        by=actor.resident_id,
        now=now,
    )
    if before is None or before.area_id != where.area_id:
        _record(session, actor, Act.BIND_GROUP, where.area_id, chat_id, now)
    return where


def unbind_group(session: Session, *, chat_id: int, actor: Person, now: datetime) -> None:
    """End what a group is bound to.

    Raises:
        NotBoundError: it is bound to nothing.
        NotAllowed: the actor does not coordinate there.
    """
    before = bound_to(session, chat_id)
    if before is None:
        raise NotBoundError
    require(session, resident_id=actor.resident_id, act=Act.BIND_GROUP, area_id=before.area_id)
    end_binding(session, chat_id=chat_id, actor=actor, now=now)


def end_binding(session: Session, *, chat_id: int, actor: Person | None, now: datetime) -> None:
    """End what a group is bound to, because somebody unbound it or the bot is no longer there."""
    before = unbind_chat(session, chat_id)
    if before is not None:
        _record(session, actor, "unbind-group", before.area_id, chat_id, now)


def _record(
    session: Session, actor: Person | None, act: str, area_id: int, chat_id: int, now: datetime
) -> None:
    who = None if actor is None else actor.resident_id
    record(session, actor=who, act=act, area_id=area_id, now=now, facts={"chat": chat_id})


def _coordinator(turn: Turn) -> Person:
    person = turn.speaker.person
    if person is None or not person.may(Act.BIND_GROUP):
        raise NotAllowed(Act.BIND_GROUP)
    return person


def _widest(session: Session, actor: Person) -> AreaView:
    """Give the widest area that somebody may bind groups to."""
    places = [
        area(session, grant.area_id) for grant in actor.roles if actor.may(Act.BIND_GROUP, grant.area_path)
    ]
    return min(places, key=lambda one: (one.depth, one.path))


def _named(session: Session, typed: str) -> AreaView:
    wanted = plain_words(typed)
    places = areas_within(session, root_area(session).area_id)
    coded = [one for one in places if wanted == plain_words(one.code)]
    found = coded or [one for one in places if wanted in map(plain_words, one.names.values())]
    if len(found) > 1:
        raise SeveralPlacesError({one.code: _way_to(session, one) for one in found})
    if not found:
        raise NoSuchPlaceError
    return found[0]


def _way_to(session: Session, place: AreaView) -> tuple[Mapping[str, str], ...]:
    """Give an area's names after those of what it lies in, but for the whole community."""
    if place.parent_id is None:
        return ()
    return (*_way_to(session, area(session, place.parent_id)), place.names)


async def led_channel(turn: Turn, chat_id: int) -> str:
    """Ask Telegram whether the speaker leads this channel, and what it is called.

    Raises:
        NotInChannelError: the bot is not in it, the speaker does not lead it, or it is no channel.
    """
    try:
        member = await turn.bot.get_chat_member(chat_id, turn.speaker.user_id)
        chat = await turn.bot.get_chat(chat_id)
    except (BadRequest, Forbidden):
        raise NotInChannelError from None
    leads = member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
    if not leads or chat.type != ChatType.CHANNEL:
        raise NotInChannelError
    return chat.title or ""


async def show_list(turn: Turn) -> None:
    """Show another page of what is bound."""
    _coordinator(turn)
    await _list(turn, turn.said.number(0))


async def _list(turn: Turn, page: int = 0) -> None:
    kept = await turn.look(_bound_for, turn.person)
    if not kept:
        await turn.say(Message(turn.t.rich("bind.none", bot=turn.house.bot_username)))
        return
    page = page_within(page, len(kept))
    lines = [
        turn.t.rich("bind.line", title=one.title, area=turn.t.name(names))
        for one, names in kept[page * PAGE :][:PAGE]
    ]
    buttons = [
        Button(turn.t("bind.button_end", title=one.title[:LONGEST_TITLE]), f"be:{-one.chat_id}")
        for one, _ in kept
    ]
    heading = turn.t.rich("bind.list")
    rows = paged(buttons, page, lambda number: f"bl:{number}", turn.t)
    await turn.show(Message("\n".join(map(str, (heading, *lines))), rows))


def _bound_for(session: Session, person: Person) -> list[tuple[Bound, dict[str, str]]]:
    kept = [(one, area(session, one.area_id)) for one in bindings(session)]
    return [(one, dict(where.names)) for one, where in kept if person.may(Act.BIND_GROUP, where.path)]


async def _bound(turn: Turn, where: AreaView) -> Message:
    html = turn.t.rich("bind.done", area=turn.t.name(where.names), bot=turn.house.bot_username)
    if where.parent_id is not None and await turn.look(points_at_somebody, where.area_id):
        html += Markup("\n") + turn.t.rich("bind.small")
    return Message(html)


@refuses(NoSuchPlaceError)
def _no_such_place(_: NoSuchPlaceError, t: Texts, house: House) -> str:
    return t("bind.no_area", bot=house.bot_username)


@refuses(SeveralPlacesError)
def _several_places(error: SeveralPlacesError, t: Texts, house: House) -> str:
    lines = [
        t("bind.choice", bot=house.bot_username, code=code, area=" · ".join(map(t.name, way)))
        for code, way in error.choices.items()
    ]
    return t("bind.several", choices="\n".join(lines))


@refuses(NotBoundError)
def _not_bound(_: NotBoundError, t: Texts, __: House) -> str:
    return t("bind.not_bound")


@refuses(NotInChannelError)
def _not_in_channel(_: NotInChannelError, t: Texts, __: House) -> str:
    return t("bind.not_in_channel")
