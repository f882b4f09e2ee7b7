"""The call list: who is still unreached, for a human who telephones or visits, and ticks them off."""

from sqlmodel import Session

from bot.callouts import CallOutView
from bot.callouts.unreached import call_list, told_by_phone
from bot.chat.callout_words import marked, marked_plain, told_apart
from bot.chat.keyboards import paged
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import PersonAddress, addresses
from bot.community.contacts import homes_of
from bot.delivery import Button, Message


async def show_list(turn: Turn) -> None:
    """Show whom somebody still has to tell of a call-out."""
    page = turn.said.number(1) if len(turn.said.data) > 1 else 0
    await turn.say(await _message(turn, turn.said.number(0), page))


async def turn_page(turn: Turn) -> None:
    """Turn to another page of the list."""
    await turn.show(await _message(turn, turn.said.number(0), turn.said.number(1)))


async def take_told(turn: Turn) -> None:
    """Note that somebody was told, and show who is left; a second tap changes nothing."""
    number = turn.said.number(0)
    told = await turn.act(
        told_by_phone, callout_id=number, resident_id=turn.said.number(1), by=turn.me, now=turn.now
    )
    key = "calllist.toast_told" if told.changed else "calllist.toast_before"
    await turn.toast(marked_plain(turn.t, exercise=told.callout.exercise, text=turn.t(key)))
    await turn.show(await _message(turn, number, 0))


async def _message(turn: Turn, number: int, page: int) -> Message:
    view, left = await turn.look(_left, number, turn.me)
    return list_message(turn.t, view, left, page)


def list_message(
    t: Texts, view: CallOutView, left: tuple[tuple[PersonAddress, str], ...], page: int
) -> Message:
    """Word the list: one button for each who is to be told; an empty one says so."""
    key = "calllist.heading" if left else "calllist.nobody"
    html = t.rich(key, title=told_apart(t, view), people=t.count("count.people", len(left)))
    buttons = [
        Button(t("calllist.button_told", name=one.name, home=home), f"c2:{view.callout_id}:{one.resident_id}")
        for one, home in left
    ]
    rows = paged(buttons, page, lambda to: f"c3:{view.callout_id}:{to}", t)
    return Message(str(marked(t, exercise=view.exercise, html=html)), rows)


def _left(
    session: Session, callout_id: int, reader_id: int
) -> tuple[CallOutView, tuple[tuple[PersonAddress, str], ...]]:
    view, missing = call_list(session, callout_id=callout_id, reader_id=reader_id)
    found, homes = addresses(session, missing), homes_of(session, missing)
    return view, tuple((found[one], homes.get(one, "")) for one in missing if one in found)
