"""Accounts: opening them, finding them, and reading what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, or_, select, update
from sqlmodel import Session

from points.models import AccountKind, HoldState, accounts, balances, holds, purses, transfers
from points.storing import chunks, upsert

COMMUNITY = "community"  # the owner of the accounts that points come from and end in
WITH_FLOOR = frozenset({AccountKind.RESIDENT, AccountKind.HOUSEHOLD, AccountKind.MERCHANT, AccountKind.FUND})


_PURSES = select(purses.c.account, purses.c.purse).where(
    purses.c.account.in_(bindparam("accounts", expanding=True))
)


@dataclass(frozen=True)
class Held:
    """What an account with a floor has: all of it, how much of that is on hold; and what it owes."""

    posted: int
    held: int
    owed: int = 0

    @property
    def available(self) -> int:
        return self.posted - self.held


def open_account(session: Session, kind: AccountKind, owner: str) -> int:
    """Give the account of an owner, opening it where there is none."""
    return open_accounts(session, kind, [owner])[owner]


def open_accounts(session: Session, kind: AccountKind, owners: Sequence[str]) -> dict[str, int]:
    """Give the accounts of many owners, opening those that are not there."""
    found = find_accounts(session, kind, owners)
    missing = sorted(set(owners) - found.keys())
    if not missing:
        return found
    rows = [{"kind": kind, "owner": owner} for owner in missing]
    session.connection().execute(upsert(session, accounts).on_conflict_do_nothing(), rows)
    opened = find_accounts(session, kind, missing)
    if kind in WITH_FLOOR:
        _give_balances(session, sorted(opened.values()))
    return found | opened


def find_accounts(session: Session, kind: AccountKind, owners: Sequence[str]) -> dict[str, int]:
    """Give the accounts of those owners who have one."""
    found: dict[str, int] = {}
    for some in chunks(owners):
        query = select(accounts.c.owner, accounts.c.id).where(
            accounts.c.kind == kind, accounts.c.owner.in_(some)
        )
        found |= dict(session.connection().execute(query).all())
    return found


def own_account(session: Session, resident_id: int) -> int:
    """Give the account that stands for a resident, whoever shares their points; opened where there is none.

    What somebody earned, redeemed or waits for is found by it; what they have is in their purse.
    """
    return open_account(session, AccountKind.RESIDENT, str(resident_id))


def find_own_account(session: Session, resident_id: int) -> int | None:
    """Give the account that stands for a resident, or None for who never had points."""
    return find_accounts(session, AccountKind.RESIDENT, [str(resident_id)]).get(str(resident_id))


def resident_account(session: Session, resident_id: int) -> int:
    """Give the account that a resident's points lie in: their own, or the purse that they share."""
    return purse_of(session, own_account(session, resident_id))


def find_resident_account(session: Session, resident_id: int) -> int | None:
    """Give the account that a resident's points lie in, or None for who never had points."""
    account = find_own_account(session, resident_id)
    return None if account is None else purse_of(session, account)


def purse_of(session: Session, account: int) -> int:
    """Give the account that an account's points lie in: itself, unless they lie together with others'."""
    return purses_of(session, [account])[account]


def purses_of(session: Session, account_ids: Sequence[int]) -> dict[int, int]:
    """Give the account that each account's points lie in."""
    found = {account: account for account in account_ids}
    for some in chunks(list(found)):
        found |= dict(session.connection().execute(_PURSES, {"accounts": some}).all())
    return found


def community_account(session: Session, kind: AccountKind) -> int:
    """Give one of the community's own accounts: issued, expired or redeemed."""
    return open_account(session, kind, COMMUNITY)


def lock(session: Session, account_ids: Sequence[int]) -> dict[int, Held]:
    """Read accounts with a floor and keep others from changing them until the end of the unit.

    Always in the order of ids, so that two units never wait for each other; accounts without a floor are
    left out, they have no row to wait for. SQLite has one writer and needs no row locks.
    """
    return _read(session, account_ids, locking=True)


def holdings(session: Session, account_ids: Sequence[int], *, now: datetime | None = None) -> dict[int, Held]:
    """Read what accounts with a floor have; at a moment, if given, as when all that can only lapse had."""
    found = _read(session, account_ids, locking=False)
    freed = {} if now is None else _overdue(session, list(found), now)
    return {
        number: _lapsed(held, freed[number]) if number in freed else held for number, held in found.items()
    }


def held_by(session: Session, account_id: int, *, now: datetime | None = None) -> Held:
    """Read what one account with a floor has, at a moment if one is given."""
    return holdings(session, [account_id], now=now)[account_id]


def total(session: Session, account_id: int) -> int:
    """Add up an account from its transfers, whatever its kind: what came in less what went out."""
    return int(session.connection().execute(_total(account_id)).scalar_one())


def had_before(session: Session, account_id: int, moment: datetime) -> int:
    """Add up what an account had before a moment."""
    return int(session.connection().execute(_total(account_id).where(transfers.c.at < moment)).scalar_one())


def _total(account_id: int) -> Select[Any]:
    signed = case((transfers.c.credit == account_id, transfers.c.amount), else_=-transfers.c.amount)
    return select(func.coalesce(func.sum(signed), 0)).where(
        or_(transfers.c.credit == account_id, transfers.c.debit == account_id)
    )


def forget_owner(session: Session, account: int) -> None:
    """Take the name off an account; its transfers stay, for the arithmetic."""
    session.connection().execute(update(accounts).where(accounts.c.id == account).values(owner=None))


def _give_balances(session: Session, account_ids: Sequence[int]) -> None:
    rows = [{"account": number, "posted": 0, "held": 0} for number in account_ids]
    session.connection().execute(upsert(session, balances).on_conflict_do_nothing(), rows)


def _read(session: Session, account_ids: Sequence[int], *, locking: bool) -> dict[int, Held]:
    found: dict[int, Held] = {}
    for some in chunks(sorted(set(account_ids))):
        query = select(balances).where(balances.c.account.in_(some)).order_by(balances.c.account)
        rows = session.connection().execute(query.with_for_update(key_share=True) if locking else query)
        found |= {row.account: Held(row.posted, row.held, row.owed) for row in rows}
    return found


def _overdue(session: Session, account_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Add up the open holds whose time is over, account by account."""
    freed: dict[int, int] = {}
    over = and_(holds.c.state == HoldState.OPEN, holds.c.lapses_at <= now)
    for some in chunks(account_ids):
        query = select(holds.c.account, func.sum(holds.c.amount)).where(over, holds.c.account.in_(some))
        rows = session.connection().execute(query.group_by(holds.c.account))
        freed |= {account: int(amount) for account, amount in rows}
    return freed


def _lapsed(before: Held, freed: int) -> Held:
    """Say what is had when some of what is held is free: it repays first."""
    repaid = min(before.owed, before.available + freed)
    return Held(before.posted - repaid, before.held - freed, before.owed - repaid)
