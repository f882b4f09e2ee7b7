"""Asking somebody into one's household by a one-time link, and answering one that was opened."""

from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.house import House
from bot.chat.household import back, show
from bot.chat.household_news import tell_home
from bot.chat.keyboards import one_a_row
from bot.chat.links import finds_out, follows
from bot.chat.refusals import refuses
from bot.chat.starting import opens
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import (
    ExpiredHomeInvitation,
    LivesThereAlready,
    MovedIn,
    OwnHomeInvitation,
    SaidNo,
    UnknownHomeInvitation,
    UsedHomeInvitation,
    accept_home,
    ask_home,
    decline_home,
    home_invitation,
    home_of,
)
from bot.delivery import Button, Message
from bot.purses import sharing

LINK = "f_"
ASKED = "household.asked"

finds_out(LINK)(home_invitation)


async def invite(turn: Turn) -> None:
    """Make a link for one more person; it is sent by the speaker, which is the first half of agreeing."""
    offer = await turn.act(ask_home, resident_id=turn.me, now=turn.now)
    text = turn.t.rich(
        "household.invitation",
        link=turn.house.start_link(f"{LINK}{offer.code}"),
        day=turn.house.day(offer.expires_at),
    )
    await turn.ask(Message(text, one_a_row(back(turn))), "household")


@follows(LINK)
@opens(LINK)
async def opened(turn: Turn, code: str) -> None:
    """Say who asks, and ask whether the reader agrees."""
    offer = await turn.look(home_invitation, code=code, now=turn.now, resident_id=turn.me)
    mine = await turn.look(home_of, turn.me)
    t = turn.t
    text = t.rich(
        "household.asked_leaving" if mine.others_than(turn.me) else "household.asked",
        name=offer.inviter_name,
        area=t.name(offer.area_names),
        people=t.count("count.people", offer.people),
    )
    if turn.house.neighbourhood.points.account == "household":
        text += Markup("\n") + t.rich(
            "household.points_left" if mine.others_than(turn.me) else "household.points_brought"
        )
    buttons = one_a_row(
        Button(t("household.button_join"), f"hj:{code}"), Button(t("household.button_decline"), f"hn:{code}")
    )
    await turn.ask(Message(text, buttons), ASKED, new=True)


async def join(turn: Turn) -> None:
    """Live with who asked from now on."""
    code = turn.said.word(0)
    moving = sharing(accept_home, turn.house.neighbourhood.points, resident_id=turn.me, now=turn.now)
    await turn.act_and_step(lambda _: None, moving, code=code, resident_id=turn.me, now=turn.now)
    await turn.toast(turn.t("household.joined"))
    await show(turn)


async def decline(turn: Turn) -> None:
    """Say no to who asked."""
    code = turn.said.word(0)
    await turn.act_and_step(lambda _: None, decline_home, code=code, resident_id=turn.me, now=turn.now)
    await turn.show(Message(turn.t.rich("household.declined")))


@announces(MovedIn)
def moved_in(session: Session, came: MovedIn, _: House, now: datetime) -> None:
    """Tell who lives there, and who was left behind."""
    names = (came.name,)
    tell_home(
        session,
        came.household,
        key=f"home:{came.code}:in",
        sentence="household.news_in",
        names=names,
        now=now,
    )
    tell_home(
        session, came.stayed, key=f"home:{came.code}:out", sentence="household.news_out", names=names, now=now
    )


@announces(SaidNo)
def said_no(session: Session, no: SaidNo, _: House, now: datetime) -> None:
    """Tell who asked."""
    key = f"home:{no.code}:no"
    tell_home(session, [no.inviter_id], key=key, sentence="household.news_no", names=(no.name,), now=now)


@refuses(UnknownHomeInvitation)
def _unknown(_: UnknownHomeInvitation, t: Texts, __: House) -> str:
    return t("refusal.household_unknown")


@refuses(UsedHomeInvitation)
def _used(error: UsedHomeInvitation, t: Texts, _: House) -> str:
    return t("refusal.household_answered" if error.yours else "refusal.household_used")


@refuses(ExpiredHomeInvitation)
def _expired(error: ExpiredHomeInvitation, t: Texts, house: House) -> str:
    return t("refusal.household_expired", day=house.day(error.expired_at))


@refuses(OwnHomeInvitation)
def _own(_: OwnHomeInvitation, t: Texts, __: House) -> str:
    return t("refusal.household_own")


@refuses(LivesThereAlready)
def _there(_: LivesThereAlready, t: Texts, __: House) -> str:
    return t("refusal.household_there")
