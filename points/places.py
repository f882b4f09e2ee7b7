"""Somebody's place among some people in a month: by points earned, equals share one."""

from collections.abc import Collection

from sqlalchemy import String, cast, select
from sqlmodel import Session

from points.accounts import find_own_account
from points.models import AccountKind, GroupKind, accounts, monthly_totals
from points.storing import chunks


def place_among(session: Session, *, month: str, resident_id: int, people: Collection[int]) -> int | None:
    """Give somebody's place among these people, from 1; whoever earned nothing has none."""
    account = find_own_account(session, resident_id)
    t = monthly_totals.c
    of_month = select(t.earned).where(t.month == month, t.group_kind == GroupKind.RESIDENT, t.earned > 0)
    mine = session.execute(of_month.where(t.key == str(account))).scalar_one_or_none()
    if mine is None:
        return None
    ahead: set[int] = set()
    for owners in chunks([str(number) for number in people]):
        theirs = select(cast(accounts.c.id, String)).where(
            accounts.c.kind == AccountKind.RESIDENT, accounts.c.owner.in_(owners)
        )
        ahead.update(session.execute(of_month.where(t.key.in_(theirs), t.earned > mine)).scalars())
    return len(ahead) + 1
