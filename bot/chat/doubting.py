"""What may or may not have arrived, for coordinators: one button a message, which sends it again once."""

from bot.chat.keyboards import paged
from bot.chat.kinds_of_news import kind_of
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import Act
from bot.delivery import Button, Message
from bot.doubts import InDoubt, in_doubt_for, say_again

LONGEST_NAME = 20


async def doubt_button(turn: Turn) -> tuple[Button, ...]:
    """Offer the list to a coordinator in whose areas something is in doubt."""
    if not turn.person.may(Act.CALL_OUT):
        return ()
    found = await turn.look(in_doubt_for, reader_id=turn.me, now=turn.now)
    return (Button(turn.t("doubt.button_list", n=len(found)), "c4"),) if found else ()


async def show_doubts(turn: Turn) -> None:
    """Send the list as a message of its own."""
    await turn.say(await _message(turn, 0))


async def turn_page(turn: Turn) -> None:
    """Turn to another page of the list."""
    await turn.show(await _message(turn, turn.said.number(0)))


async def take_again(turn: Turn) -> None:
    """Send one message again, and show what is left; a second tap changes nothing and says so."""
    done = await turn.act(say_again, delivery_id=turn.said.number(0), coordinator_id=turn.me, now=turn.now)
    key = "doubt.toast_again" if done.changed else "doubt.toast_late" if done.late else "doubt.toast_before"
    await turn.toast(turn.t(key), alert=done.late)
    await turn.show(await _message(turn, turn.said.number(1)))


async def _message(turn: Turn, page: int) -> Message:
    found = await turn.look(in_doubt_for, reader_id=turn.me, now=turn.now)
    html = turn.t.rich("doubt.heading" if found else "doubt.nothing", n=len(found))
    buttons = [Button(_label(turn, one), f"c5:{one.delivery_id}:{page}") for one in found]
    return Message(str(html), paged(buttons, page, lambda to: f"c6:{to}", turn.t))


def _label(turn: Turn, one: InDoubt) -> str:
    """Say to whom and of what kind it is, never what it says."""
    t, at = turn.t, f"{turn.house.day(one.at)} {turn.house.hour(one.at)}"
    key = "doubt.button_again" if one.possible else "doubt.button_late"
    return t(key, name=_whose(t, one), about=t(kind_of(one.key).about), at=at)


def _whose(t: Texts, one: InDoubt) -> str:
    name = t.name(one.area_names) if one.area_names else one.name
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return short or t("doubt.somebody")
