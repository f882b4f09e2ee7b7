"""Which merchants somebody stands for, who stands for a merchant, and where that is."""

from datetime import datetime

from sqlmodel import Session

from bot.community import (
    ROLE_ACTS,
    Act,
    AreaView,
    Grant,
    NotAllowed,
    PersonAddress,
    area_by_code,
    grants_of,
    holders,
    record,
    root_area,
)
from points import MerchantEntry, OfCode, current_merchants


def merchant_codes(session: Session, resident_id: int) -> frozenset[str] | None:
    """Give the merchants for whom a person may hand over; None is every merchant there is or was.

    Raises:
        NotAllowed: this person stands for none.
    """
    grants = [one for one in grants_of(session, resident_id) if Act.HAND_OVER in ROLE_ACTS[one.role]]
    if not grants:
        raise NotAllowed(Act.HAND_OVER)
    root = root_area(session)
    if any(one.subject is None and one.area_path == root.path for one in grants):
        return None
    named = {one.subject for one in grants if one.subject is not None}
    areas = {one.code: _area(session, one.area, root) for one in current_merchants(session)}
    return frozenset(named) | {
        code for code, area in areas.items() if any(_covers(one, code, area.path) for one in grants)
    }


def own_shops(session: Session, resident_id: int) -> tuple[MerchantEntry, ...]:
    """Give the shops a person stands for, by code.

    Raises:
        NotAllowed: this person stands for none.
    """
    mine = merchant_codes(session, resident_id)
    return tuple(one for one in current_merchants(session) if mine is None or one.code in mine)


def require_shop(session: Session, resident_id: int, merchant: str) -> None:
    """Let only who stands for a shop act for it.

    Raises:
        NotAllowed: this person does not.
    """
    mine = merchant_codes(session, resident_id)
    if mine is not None and merchant not in mine:
        raise NotAllowed(Act.HAND_OVER)


def staff(session: Session, merchant: str) -> tuple[PersonAddress, ...]:
    """Give everyone who may hand over for a merchant, each once."""
    path = merchant_area(session, merchant).path
    held = holders(session, act=Act.HAND_OVER)
    return tuple({who.resident_id: who for who, grant in held if _covers(grant, merchant, path)}.values())


def record_of_code(session: Session, *, actor: int, act: str, event: OfCode, now: datetime) -> None:
    """Write down what was done about a code, where its shop is."""
    record(
        session,
        actor=actor,
        act=act,
        area_id=merchant_area(session, event.merchant).area_id,
        about=event.resident_id,
        facts={"redemption": event.redemption_id, "merchant": event.merchant, "points": event.price},
        now=now,
    )


def merchant_area(session: Session, merchant: str) -> AreaView:
    """Give where a merchant is; one that names no area, or is gone, belongs to the whole community."""
    here = next((one.area for one in current_merchants(session) if one.code == merchant), None)
    return _area(session, here, root_area(session))


def _area(session: Session, code: str | None, root: AreaView) -> AreaView:
    return root if code is None else area_by_code(session, code)


def _covers(grant: Grant, merchant: str, path: str) -> bool:
    """Tell whether a grant names this merchant, or names none and reaches where it is."""
    return grant.subject == merchant or (grant.subject is None and path.startswith(grant.area_path))
