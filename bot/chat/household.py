"""/household: who lives with me, what is at the door, and leaving."""

from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.house import House
from bot.chat.household_news import tell_home
from bot.chat.keyboards import one_a_row, paged, two_a_row
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import (
    Home,
    HouseholdFull,
    Member,
    MovedOut,
    OnlyOneHere,
    home_of,
    leave_home,
    set_door,
)
from bot.delivery import Button, Message
from bot.purses import sharing
from points import standing

HOUSEHOLD, DOOR, LEAVE = "household", "household.door", "household.leave"


async def show(turn: Turn) -> None:
    """Show who lives with the speaker, and what can be done about it."""
    await _show(turn, page=0)


async def turn_page(turn: Turn) -> None:
    """Show more of those whom the speaker answers for."""
    await _show(turn, page=turn.said.number(0))


async def _show(turn: Turn, *, page: int) -> None:
    home = await turn.look(home_of, turn.me)
    await turn.ask(_message(turn, home, page), HOUSEHOLD)


async def ask_door(turn: Turn) -> None:
    """Ask what is written at the door."""
    home = await turn.look(home_of, turn.me)
    t = turn.t
    forget = () if home.door is None else (Button(t("household.button_no_door"), "h0"),)
    question = Message(t.rich("household.ask_door"), one_a_row(*forget, back(turn)))
    await turn.ask(question, DOOR)


async def take_door(turn: Turn) -> None:
    """Write down the door that was typed."""
    await turn.act_and_step(lambda _: None, set_door, resident_id=turn.me, door=turn.said.text)
    await show(turn)


async def forget_door(turn: Turn) -> None:
    """Forget what was written at the door; a second tap changes nothing."""
    await turn.act_and_step(lambda _: None, set_door, resident_id=turn.me, door=None)
    await show(turn)


async def ask_leave(turn: Turn) -> None:
    """Say what leaving means, and ask once."""
    home = await turn.look(home_of, turn.me)
    if not home.others_than(turn.me):
        raise OnlyOneHere
    mine = await turn.look(standing, turn.me, turn.now, turn.house.zone)
    text = turn.t.rich("household.ask_leave")
    if mine.shared:
        text += Markup("\n") + turn.t.rich("household.points_stay", points=mine.available)
    buttons = one_a_row(Button(turn.t("household.button_really_leave"), "hx"), back(turn))
    await turn.ask(Message(text, buttons), LEAVE)


async def leave(turn: Turn) -> None:
    """Live alone from now on, after having been asked once."""
    if turn.talk is None or turn.talk.step != LEAVE:
        await ask_leave(turn)
        return
    leaving = sharing(leave_home, turn.house.neighbourhood.points, resident_id=turn.me, now=turn.now)
    await turn.act_and_step(lambda _: None, leaving, resident_id=turn.me, now=turn.now)
    await turn.toast(turn.t("household.left"))
    await show(turn)


def back(turn: Turn) -> Button:
    """Give the way back to the household."""
    return Button(turn.t("button.back"), "hh")


def _message(turn: Turn, home: Home, page: int) -> Message:
    t = turn.t
    lines = [
        t.rich("household.heading"),
        *(_member(turn, one) for one in home.members),
        t.rich("household.where", area=t.name(home.area_names), door=home.door or t("household.no_door")),
    ]
    theirs = [
        Button(t("household.button_ward", name=one.name), f"hw:{one.resident_id}")
        for one in home.members
        if one.keeper_id == turn.me
    ]
    acts = [
        Button(t("household.button_invite"), "hi"),
        Button(t("household.button_add"), "ha"),
        Button(t("household.button_door"), "hd"),
    ]
    if home.others_than(turn.me):
        acts.append(Button(t("household.button_leave"), "hl"))
    return Message(
        Markup("\n").join(lines), (*paged(theirs, page, lambda other: f"hp:{other}", t), *two_a_row(*acts))
    )


def _member(turn: Turn, one: Member) -> Markup:
    if one.resident_id == turn.me:
        return turn.t.rich("household.me", name=one.name)
    if one.keeper_id is not None:
        return turn.t.rich("household.ward", name=one.name, code=one.short_code)
    return turn.t.rich("household.member", name=one.name)


@announces(MovedOut)
def moved_out(session: Session, gone: MovedOut, _: House, now: datetime) -> None:
    """Tell who stayed."""
    key = f"home:left:{gone.household_id}:{gone.resident_id}:{now.isoformat()}"
    tell_home(session, gone.stayed, key=key, sentence="household.news_out", names=(gone.name,), now=now)


@refuses(OnlyOneHere)
def _alone(_: OnlyOneHere, t: Texts, __: House) -> str:
    return t("refusal.household_alone")


@refuses(HouseholdFull)
def _full(error: HouseholdFull, t: Texts, _: House) -> str:
    return t("refusal.household_full", most=error.most)
