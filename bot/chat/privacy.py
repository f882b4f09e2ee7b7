"""/privacy: what is stored, all of mine as a file, and being forgotten (law 11)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

import points
from bot import callouts, community, delivery
from bot.chat.conversation import forget_named, remember
from bot.chat.deed_closing import Asked, ask_without_name, questions_about
from bot.chat.deed_news import about
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.texts import texts
from bot.chat.turn import Turn
from bot.deeds import DeedReopened, ask_anew
from bot.delivery import Button, Message
from bot.giving import SpendingWithdrawn, withdrawn_with
from bot.intake import forget_person
from bot.schedule import put
from points.deeds import exported_deeds, forget_deeds, objections_of, open_deeds_of, reopen_deeds
from points.giving import exported_spendings, forget_spendings
from points.shops import ComplaintLeft, LeftLine

ERASING_DUE = "privacy.erase"
ERASE_AGAIN_AFTER = timedelta(minutes=15)
# What others did in the same moments may have been written with the name they still knew.
MOMENTS = timedelta(minutes=1)


async def show(turn: Turn) -> None:
    """Say what is stored, and offer the file and being forgotten."""
    facts = turn.house.neighbourhood.community
    text = turn.t.rich(
        "privacy.notice",
        community=turn.t.name(facts.names),
        operator=turn.t.name(facts.operators),
        phone=facts.phone,
    )
    if turn.speaker.person is None:
        await turn.show(Message(text))
        return
    buttons = one_a_row(
        Button(turn.t("privacy.button_export"), "pe"), Button(turn.t("privacy.button_forget"), "pf")
    )
    await turn.ask(Message(text, buttons), "privacy")


async def export(turn: Turn) -> None:
    """Hand out everything that is stored of the speaker, as JSON."""
    everything = await turn.look(_everything, turn.me, turn.now)
    body = json.dumps(everything, ensure_ascii=False, indent=2, default=str).encode()
    await turn.toast()
    await turn.say(
        Message(
            turn.t.rich("privacy.exported"), document=body, file_name=f"linli-{turn.person.short_code}.json"
        )
    )


async def ask_forget(turn: Turn) -> None:
    """Say what being forgotten means, and ask once."""
    worth = await turn.look(points.standing, resident_id=turn.me, now=turn.now, zone=turn.house.zone)
    text = (
        turn.t.rich("privacy.ask_forget_shared")
        if worth.shared
        else turn.t.rich("privacy.ask_forget", points=worth.available + worth.held)
    )
    home = await turn.look(community.home_of, turn.me)
    if any(one.keeper_id == turn.me for one in home.members):
        text += Markup("\n") + turn.t.rich("privacy.ask_forget_wards")
    buttons = one_a_row(Button(turn.t("privacy.button_really"), "px"), Button(turn.t("button.cancel"), "x"))
    await turn.ask(Message(text, buttons), "privacy.forget")


async def forget(turn: Turn) -> None:
    """Erase the speaker everywhere but in the sums, after they were asked once."""
    if turn.speaker.person is None:  # a second tap: nobody is left to forget but in this tap itself
        await turn.database.write(forget_person, bot_id=turn.house.bot_id, user_id=turn.speaker.user_id)
        await turn.show(Message(turn.t.rich("privacy.forgotten")))
        return
    if turn.talk is None or turn.talk.step != "privacy.forget":
        await ask_forget(turn)
        return
    questions = await turn.look(_open_questions, turn.me)
    await turn.act(
        _forget_everywhere,
        who=turn.person,
        bot_id=turn.house.bot_id,
        user_id=turn.speaker.user_id,
        now=turn.now,
    )
    for one in questions:
        words = Message(texts(one.language).rich("verify.before_withdrawn"))
        turn.rewrite_soon(one.chat_id, one.message_id, words)
    await turn.show(Message(turn.t.rich("privacy.forgotten")))
    await turn.refresh_menu()


def _everything(session: Session, resident_id: int, now: datetime) -> dict[str, Any]:
    """Give all that is kept of somebody, and of those they answer for, who cannot ask themselves."""
    return {
        "exported_at": now.isoformat(),
        "community": community.exported(session, resident_id),
        **_in_other_rooms(session, resident_id),
        "answers_for": [
            {"short_code": code, **_in_other_rooms(session, ward_id)}
            for ward_id, code in community.wards_of(session, resident_id).items()
        ],
    }


def _in_other_rooms(session: Session, resident_id: int) -> dict[str, Any]:
    return {
        "callouts": callouts.exported(session, resident_id),
        "points": points.exported(session, resident_id),
        "deeds": exported_deeds(session, resident_id),
        "funds": exported_spendings(session, resident_id),
    }


def _open_questions(session: Session, resident_id: int) -> tuple[Asked, ...]:
    """Give the messages by which others are asked about somebody's deeds: these name them."""
    open_ = open_deeds_of(session, resident_id)
    return tuple(asked for one in open_ for asked in questions_about(session, one.deed_id))


