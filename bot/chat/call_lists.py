"""The call list: whom a human telephones or visits, of a call-out or of its end, and what came of it."""

from sqlmodel import Session

from bot.callouts import CallOutState, CallOutView
from bot.callouts.calling import Called, ToCall, call_list, not_reached, told_by_phone
from bot.chat.callout_words import marked, marked_plain, told_apart
from bot.chat.keyboards import one_a_row, paged
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import PersonAddress, addresses
from bot.community.contacts import Home, homes_of
from bot.delivery import Button, Message

Left = tuple[tuple[ToCall, PersonAddress, Home | None], ...]


async def show_list(turn: Turn) -> None:
    """Show whom somebody still has to tell."""
    await turn.say(await _message(turn, turn.said.number(0), 0))


async def turn_page(turn: Turn) -> None:
    """Turn to another page of the list, or back to it."""
    await turn.show(await _message(turn, turn.said.number(0), turn.said.number(1)))


async def show_person(turn: Turn) -> None:
    """Ask what came of the call to somebody; who was told meanwhile is not asked for again."""
    number, resident_id, page = (turn.said.number(place) for place in range(3))
    view, left = await turn.look(_left, number, turn.me)
    found = next(((one, home) for who, one, home in left if who.resident_id == resident_id), None)
    if found is None:
        await turn.toast(_plain(turn.t, view, "calllist.toast_before"))
        await turn.show(list_message(turn.t, view, left, page))
        return
    await turn.show(_person_message(turn.t, view, *found, page))


async def take_told(turn: Turn) -> None:
    """Note that somebody was told, and show who is left; a second tap changes nothing."""
    number, who = turn.said.number(0), turn.said.number(1)
    told = await turn.act(told_by_phone, callout_id=number, resident_id=who, by=turn.me, now=turn.now)
    await _noted(turn, told, "calllist.toast_told")


async def take_not_reached(turn: Turn) -> None:
    """Note that nobody answered, and show who is left."""
    number, who = turn.said.number(0), turn.said.number(1)
    tried = await turn.act(not_reached, callout_id=number, resident_id=who, by=turn.me, now=turn.now)
    await _noted(turn, tried, "calllist.toast_tried")


def list_message(t: Texts, view: CallOutView, left: Left, page: int) -> Message:
    """Word the list: one button for each who is to be told; an empty one says so."""
    key = "calllist.nobody"
    if left:
        key = "calllist.heading" if view.state is CallOutState.OPEN else "calllist.heading_over"
    html = t.rich(key, title=told_apart(t, view), people=t.count("count.people", len(left)))
    buttons = [
        Button(_label(t, who, one, home), f"c2:{view.callout_id}:{who.resident_id}:{page}")
        for who, one, home in left
    ]
    rows = paged(buttons, page, lambda to: f"c3:{view.callout_id}:{to}", t)
    return Message(str(marked(t, exercise=view.exercise, html=html)), rows)


def _person_message(t: Texts, view: CallOutView, one: PersonAddress, home: Home | None, page: int) -> Message:
    key = "calllist.ask" if view.state is CallOutState.OPEN else "calllist.ask_over"
    html = t.rich(key, title=told_apart(t, view), name=one.name, home=_home(t, home))
    whom = f"{view.callout_id}:{one.resident_id}:{page}"
    rows = one_a_row(
        Button(t("calllist.button_told"), f"c7:{whom}"),
        Button(t("calllist.button_tried"), f"c8:{whom}"),
        Button(t("calllist.button_back"), f"c3:{view.callout_id}:{page}"),
    )
    return Message(str(marked(t, exercise=view.exercise, html=html)), rows)


def _label(t: Texts, who: ToCall, one: PersonAddress, home: Home | None) -> str:
    key = "calllist.button_again" if who.tried else "calllist.button_call"
    return t(key, name=one.name, home=_home(t, home), n=who.tried)


def _home(t: Texts, home: Home | None) -> str:
    return " ".join(filter(None, (t.name(home.names), home.door))) if home else ""


async def _noted(turn: Turn, called: Called, key: str) -> None:
    said = key if called.changed else "calllist.toast_before"
    await turn.toast(_plain(turn.t, called.callout, said))
    await turn.show(await _message(turn, called.callout.callout_id, turn.said.number(2)))


def _plain(t: Texts, view: CallOutView, key: str) -> str:
    return marked_plain(t, exercise=view.exercise, text=t(key))


async def _message(turn: Turn, number: int, page: int) -> Message:
    view, left = await turn.look(_left, number, turn.me)
    return list_message(turn.t, view, left, page)


def _left(session: Session, callout_id: int, reader_id: int) -> tuple[CallOutView, Left]:
    view, missing = call_list(session, callout_id=callout_id, reader_id=reader_id)
    ids = [one.resident_id for one in missing]
    found, homes = addresses(session, ids), homes_of(session, ids)
    return view, tuple(
        (who, found[who.resident_id], homes.get(who.resident_id))
        for who in missing
        if who.resident_id in found
    )
