"""Spending from an area's fund: one proposes, another agrees or refuses; each act is in the log."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.community import Act, AreaView, Place, area, area_by_code, near_people, record, require, shown_names
from bot.giving.deciders import (
    address_of,
    check_decider,
    deciders,
    household_of,
    others_who_may,
    spending_card,
)
from bot.giving.errors import NobodyToAgree, SpendingOver
from bot.giving.events import (
    People,
    SpendingAgreed,
    SpendingDone,
    SpendingLapsed,
    SpendingProposed,
    SpendingRefused,
    SpendingWithdrawn,
)
from points import giving as funds
from points.giving import Proposer, Spending, SpendingEnded

D = TypeVar("D", bound=SpendingDone)


def check_proposer(session: Session, *, area_id: int, proposer_id: int, now: datetime) -> AreaView:
    """Let somebody propose who may, where somebody else can agree.

    Raises:
        NotAllowed: they may not, there.
        NobodyToAgree: there is no second person to ask.
    """
    require(session, resident_id=proposer_id, act=Act.PROPOSE_SPENDING, area_id=area_id)
    if not others_who_may(session, area_id, near_people(session, [proposer_id], now)):
        raise NobodyToAgree
    return area(session, area_id)


def propose_spending(
    session: Session, *, key: str, area_id: int, amount: int, purpose: str, proposer_id: int, now: datetime
) -> SpendingProposed:
    """Propose to pay for a common good from an area's fund.

    Raises:
        NotAllowed, NobodyToAgree: as `check_proposer`.
        PointsError: as `points.funds.propose`.
    """
    place = check_proposer(session, area_id=area_id, proposer_id=proposer_id, now=now)
    near = tuple(sorted(near_people(session, [proposer_id], now)))
    by = Proposer(proposer_id, household_of(session, proposer_id), near)
    made = funds.propose(session, key=key, fund=place.code, amount=amount, purpose=purpose, by=by, now=now)
    _record(session, made, actor=proposer_id, act=Act.PROPOSE_SPENDING, now=now)
    asked = deciders(session, made, now)
    card = spending_card(session, made, also=[one.resident_id for one in asked])
    return SpendingProposed(card, asked)


def agree_spending(
    session: Session, *, spending_id: int, decider_id: int, now: datetime, zone: ZoneInfo
) -> SpendingAgreed:
    """Agree as the second person: it is paid.

    Raises:
        UnknownSpending, NotAllowed, OwnSpending: it is not theirs to decide.
        SpendingOver: it was decided before, or nobody did in time.
    """
    household = check_decider(session, spending_id, decider_id, now)
    asked = deciders(session, funds.spending(session, spending_id), now)
    with _saying_who(session):
        done = funds.agree(
            session, spending_id=spending_id, by=decider_id, household=household, now=now, zone=zone
        )
    _record(session, done, actor=decider_id, act=Act.AGREE_SPENDING, now=now)
    return _done(session, SpendingAgreed, done, asked)


def refuse_spending(session: Session, *, spending_id: int, decider_id: int, now: datetime) -> SpendingRefused:
    """Refuse as the second person.

    Raises:
        as `agree_spending`.
    """
    household = check_decider(session, spending_id, decider_id, now)
    asked = deciders(session, funds.spending(session, spending_id), now)
    with _saying_who(session):
        done = funds.refuse(session, spending_id=spending_id, by=decider_id, household=household, now=now)
    _record(session, done, actor=decider_id, act="refuse-spending", now=now)
    return _done(session, SpendingRefused, done, asked)


def withdraw_spending(
    session: Session, *, spending_id: int, proposer_id: int, now: datetime
) -> SpendingWithdrawn:
    """Take back what one proposed.

    Raises:
        UnknownSpending: it is not theirs.
        SpendingOver: it was decided before, or nobody did in time.
    """
    asked = deciders(session, funds.spending(session, spending_id), now)
    with _saying_who(session):
        done = funds.withdraw(session, spending_id=spending_id, by=proposer_id, now=now)
    _record(session, done, actor=proposer_id, act="withdraw-spending", now=now)
    return _done(session, SpendingWithdrawn, done, asked)


def lapse_spending(session: Session, *, spending_id: int, now: datetime) -> SpendingLapsed | None:
    """End what nobody decided in time; None where there is nothing to end."""
    asked = deciders(session, funds.spending(session, spending_id), now)
    done = funds.lapse(session, spending_id=spending_id, now=now)
    return None if done is None else _done(session, SpendingLapsed, done, asked)


def withdrawn_with(
    session: Session, ended: Iterable[Spending], now: datetime
) -> tuple[SpendingWithdrawn, ...]:
    """Give, for others to hear, what was taken back because who proposed it is forgotten."""
    return tuple(_done(session, SpendingWithdrawn, one, deciders(session, one, now)) for one in ended)


def _done(session: Session, kind: type[D], one: Spending, asked: People) -> D:
    return kind(spending_card(session, one), address_of(session, one.proposed_by), asked)


@contextmanager
def _saying_who(session: Session) -> Iterator[None]:
    """Name who was first, where it is decided already."""
    try:
        yield
    except SpendingEnded as ended:
        by = () if ended.by is None else (ended.by,)
        name = shown_names(session, by, Place.PRIVATE).get(ended.by or 0, "")
        raise SpendingOver(name, ended.state, ended.at) from None


def _record(session: Session, about: Spending, *, actor: int, act: str, now: datetime) -> None:
    """Write into the log who did what with this proposal."""
    facts: dict[str, str | int] = {"spending": about.spending_id, "points": about.amount}
    place = area_by_code(session, about.fund).area_id
    record(session, actor=actor, act=act, area_id=place, about=about.proposed_by, facts=facts, now=now)