def _forget_everywhere(
    session: Session, *, who: community.Person, bot_id: int, user_id: int, now: datetime
) -> tuple[object, ...]:
    """Erase somebody, and whom nobody else can answer for; give what others are to hear of it."""
    return forget_everywhere(session, resident_id=who.resident_id, chats=[(bot_id, user_id)], now=now)


def forget_everywhere(
    session: Session, *, resident_id: int, chats: Sequence[tuple[int, int]], now: datetime
) -> tuple[object, ...]:
    """Erase somebody with their chats (each with its bot), and whom nobody else can answer for."""
    entrusted, alone = community.hand_on_wards(session, keeper_id=resident_id)
    given_back = [erase_resident(session, resident_id=ward_id, chat_id=None, now=now) for ward_id in alone]
    own = chats[0][1] if chats else None
    given_back.append(erase_resident(session, resident_id=resident_id, chat_id=own, now=now))
    for _, user_id in chats:
        delivery.forget_chat(session, user_id)
    erase_what_others_read(session, now)
    for bot_id, user_id in chats:
        remember(session, None, bot_id=bot_id, user_id=user_id, now=now)
        forget_person(session, bot_id=bot_id, user_id=user_id)
    return (entrusted, *given_back)


def erase_resident(
    session: Session, *, resident_id: int, chat_id: int | None, now: datetime
) -> tuple[points.Cancelled | LeftLine | ComplaintLeft | SpendingWithdrawn | DeedReopened, ...]:
    """Erase a resident from every room; give what shops, neighbours and coordinators are to hear."""
    callouts.forget(session, resident_id=resident_id, chat_id=chat_id, now=now)
    objected = objections_of(session, resident_id)
    begun = reopen_deeds(session, verifier_id=resident_id)
    for deed_id in forget_deeds(session, resident_id=resident_id):
        delivery.withdraw(session, about(deed_id), now)
    for deed_id in objected:
        ask_without_name(session, deed_id, now=now)
    taken_back = forget_spendings(session, resident_id=resident_id, now=now)
    given_back = points.forget_owner(session, resident_id, now)
    forget_named(session, community.names_known(session, resident_id))
    community.forget(session, resident_id=resident_id, now=now)
    reopened = (ask_anew(session, deed_id=one, now=now) for one in begun)
    return *given_back, *withdrawn_with(session, taken_back, now), *reopened


def erase_what_others_read(session: Session, now: datetime) -> None:
    """Erase what was said and may name somebody, now and again once all that is underway has arrived."""
    delivery.erase_said(session, before=now)
    _plan_erasing(session, until=now + MOMENTS, at=now + ERASE_AGAIN_AFTER)


def erase_what_was_underway(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> None:
    """Erase what was still being sent when somebody was forgotten, and look again while some of it is."""
    until = datetime.fromisoformat(facts["until"])
    delivery.erase_said(session, before=until)
    if delivery.still_open(session, before=until):
        _plan_erasing(session, until=until, at=now + ERASE_AGAIN_AFTER)


def _plan_erasing(session: Session, *, until: datetime, at: datetime) -> None:
    facts = {"until": until.isoformat()}
    put(session, key=f"{ERASING_DUE}:{facts['until']}:{at.isoformat()}", kind=ERASING_DUE, at=at, facts=facts)
