"""Joining: consent in both languages, a name, where one lives, and perhaps a team."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.cards import card_message
from bot.chat.conversation import Talk, remember
from bot.chat.house import House
from bot.chat.keyboards import choices_of, one_a_row
from bot.chat.links import INVITATION, follow_up, is_followed, start_area
from bot.chat.places import ask_area, takes_area
from bot.chat.refusals import refusal, refuses
from bot.chat.texts import Texts, texts
from bot.chat.turn import Turn
from bot.community import (
    BadName,
    ExpiredInvitation,
    Joined,
    NameFault,
    UnknownInvitation,
    UsedInvitation,
    accept_invitation,
    areas_below,
    card,
    checked_name,
    choose_team,
    join,
    person,
    teams,
)
from bot.delivery import Button, Message
from bot.intake import forget_person

Handler = Callable[[Turn], Awaitable[None]]

FLAGS = {"zh": "🇨🇳 中文", "en": "🇬🇧 English"}
TEAM = "join.team"


@dataclass(frozen=True)
class Arrived:
    """Somebody joined; ``refused`` says why the invitation they came with gave them no role."""

    joined: Joined
    refused: Exception | None = None


def _of_strangers(handler: Handler) -> Handler:
    """Let who has joined already read it in place of the old question, whatever button of it they tap."""

    async def only_strangers(turn: Turn) -> None:
        if turn.speaker.person is None:
            await handler(turn)
        elif turn.talk is not None and turn.talk.step == TEAM:
            await _ask_team(turn)
        else:
            await turn.toast(turn.t("join.already"))
            await _show_card(turn, "join.already_here")

    return only_strangers


async def welcome_stranger(turn: Turn, payload: str = "") -> None:
    """Say who asks and for what, before anything is kept but the poster's or invitation's code."""
    draft = _draft(turn)
    if payload:
        draft["payload"] = payload[:64]
    await turn.ask(_consent(turn, turn.speaker.language), "join.consent", draft)


@_of_strangers
async def agree(turn: Turn) -> None:
    """Take the consent and ask for the name."""
    offered = one_a_row(Button(f"👤 {name}", "jn")) if (name := _telegram_name(turn)) else ()
    key = "join.ask_name" if offered else "join.ask_name_typed"
    question = Message(turn.t.rich(key), offered)
    await turn.ask(question, "join.name", {**_draft(turn), "agreed": True})


@_of_strangers
async def decline(turn: Turn) -> None:
    """Keep nothing of who says no: not even that they asked."""
    await turn.database.write(
        _leave_nothing, bot_id=turn.house.bot_id, user_id=turn.speaker.user_id, now=turn.now
    )
    await turn.show(Message(turn.t.rich("join.declined")))


@_of_strangers
async def speak(turn: Turn) -> None:
    """Show the consent again, beginning with the language that was tapped."""
    language = turn.said.word(0)
    if language not in turn.house.languages:
        language = turn.speaker.language
    await turn.ask(_consent(turn, language), "join.consent", {**_draft(turn), "language": language})


@_of_strangers
async def take_telegram_name(turn: Turn) -> None:
    """Take the name that Telegram knows."""
    await _take_name(turn, turn.speaker.first_name)


async def take_typed_name(turn: Turn) -> None:
    """Take the name that was typed; a picture instead of one asks again."""
    await _take_name(turn, turn.said.text)


@takes_area("join.area")
async def take_area(turn: Turn, area_id: int) -> None:
    """Become a resident, living there."""
    await _join(turn, area_id, _draft(turn))


@takes_area(TEAM)
async def area_taken(turn: Turn, _: int) -> None:
    """Go on where somebody joined but read no answer: an area tapped again is theirs already."""
    await _ask_team(turn)


async def take_team(turn: Turn) -> None:
    """Volunteer for a team with one tap; that ends joining."""
    await turn.act_and_step(
        lambda _: None,
        choose_team,
        resident_id=turn.me,
        team_code=turn.said.word(0),
        now=turn.now,
    )
    await _finish(turn)


async def no_team(turn: Turn) -> None:
    """End joining without volunteering."""
    await turn.step(None)
    await _finish(turn)


async def _take_name(turn: Turn, typed: str) -> None:
    draft = _draft(turn)
    if not draft.get("agreed"):
        await welcome_stranger(turn)
        return
    draft["name"] = checked_name(typed)
    start = await turn.look(start_area, str(draft.get("payload", "")))
    if await turn.look(areas_below, start.area_id):
        await ask_area(turn, start, step="join.area", draft=draft)
    else:
        await _join(turn, start.area_id, draft)


async def _join(turn: Turn, area_id: int, draft: dict[str, Any]) -> None:
    if "name" not in draft:
        await welcome_stranger(turn)
        return
    question = await _team_question(turn)
    arrived = await turn.act_and_step(
        lambda _: Talk(TEAM, _brought(draft), choices_of(question)),
        _arrive,
        bot_id=turn.house.bot_id,
        chat_id=turn.speaker.user_id,
        name=draft["name"],
        language=turn.speaker.language,
        area_id=area_id,
        payload=str(draft.get("payload", "")),
        now=turn.now,
    )
    if arrived.refused is not None:
        await turn.say(Message(Markup.escape(refusal(arrived.refused, turn.t, turn.house) or "")))
    await turn.show(question)


async def _ask_team(turn: Turn) -> None:
    """Ask again what was never read: the bot may have stopped between the joining and its answer."""
    await turn.ask(await _team_question(turn), TEAM, _brought(_draft(turn)))


async def _team_question(turn: Turn) -> Message:
    offered = await turn.look(teams)
    buttons = [Button(f"{team.emoji} {turn.t.name(team.names)}", f"jt:{team.code}") for team in offered]
    return Message(turn.t.rich("join.ask_team"), one_a_row(*buttons, Button(turn.t("join.no_team"), "j0")))


async def _finish(turn: Turn) -> None:
    await _show_card(turn, "join.done")
    await turn.refresh_menu()
    await follow_up(turn, str(_draft(turn).get("payload", "")))


async def _show_card(turn: Turn, heading: str) -> None:
    mine = await turn.look(card, turn.me)
    await turn.show(card_message(turn.t, mine, turn.house, now=turn.now, heading=turn.t.rich(heading)))


def _brought(draft: Mapping[str, Any]) -> dict[str, Any]:
    payload = str(draft.get("payload", ""))
    return {"payload": payload} if is_followed(payload) else {}


def _consent(turn: Turn, language: str) -> Message:
    order = (language, *(other for other in turn.house.languages if other != language))
    t = texts(language)
    flags = tuple(Button(FLAGS[one], f"jl:{one}") for one in turn.house.languages if one in FLAGS)
    rows = ((Button(t("join.agree"), "jy"), Button(t("join.decline"), "jx")),)
    text = Markup("\n\n———\n\n").join(_consent_in(texts(one), turn.house) for one in order)
    return Message(text, (*rows, flags) if len(flags) > 1 else rows)


def _consent_in(t: Texts, house: House) -> Markup:
    community = house.neighbourhood.community
    return t.rich(
        "join.consent",
        community=t.name(community.names),
        operator=t.name(community.operators),
        phone=community.phone,
    )


def _draft(turn: Turn) -> dict[str, Any]:
    """Give what a stranger brought and said so far, also when they chose a language in between."""
    kept = turn.talk is not None and (turn.talk.step.startswith("join.") or turn.talk.step == "language")
    return dict(turn.talk.draft) if turn.talk is not None and kept else {}


def _telegram_name(turn: Turn) -> str | None:
    """Give the name that Telegram knows, unless it is none that can be called out: only emoji, say."""
    try:
        return checked_name(turn.speaker.first_name)[:60]
    except BadName:
        return None


def _arrive(
    session: Session,
    *,
    bot_id: int,
    chat_id: int,
    name: str,
    language: str,
    area_id: int,
    payload: str,
    now: datetime,
) -> Arrived:
    joined = join(
        session, bot_id=bot_id, chat_id=chat_id, name=name, language=language, area_id=area_id, now=now
    )
    if not payload.startswith(INVITATION):
        return Arrived(joined)
    code = payload.removeprefix(INVITATION)
    try:
        accept_invitation(session, code=code, resident_id=joined.resident_id, now=now)
    except (UnknownInvitation, UsedInvitation, ExpiredInvitation) as refused:
        return Arrived(joined, refused)
    return Arrived(joined)


def _leave_nothing(session: Session, *, bot_id: int, user_id: int, now: datetime) -> None:
    remember(session, None, bot_id=bot_id, user_id=user_id, now=now)
    if person(session, bot_id=bot_id, chat_id=user_id) is None:
        forget_person(session, bot_id=bot_id, user_id=user_id)


@refuses(BadName)
def _bad_name(error: BadName, t: Texts, _: House) -> str:
    sentences = {
        NameFault.EMPTY: "name.empty",
        NameFault.TOO_LONG: "name.too_long",
        NameFault.NO_LETTERS: "name.no_letters",
    }
    return t(sentences[error.reason], longest=error.longest)
