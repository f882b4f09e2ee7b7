"""The figures a coordinator watches, and where they are shown: one message per chat, edited in place."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlmodel import Session

from bot.callouts.calling import whom_to_call
from bot.callouts.events import CallOutView
from bot.callouts.models import asks, boards, callouts
from bot.callouts.reaching import Sending, sending_of
from bot.callouts.states import UNANSWERED, Answer, AskState
from bot.callouts.views import row, view
from bot.community import PersonAddress, addresses
from points.storing import upsert

NAMES_SHOWN = 10


@dataclass(frozen=True)
class Figures:
    """How many people are where; everything but `delivered` and `asked` adds up to `asked`.

    After stand-down `later`, `cannot` and `no_answer` still say what people answered, and `released` are
    those who were coming when it ended.
    """

    asked: int = 0
    delivered: int = 0
    unreachable: int = 0
    coming: int = 0
    later: int = 0
    cannot: int = 0
    no_answer: int = 0
    arrived: int = 0
    done: int = 0
    released: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True)
class BoardView:
    """One call-out's board; `version` tells whether a message that shows it is still right."""

    callout: CallOutView
    version: int
    at: datetime
    figures: Figures
    teams: Mapping[str, Figures]
    earliest_arrival: datetime | None
    coming: tuple[PersonAddress, ...]
    arrived: tuple[PersonAddress, ...]
    sending: Sending = Sending()  # noqa: RUF009 - frozen
    to_call: int = 0  # whom a human has to tell, of the call-out or of its end


@dataclass(frozen=True)
class DueBoard:
    """A message whose figures are no longer right, and the version it would show now."""

    callout_id: int
    chat_id: int
    message_id: int
    version: int


def board(session: Session, *, callout_id: int, now: datetime) -> BoardView:
    """Give a call-out's figures, by team too, and the first names of who is coming or there.

    Raises:
        UnknownCallOut: there is none with this number.
    """
    callout = row(session, callout_id)
    teams, earliest = _figures(session, callout_id)
    seen = view(session, callout)
    return BoardView(
        callout=seen,
        version=callout.version,
        at=now,
        figures=sum(teams.values(), Figures()),
        teams=teams,
        earliest_arrival=earliest,
        coming=_first(session, callout_id, AskState.COMING),
        arrived=_first(session, callout_id, AskState.ARRIVED),
        sending=sending_of(session, callout_id, now),
        to_call=len(whom_to_call(session, seen)),
    )


def place_board(session: Session, *, callout_id: int, chat_id: int, message_id: int) -> None:
    """Note which message is the board in this chat; the last one placed is the one kept right."""
    placed = upsert(session, boards).values(
        callout_id=callout_id, chat_id=chat_id, message_id=message_id, shown_version=0
    )
    again = {"message_id": message_id, "shown_version": 0}
    session.execute(placed.on_conflict_do_update(index_elements=["callout_id", "chat_id"], set_=again))


def board_message_in(session: Session, *, callout_id: int, chat_id: int) -> int | None:
    """Give the message that is the board in this chat."""
    this = (boards.c.callout_id == callout_id) & (boards.c.chat_id == chat_id)
    return session.execute(select(boards.c.message_id).where(this)).scalar_one_or_none()


def boards_due(session: Session) -> tuple[DueBoard, ...]:
    """Give the boards that show old figures."""
    due = (
        select(boards.c.callout_id, boards.c.chat_id, boards.c.message_id, callouts.c.version)
        .join(callouts, callouts.c.id == boards.c.callout_id)
        .where(callouts.c.version > boards.c.shown_version)
        .order_by(boards.c.id)
    )
    return tuple(DueBoard(*one) for one in session.execute(due))


def board_shown(session: Session, *, callout_id: int, chat_id: int, version: int) -> None:
    """Note that the board in this chat shows this version; an older one never counts after a newer."""
    this = (boards.c.callout_id == callout_id) & (boards.c.chat_id == chat_id)
    shown = update(boards).where(this, boards.c.shown_version < version).values(shown_version=version)
    session.execute(shown)


def remove_board(session: Session, *, callout_id: int, chat_id: int) -> None:
    """Forget a board whose message is gone."""
    this = (boards.c.callout_id == callout_id) & (boards.c.chat_id == chat_id)
    session.execute(boards.delete().where(this))


def _figures(session: Session, callout_id: int) -> tuple[dict[str, Figures], datetime | None]:
    """Count every ask once, in one grouped statement."""
    delivered = func.sum(case((asks.c.delivered_at.is_(None), 0), else_=1))
    counting = (
        select(asks.c.team, asks.c.state, asks.c.answer, func.count(), delivered, func.min(asks.c.eta_at))
        .where(asks.c.callout_id == callout_id)
        .group_by(asks.c.team, asks.c.state, asks.c.answer)
        .order_by(asks.c.team)
    )
    teams: dict[str, Figures] = {}
    arrivals: list[datetime] = []
    for team, state, answer, count, came_through, eta_at in session.execute(counting):
        counted = Figures(**{"asked": count, "delivered": came_through, _column(state, answer): count})
        teams[team] = teams.get(team, Figures()) + counted
        if state is AskState.COMING and eta_at is not None:
            arrivals.append(eta_at)
    return teams, min(arrivals, default=None)


def _column(state: AskState, answer: Answer | None) -> str:
    if state in UNANSWERED or (state is AskState.RELEASED and answer is None):
        return "no_answer"
    if state is AskState.RELEASED and answer is Answer.LATER:
        return "later"
    return state.value


def _first(session: Session, callout_id: int, state: AskState) -> tuple[PersonAddress, ...]:
    soonest = (asks.c.arrived_at, asks.c.eta_at.is_(None), asks.c.eta_at, asks.c.id)
    which = (asks.c.callout_id == callout_id) & (asks.c.state == state) & asks.c.resident_id.is_not(None)
    first = select(asks.c.resident_id).where(which).order_by(*soonest).limit(NAMES_SHOWN)
    ids = session.execute(first).scalars().all()
    found = addresses(session, ids)
    return tuple(found[one] for one in ids if one in found)
