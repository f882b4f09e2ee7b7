"""Adding somebody without Telegram to one's household, and removing them again."""

from datetime import datetime

from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.house import House
from bot.chat.household import back, show
from bot.chat.household_news import tell_home
from bot.chat.keyboards import one_a_row
from bot.chat.privacy import erase_resident, erase_what_others_read
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import (
    BadBirthYear,
    Entrusted,
    Member,
    NotYourWard,
    WardAdded,
    add_ward,
    check_keeper,
    checked_name,
    home_of,
    household_members,
)
from bot.delivery import Button, Message
from bot.purses import sharing

NAME, YEAR, ONE = "household.name", "household.year", "household.one"


async def ask_name(turn: Turn) -> None:
    """Ask for the name of who has no Telegram."""
    await turn.ask(Message(turn.t.rich("household.ask_name"), one_a_row(back(turn))), NAME)


async def take_name(turn: Turn) -> None:
    """Keep the name, and ask for the year of birth, which may stay unsaid."""
    name = checked_name(turn.said.text)
    question = turn.t.rich("household.ask_year", name=name)
    buttons = one_a_row(Button(turn.t("household.button_no_year"), "hs"), back(turn))
    await turn.ask(Message(question, buttons), YEAR, {"name": name})


async def take_year(turn: Turn) -> None:
    """Take the year that was typed, and add the person."""
    typed = turn.said.text.strip().removesuffix("年")
    await _add(turn, int(typed) if typed.isdecimal() and len(typed) == 4 else 0)


async def skip_year(turn: Turn) -> None:
    """Add the person without a year of birth."""
    await _add(turn, None)


async def show_one(turn: Turn) -> None:
    """Show somebody the speaker answers for, with a way to remove them."""
    one = await _ward(turn, turn.said.number(0))
    t = turn.t
    born = t("household.born", year=one.birth_year) if one.birth_year else ""
    text = t.rich("household.one", name=one.name, code=one.short_code, born=born)
    buttons = one_a_row(Button(t("household.button_remove"), f"hr:{one.resident_id}"), back(turn))
    await turn.ask(Message(text, buttons), ONE, {"ward": one.resident_id})


async def remove(turn: Turn) -> None:
    """Erase somebody the speaker answers for, after having shown what that means."""
    ward_id = turn.said.number(0)
    if turn.talk is None or turn.talk.step != ONE or turn.talk.draft.get("ward") != ward_id:
        await show_one(turn)
        return
    await turn.act_and_step(lambda _: None, _remove, keeper_id=turn.me, ward_id=ward_id, now=turn.now)
    await turn.toast(turn.t("household.removed"))
    await show(turn)


async def _add(turn: Turn, year: int | None) -> None:
    if turn.talk is None or turn.talk.step != YEAR:
        await show(turn)  # a second tap: they live there already
        return
    added = await turn.act_and_step(
        lambda _: None,
        sharing(add_ward, turn.house.neighbourhood.points, resident_id=turn.me, now=turn.now),
        keeper_id=turn.me,
        name=str(turn.talk.draft["name"]),
        birth_year=year,
        now=turn.now,
        zone=turn.house.zone,
    )
    await turn.toast(turn.t("household.added", name=added.name[:60]))
    await show(turn)


async def _ward(turn: Turn, ward_id: int) -> Member:
    home = await turn.look(home_of, turn.me)
    theirs = (one for one in home.members if (one.resident_id, one.keeper_id) == (ward_id, turn.me))
    one = next(theirs, None)
    if one is None:
        raise NotYourWard(ward_id)
    return one


def _remove(session: Session, *, keeper_id: int, ward_id: int, now: datetime) -> tuple[object, ...]:
    check_keeper(session, keeper_id=keeper_id, resident_id=ward_id)
    given_back = erase_resident(session, resident_id=ward_id, chat_id=None, now=now)
    erase_what_others_read(session, now)
    return given_back


@announces(WardAdded)
def ward_added(session: Session, added: WardAdded, _: House, now: datetime) -> None:
    """Tell the others of the household."""
    others = set(household_members(session, added.keeper_id)) - {added.keeper_id}
    key = f"home:ward:{added.resident_id}"
    tell_home(session, others, key=key, sentence="household.news_added", names=(added.name,), now=now)


@announces(Entrusted)
def entrusted(session: Session, to: Entrusted, _: House, now: datetime) -> None:
    """Tell who answers for somebody from now on."""
    key = f"home:keeper:{to.keeper_id}:{now.isoformat()}"
    tell_home(session, [to.keeper_id], key=key, sentence="household.news_entrusted", names=to.names, now=now)


@refuses(NotYourWard)
def _not_yours(_: NotYourWard, t: Texts, __: House) -> str:
    return t("refusal.household_not_yours")


@refuses(BadBirthYear)
def _bad_year(error: BadBirthYear, t: Texts, _: House) -> str:
    return t("oops.birth_year", earliest=error.earliest, latest=error.latest)
