"""Whose deed or reward an entry of a purse was, where the points of several lie together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from points.models import AccountKind, accounts, holds
from points.purses import passing_of
from points.shelf import redemptions
from points.storing import chunks


def whose_entries(session: Session, purse: int, rows: Sequence[Row[Any]]) -> dict[int, int]:
    """Give the resident behind each transfer of a purse, but for those of nobody, or of who was forgotten.

    What was passed on is of who it came from, what was redeemed of who got the code.
    """
    other = {
        row.id: row.debit if row.credit == purse else row.credit
        for row in rows
        if passing_of(row.kind, row.key)
    }
    held = {row.id: row.of_hold for row in rows if row.of_hold is not None}
    owners = _owners(session, sorted(set(other.values())))
    buyers = _buyers(session, sorted(set(held.values())))
    found = {number: owners.get(account) for number, account in other.items()}
    found |= {number: buyers.get(hold) for number, hold in held.items()}
    return {number: resident_id for number, resident_id in found.items() if resident_id is not None}


def _owners(session: Session, account_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(account_ids):
        query = select(accounts.c.id, accounts.c.owner).where(
            accounts.c.id.in_(some), accounts.c.kind == AccountKind.RESIDENT, accounts.c.owner.is_not(None)
        )
        found |= {account: int(owner) for account, owner in session.connection().execute(query)}
    return found


def _buyers(session: Session, hold_ids: Sequence[int]) -> dict[int, int]:
    """Find who redeemed by the key of a hold, which names the code also after a handover was undone."""
    codes: dict[int, str] = {}
    for some in chunks(hold_ids):
        query = select(holds.c.id, holds.c.key).where(holds.c.id.in_(some), holds.c.key.startswith("code:"))
        codes |= {hold: key.split(":")[1] for hold, key in session.connection().execute(query)}
    found: dict[str, int] = {}
    for few in chunks(sorted(set(codes.values()))):
        redeemed = select(redemptions.c.code, redemptions.c.account).where(redemptions.c.code.in_(few))
        found |= dict(session.connection().execute(redeemed).all())
    owners = _owners(session, sorted(set(found.values())))
    return {hold: owners[found[code]] for hold, code in codes.items() if found.get(code) in owners}
