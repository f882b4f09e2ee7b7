"""Who could not be reached by chat hears by other ways: first their own addresses, then their area's."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

from bot.callouts import CallOutState, CallOutView, callout
from bot.callouts.reaching import about_end, about_people
from bot.callouts.unreached import unreached
from bot.chat.callout_words import view_text
from bot.chat.house import House
from bot.chat.kinds_of_news import lasts_until
from bot.chat.telling import Words
from bot.chat.texts import Texts, texts
from bot.community import PersonAddress, addresses
from bot.community.contacts import areas_around, contacts_of, who_has_contacts
from bot.delivery import Message, State, deliveries, withdraw
from bot.delivery.fallback import BY_HAND, enqueue_other
from bot.schedule import put

FALLBACK_DUE = "callout.fallback"
GATHER = timedelta(seconds=10)  # who turns out unreachable within so long is looked after together
PERSON, AREA = "person:", "area:"


def about_areas(callout_id: int) -> str:
    """Name what the addresses of areas are told of a call-out."""
    return f"fallback-areas:{callout_id}"


def plan_fallback(session: Session, callout_id: int, at: datetime) -> None:
    """Note that somebody of a call-out may be unreached by a moment; often the same note does."""
    slot = int(at.timestamp() // GATHER.total_seconds())
    key = f"{FALLBACK_DUE}:{callout_id}:{slot}"
    put(session, key=key, kind=FALLBACK_DUE, at=at, facts={"callout_id": callout_id})


def fall_back(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> None:
    """Tell whoever is unreached by their own other ways, and each area of the rest by that of the area.

    Each hears once, however often this is done.
    """
    view = callout(session, int(facts["callout_id"]))
    if view.state is not CallOutState.OPEN:
        return
    missing = addresses(session, unreached(session, view.callout_id))
    have = who_has_contacts(session, missing)
    for resident_id in have:
        _tell_person(session, missing[resident_id], view, "call", _call_words(view, house), now)
    codes = {_area_of(session, one, house) for one in missing if one not in have} - {None}
    for code in sorted(code for code in codes if code is not None):
        _tell_area(session, code, view, "call", _area_words(view), house, now)


def end_fallback(session: Session, view: CallOutView, farewell: Words, house: House, now: datetime) -> None:
    """Drop what was not said yet, and tell who was told, or may have been, that it is over."""
    ended = {}
    for about in (about_people(view.callout_id), about_areas(view.callout_id)):
        withdraw(session, about, now)
        ended[about] = [one for one in deliveries(session, about) if one.state in _MAY_HAVE_HEARD]
    heard = [one for one in ended[about_people(view.callout_id)] if one.channel != BY_HAND]
    people = addresses(session, [one.tag for one in heard if one.tag is not None])
    for one in people.values():
        _tell_person(session, one, view, "end", farewell, now)
    for told in ended[about_areas(view.callout_id)]:
        if told.channel is not None:
            code = told.channel.removeprefix(AREA)
            _tell_area(session, code, view, "end", farewell, house, now)


def ways_of(session: Session, channel: str, house: House) -> tuple[str, ...]:
    """Give the addresses behind a channel, as the file and the residents have them now."""
    if channel.startswith(PERSON):
        return contacts_of(session, int(channel.removeprefix(PERSON)))
    return _of_area(channel.removeprefix(AREA), house)


_MAY_HAVE_HEARD = (State.SENT, State.SENDING, State.UNKNOWN)


def _tell_person(
    session: Session, one: PersonAddress, view: CallOutView, what: str, words: Words, now: datetime
) -> None:
    key = f"callout:{view.callout_id}:fallback:{what}:{one.resident_id}"
    enqueue_other(
        session,
        key=key,
        channel=f"{PERSON}{one.resident_id}",
        language=one.language,
        message=words(texts(one.language)),
        about=about_people(view.callout_id) if what == "call" else about_end(view.callout_id),
        tag=one.resident_id,
        now=now,
        expires_at=lasts_until(key, now),
    )


def _tell_area(
    session: Session, code: str, view: CallOutView, what: str, words: Words, house: House, now: datetime
) -> None:
    key = f"callout:{view.callout_id}:fallback:{what}:{AREA}{code}"
    enqueue_other(
        session,
        key=key,
        channel=f"{AREA}{code}",
        language=house.languages[0],
        message=words(texts(house.languages[0])),
        about=about_areas(view.callout_id) if what == "call" else about_end(view.callout_id),
        tag=None,
        now=now,
        expires_at=lasts_until(key, now),
    )


def _call_words(view: CallOutView, house: House) -> Words:
    phone = house.neighbourhood.community.phone

    def words(t: Texts) -> Message:
        return Message(str(view_text(t, view) + Markup("\n") + t.rich("otherways.answer", phone=phone)))

    return words


def _area_words(view: CallOutView) -> Words:
    """Say it to who looks after an area; whom they have to tell stands in the coordinators' list."""

    def words(t: Texts) -> Message:
        return Message(str(view_text(t, view) + Markup("\n") + t.rich("otherways.area")))

    return words


def _area_of(session: Session, resident_id: int, house: House) -> str | None:
    """Give the nearest area around somebody's home that has an address of its own."""
    return next((code for code in areas_around(session, resident_id) if _of_area(code, house)), None)


def _of_area(code: str, house: House) -> tuple[str, ...]:
    file = house.neighbourhood
    if code == file.community.code:
        return file.community.fallback
    return next((one.fallback for one in file.areas if one.code == code), ())
