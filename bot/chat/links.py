"""What a start link may carry for a stranger: what is wrong with it before joining, what follows."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from sqlmodel import Session

from bot.chat.turn import Turn
from bot.community import AreaView, UnknownArea, area_by_code, invitation, root_area

POSTER, INVITATION = "a_", "i_"

FollowUp = Callable[[Turn, str], Awaitable[None]]
Looks = Callable[..., object]

_follow_ups: dict[str, FollowUp] = {}
_looks: dict[str, Looks] = {}


def follows(prefix: str) -> Callable[[FollowUp], FollowUp]:
    """Register what comes after joining by a link whose payload begins so."""

    def register(handler: FollowUp) -> FollowUp:
        _follow_ups[prefix] = handler
        return handler

    return register


def finds_out(prefix: str) -> Callable[[Looks], Looks]:
    """Register the rule that says, before a stranger joins, what is wrong with such a link."""

    def register(rule: Looks) -> Looks:
        _looks[prefix] = rule
        return rule

    return register


class UnknownLinkError(Exception):
    """A start link that carried nothing we know, or that no longer leads anywhere."""


def is_followed(payload: str) -> bool:
    """Whether a newcomer's link still has something to say once they have joined."""
    return payload[:2] in _follow_ups


async def follow_up(turn: Turn, payload: str) -> None:
    """Do what a newcomer's link still has to do."""
    if is_followed(payload):
        await _follow_ups[payload[:2]](turn, payload[2:])


def check_payload(session: Session, payload: str, *, known: Collection[str], now: datetime) -> None:
    """Look whether a stranger's start link leads somewhere, before they join by it.

    Raises:
        UnknownLinkError: it does not, or its area is no longer in use.
        UnknownInvitation, UsedInvitation, ExpiredInvitation: the invitation gives nothing (any more).
    """
    if payload[:2] not in known:
        raise UnknownLinkError
    if payload.startswith(INVITATION):
        invitation(session, code=payload.removeprefix(INVITATION), now=now)
    elif payload[:2] in _looks:
        _looks[payload[:2]](session, code=payload[2:], now=now)
    elif payload.startswith(POSTER) and start_area(session, payload).code != payload.removeprefix(POSTER):
        raise UnknownLinkError


def start_area(session: Session, payload: str) -> AreaView:
    """Give the area a poster named, or the community when it named none that is in use."""
    if payload.startswith(POSTER):
        try:
            found = area_by_code(session, payload.removeprefix(POSTER))
        except UnknownArea:
            return root_area(session)
        if not found.retired:
            return found
    return root_area(session)
