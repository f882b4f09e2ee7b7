"""Handing a reward over at the merchant's, and taking that back while it is fresh."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import Session

from points.accounts import open_account
from points.counter import DisputeState, disputes
from points.errors import CodeLapsed, NotHandedOver, NotYourReward, UndoTooLate
from points.holding import hold_under
from points.lookup import OfCode, RedemptionView, look_up, of_code, redemption
from points.models import AccountKind, TransferKind
from points.posting import Posting, post_one
from points.redemptions import move_on, why_ended
from points.reversing import reverse
from points.shelf import UNDO_WITHIN, RedemptionState, redemptions
from points.shop_errors import CodeReturned


@dataclass(frozen=True)
class Handover(OfCode):
    """One act at the shop, for both sides to hear of."""

    at: datetime
    lapses_at: datetime
    transfer_id: int


class HandedOver(Handover):
    """The merchant gave the reward, and has its points."""


class HandoverUndone(Handover):
    """The merchant took it back; the code waits again."""


def hand_over(
    session: Session, *, code: str, merchant_codes: frozenset[str] | None, now: datetime, zone: ZoneInfo
) -> HandedOver:
    """Capture a code's hold for the merchant; `merchant_codes` None means any merchant.

    Raises:
        UnknownCode: nobody has such a code.
        NotYourReward: it is for another merchant.
        AlreadyHandedOver, CodeLapsed, CodeCancelled: it does not wait any more.
    """
    view = _for_merchant(session, code, merchant_codes)
    if view.state is RedemptionState.WAITING and now >= view.lapses_at:
        raise CodeLapsed(view.code, view.lapses_at)
    if view.state is not RedemptionState.WAITING or not move_on(
        session, view, RedemptionState.HANDED_OVER, now
    ):
        raise why_ended(redemption(session, view.redemption_id))
    posted = post_one(session, _capture(session, view), now, zone=zone)
    captured = update(redemptions).where(redemptions.c.id == view.redemption_id)
    session.connection().execute(captured.values(transfer=posted.transfer_id))
    return HandedOver(**_told(view, now, posted.transfer_id))


def undo_handover(
    session: Session, *, code: str, merchant_codes: frozenset[str] | None, now: datetime, zone: ZoneInfo
) -> HandoverUndone:
    """Take a handover back within ten minutes: the points go back on hold and the code waits again.

    Its time to lapse is what it was, so whoever keeps the schedule has to enter it again.

    Raises:
        UnknownCode: nobody has such a code.
        NotYourReward: it is for another merchant.
        NotHandedOver: there is nothing to undo.
        UndoTooLate: the ten minutes are over.
        CodeReturned: after a complaint its points were given back.
    """
    view = _for_merchant(session, code, merchant_codes)
    if view.state is not RedemptionState.HANDED_OVER or view.transfer is None or view.ended_at is None:
        raise NotHandedOver(view.code)
    if view.returned_at is not None:
        raise CodeReturned(view.code, view.returned_at)
    if now > view.ended_at + UNDO_WITHIN or view.settlement is not None:
        raise UndoTooLate(view.code, view.ended_at)
    _drop_complaint(session, view.transfer, now)
    undo = f"undo:{view.transfer}"
    onto = f"code:{view.code}:{undo}"
    posted = reverse(session, transfer_id=view.transfer, key=undo, now=now, zone=zone, onto_hold=onto)
    hold = hold_under(session, onto)
    if not move_on(session, view, RedemptionState.WAITING, now, hold=hold, transfer=None):
        raise NotHandedOver(view.code)
    return HandoverUndone(**_told(view, now, posted.transfer_id))


def _drop_complaint(session: Session, transfer_id: int, now: datetime) -> None:
    """What was said not to be received is not handed over any more: nobody has to decide that."""
    complaint = disputes.c.transfer == transfer_id, disputes.c.state == DisputeState.OPEN
    ended = update(disputes).where(*complaint).values(state=DisputeState.UNDONE, decided_at=now)
    session.connection().execute(ended)


def _for_merchant(session: Session, code: str, merchant_codes: frozenset[str] | None) -> RedemptionView:
    view = look_up(session, code)
    if merchant_codes is not None and view.merchant not in merchant_codes:
        raise NotYourReward(view.code)
    return view


def _capture(session: Session, view: RedemptionView) -> Posting:
    return Posting(
        key=f"capture:{view.hold}",
        kind=TransferKind.CAPTURE,
        debit=view.purse,
        credit=open_account(session, AccountKind.MERCHANT, view.merchant),
        amount=view.price,
        rule=view.reward,
        hold=view.hold,
    )


def _told(view: RedemptionView, now: datetime, transfer_id: int) -> dict[str, Any]:
    return {
        **of_code(view),
        "at": now,
        "lapses_at": view.lapses_at,
        "transfer_id": transfer_id,
    }
