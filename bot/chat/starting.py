"""/start: a stranger begins to join, a resident is welcomed back, and what a link carried is done."""

from collections.abc import Awaitable, Callable

from markupsafe import escape

from bot.chat.cards import ROLE_NAMES
from bot.chat.house import House
from bot.chat.joining import welcome_stranger
from bot.chat.links import UnknownLinkError, check_payload
from bot.chat.profile import show_card
from bot.chat.refusals import refusal, refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import (
    ChatState,
    ExpiredInvitation,
    UnknownInvitation,
    UsedInvitation,
    accept_invitation,
    mark_chat,
)
from bot.delivery import Message

Payload = Callable[[Turn, str], Awaitable[None]]

_payloads: dict[str, Payload] = {}


def opens(prefix: str) -> Callable[[Payload], Payload]:
    """Register what a start link whose payload begins so does for a resident."""

    def register(handler: Payload) -> Payload:
        _payloads[prefix] = handler
        return handler

    return register


async def start(turn: Turn) -> None:
    """Begin to join, or come back; what is wrong with a link is said before the ordinary welcome."""
    payload = turn.said.text.split()[0] if turn.said.text else ""
    if turn.speaker.person is None:
        await _begin(turn, payload)
        return
    await turn.act(
        mark_chat, bot_id=turn.house.bot_id, chat_id=turn.speaker.user_id, state=ChatState.REACHABLE
    )
    if payload:
        try:
            await _payloads.get(payload[:2], _unknown_link)(turn, payload[2:])
        except Exception as error:
            await _say_why(turn, error)
        else:
            return
    await show_card(turn)


async def _begin(turn: Turn, payload: str) -> None:
    if payload:
        try:
            await turn.look(check_payload, payload, known=frozenset(_payloads), now=turn.now)
        except Exception as error:
            payload = ""
            await _say_why(turn, error)
    await welcome_stranger(turn, payload)


async def _say_why(turn: Turn, error: Exception) -> None:
    sentence = refusal(error, turn.t, turn.house)
    if sentence is None:
        raise error
    await turn.say(Message(str(escape(sentence))))


async def _unknown_link(_turn: Turn, _payload: str) -> None:
    raise UnknownLinkError


@opens("a_")
async def from_poster(turn: Turn, _: str) -> None:
    """A resident scanned a poster: they live here already, and see their card."""
    await turn.say(Message(turn.t.rich("join.already_here")))
    await show_card(turn)


@opens("i_")
async def from_invitation(turn: Turn, code: str) -> None:
    """Take the role that a one-time invitation gives."""
    accepted = await turn.act(accept_invitation, code=code, resident_id=turn.me, now=turn.now)
    offer = accepted.invitation
    await turn.say(
        Message(
            turn.t.rich(
                "invitation.accepted", role=turn.t(ROLE_NAMES[offer.role]), area=turn.t.name(offer.area_names)
            )
        )
    )
    await turn.refresh_menu()
    await show_card(turn)


@refuses(UnknownLinkError)
def _unknown_payload(_: UnknownLinkError, t: Texts, __: House) -> str:
    return t("start.unknown_link")


@refuses(UnknownInvitation)
def _unknown(_: UnknownInvitation, t: Texts, __: House) -> str:
    return t("invitation.unknown")


@refuses(UsedInvitation)
def _used(error: UsedInvitation, t: Texts, _: House) -> str:
    return t("invitation.yours_already" if error.yours else "invitation.used")


@refuses(ExpiredInvitation)
def _expired(error: ExpiredInvitation, t: Texts, house: House) -> str:
    return t("invitation.expired", day=house.day(error.expired_at))
