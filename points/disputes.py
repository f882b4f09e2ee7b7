"""Complaints: somebody never received what a shop handed over, and a coordinator decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, insert, select, update
from sqlmodel import Session

from points.accounts import find_own_account, held_by, purse_of
from points.counter import DisputeState, disputes
from points.errors import NotHandedOver, NotYourReward
from points.lookup import OfCode, RedemptionView, of_code, redemption
from points.reversing import reverse
from points.settlements import give_back_settled
from points.shelf import RedemptionState, redemptions
from points.shop_errors import AlreadyDisputed, DisputeEnded, DisputeTooLate, OwnDispute, UnknownDispute

DISPUTE_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Complaint(OfCode):
    """One complaint and what it is about; `balance` is what the customer can spend by now."""

    dispute_id: int
    state: DisputeState
    at: datetime
    decided_at: datetime | None
    handed_over_at: datetime
    balance: int


class Disputed(Complaint):
    """Somebody says that they did not receive it; coordinators are to decide."""


class DisputeWaits(Complaint):
    """It still waits for a coordinator."""


class PointsGivenBack(Complaint):
    """A coordinator found that it was not received: the points are the customer's again."""


class HandoverStands(Complaint):
    """A coordinator found that it was received: everything stays as it is."""


class ComplaintLeft(Complaint):
    """Who complained was forgotten: nobody is left to have the points, so everything stays as it is."""


def dispute(session: Session, *, redemption_id: int, resident_id: int, now: datetime) -> Disputed:
    """Say that a reward was not received, within fourteen days of its handover.

    Raises:
        UnknownCode: there is no such redemption.
        NotYourReward: it is another resident's.
        NotHandedOver: nobody says that it was received.
        AlreadyDisputed: this was said before.
        DisputeTooLate: the fourteen days are over.
    """
    view = redemption(session, redemption_id)
    if view.resident_id != resident_id:
        raise NotYourReward(view.code)
    if view.state is not RedemptionState.HANDED_OVER or view.transfer is None or view.ended_at is None:
        raise NotHandedOver(view.code)
    before = complaint_of(session, redemption_id)
    if before is not None and before.state is not DisputeState.UNDONE:
        raise AlreadyDisputed(view.code, before.at)
    if now > view.ended_at + DISPUTE_WITHIN:
        raise DisputeTooLate(view.code, view.ended_at)
    row = {"redemption": redemption_id, "transfer": view.transfer, "state": DisputeState.OPEN, "at": now}
    made = session.connection().execute(insert(disputes).returning(disputes.c.id), row)
    return Disputed(**_facts(session, _row(session, int(made.scalar_one()))))


def complaint(session: Session, dispute_id: int) -> Complaint:
    """Give one complaint.

    Raises:
        UnknownDispute: there is none.
    """
    return Complaint(**_facts(session, _row(session, dispute_id)))


def complaint_of(session: Session, redemption_id: int) -> Complaint | None:
    """Give the latest complaint about a code, if there is one."""
    query = select(disputes).where(disputes.c.redemption == redemption_id).order_by(disputes.c.id.desc())
    row = session.connection().execute(query.limit(1)).one_or_none()
    return None if row is None else Complaint(**_facts(session, row))


def complaints_of(session: Session, resident_id: int) -> list[Complaint]:
    """Give all complaints a resident made, the newest first."""
    mine = redemptions.c.account == find_own_account(session, resident_id)
    query = select(disputes).join(redemptions, redemptions.c.id == disputes.c.redemption).where(mine)
    rows = session.connection().execute(query.order_by(disputes.c.id.desc())).all()
    return [Complaint(**_facts(session, row)) for row in rows]


def still_waiting(session: Session, dispute_id: int) -> DisputeWaits | None:
    """Give a complaint that nobody decided yet."""
    row = _row(session, dispute_id)
    return DisputeWaits(**_facts(session, row)) if row.state is DisputeState.OPEN else None


def give_points_back(
    session: Session, *, dispute_id: int, decided_by: int, now: datetime, zone: ZoneInfo
) -> PointsGivenBack:
    """Decide that it was not received: the handover is reversed, also when it was settled already.

    Raises:
        UnknownDispute: there is none.
        OwnDispute: nobody decides about their own.
        DisputeEnded: it was decided before, or the shop took the handover back.
    """
    row = _decide(session, dispute_id, DisputeState.GIVEN_BACK, decided_by, now)
    returned = (
        update(redemptions)
        .where(redemptions.c.id == row.redemption, redemptions.c.returned_at.is_(None))
        .values(returned_at=now)
        .returning(redemptions.c.settlement)
    )
    if session.connection().execute(returned).scalar_one() is not None:
        give_back_settled(session, redemption_id=row.redemption, now=now, zone=zone)
    reverse(session, transfer_id=row.transfer, key=f"dispute:{dispute_id}", now=now, zone=zone)
    return PointsGivenBack(**_facts(session, _row(session, dispute_id)))


def uphold_handover(session: Session, *, dispute_id: int, decided_by: int, now: datetime) -> HandoverStands:
    """Decide that it was received.

    Raises:
        UnknownDispute: there is none.
        OwnDispute: nobody decides about their own.
        DisputeEnded: it was decided before, or the shop took the handover back.
    """
    _decide(session, dispute_id, DisputeState.KEPT, decided_by, now)
    return HandoverStands(**_facts(session, _row(session, dispute_id)))


def leave_open(session: Session, resident_id: int, now: datetime) -> tuple[ComplaintLeft, ...]:
    """End what somebody complained of who is forgotten; give what ended, which names them no more."""
    return tuple(
        ComplaintLeft(**_facts(session, _row(session, one.dispute_id)) | {"resident_id": None})
        for one in complaints_of(session, resident_id)
        if _end(session, one.dispute_id, DisputeState.LEFT, now)
    )


def _decide(
    session: Session, dispute_id: int, state: DisputeState, decided_by: int, now: datetime
) -> Row[Any]:
    row = _row(session, dispute_id)
    if redemption(session, row.redemption).resident_id == decided_by:
        raise OwnDispute(dispute_id)
    if not _end(session, dispute_id, state, now):
        ended = _row(session, dispute_id)
        raise DisputeEnded(ended.state, ended.decided_at)
    return row


def _end(session: Session, dispute_id: int, state: DisputeState, now: datetime) -> bool:
    """Of two who decide at once, one comes first."""
    still_open = disputes.c.id == dispute_id, disputes.c.state == DisputeState.OPEN
    ending = update(disputes).where(*still_open).values(state=state, decided_at=now)
    return session.connection().execute(ending).rowcount == 1


def _row(session: Session, dispute_id: int) -> Row[Any]:
    row = session.connection().execute(select(disputes).where(disputes.c.id == dispute_id)).one_or_none()
    if row is None:
        raise UnknownDispute(dispute_id)
    return row


def _facts(session: Session, row: Row[Any]) -> dict[str, Any]:
    view: RedemptionView = redemption(session, row.redemption)
    return {
        **of_code(view),
        "dispute_id": row.id,
        "state": row.state,
        "at": row.at,
        "decided_at": row.decided_at,
        "handed_over_at": view.ended_at or row.at,
        "balance": held_by(session, purse_of(session, view.account)).available,
    }
