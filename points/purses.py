"""Points that lie together: the account they come to passes them on to a purse, as old as they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from points.accounts import find_accounts, find_own_account, lock, open_account, open_accounts, purses_of
from points.ages import came_by_month
from points.books import transfer
from points.models import AccountKind, TransferKind, accounts, purses, transfers
from points.months import month_of
from points.posting import Posting, Refused, post
from points.purses_used import note_left


class Passing(StrEnum):
    """What a transfer between an account and its purse is for; their keys begin so."""

    SHARED = "share"  # an award
    MOVED = "pass"  # what there was, or became available
    RECALLED = "recall"  # what was awarded wrongly

    def key(self, *what: object) -> str:
        return ":".join(map(str, (self, *what)))


# What is passed on keeps the month it came in: the present one counts nowhere.
_ANYWHERE = ZoneInfo("UTC")


@dataclass(frozen=True)
class Keeping:
    """Where a resident's points lie: in their own account, or `since` then with others' in a purse."""

    own: int
    purse: int
    since: datetime | None = None


def keeping(session: Session, resident_id: int) -> Keeping | None:
    """Say where a resident's points lie; who never had points has none."""
    own = find_own_account(session, resident_id)
    if own is None:
        return None
    query = select(purses.c.purse, purses.c.since).where(purses.c.account == own)
    row = session.connection().execute(query).one_or_none()
    return Keeping(own, own) if row is None else Keeping(own, row.purse, row.since)


def passing_of(kind: TransferKind, key: str) -> Passing | None:
    """Tell by its key whether a transfer is one between an account and its purse."""
    begins = key.partition(":")[0]
    return Passing(begins) if kind is TransferKind.SETTLEMENT and begins in set(Passing) else None


def live_together(session: Session, *, household: str, residents: Sequence[int], now: datetime) -> None:
    """Let the points of all who live in a household lie together from now on; nothing to do is no matter.

    Who comes from a purse that others still share leaves it as it is, and what is on hold there comes back
    there. The purse of nobody any more, such as that of who lived alone, is passed on to the new one.
    """
    mine = sorted(open_accounts(session, AccountKind.RESIDENT, [str(one) for one in residents]).values())
    lock(session, mine)  # of two who move at once, one sees what the other did
    before = purses_of(session, mine)
    purse = _purse_for(session, household, mine)
    moved = [account for account in mine if before[account] != purse]
    if not moved:
        return
    left = sorted({before[account] for account in moved})
    lock(session, [*left, purse])
    _point(session, moved, purse, now)
    dissolved = [account for account in left if not is_shared(session, account)]
    session.connection().execute(update(purses).where(purses.c.purse.in_(dissolved)).values(purse=purse))
    _point(session, dissolved, purse, now)
    pass_on(session, dissolved, now)


def apart(session: Session, homes: Mapping[str, Sequence[int]]) -> list[str]:
    """Name the households whose people's points do not lie together in one purse."""
    query = select(accounts.c.owner, purses.c.purse).join(purses, purses.c.account == accounts.c.id)
    lies_in = {int(owner): purse for owner, purse in session.connection().execute(query) if owner}
    return [
        household
        for household, residents in homes.items()
        if len({lies_in.get(one, -one) for one in residents}) > 1
    ]


def purses_shared(session: Session) -> int:
    """Count the purses in which points lie together."""
    counted = select(func.count(purses.c.purse.distinct()))
    return int(session.connection().execute(counted).scalar_one())


def is_shared(session: Session, account: int) -> bool:
    """Tell whether the points of anybody who was not forgotten are passed on to an account."""
    named = accounts.c.kind == AccountKind.RESIDENT, accounts.c.owner.is_not(None)
    theirs = select(purses.c.account).join(accounts, accounts.c.id == purses.c.account)
    query = theirs.where(purses.c.purse == account, *named).limit(1)
    return session.connection().execute(query).first() is not None


def share(
    session: Session,
    awards: Sequence[Posting],
    now: datetime,
    *,
    zone: ZoneInfo,
    lies_in: Mapping[int, int] | None = None,
) -> None:
    """Pass on what was just awarded to accounts that have a purse, but for what repaid their debts.

    `lies_in` says where each account's points lie, if that is known.
    """
    onto = _passes(lies_in) if lies_in is not None else _onto(session, [award.credit for award in awards])
    left = _available(session, onto)
    shares: list[Posting] = []
    for award in awards:
        amount = min(award.amount, left.get(award.credit, 0))
        if amount > 0:
            left[award.credit] -= amount
            shares.append(_share(award, onto[award.credit], amount))
    _post(session, shares, now, zone)


def pass_on(session: Session, account_ids: Sequence[int], now: datetime) -> None:
    """Pass on what became available on accounts that have a purse."""
    onto = _onto(session, account_ids)
    passing = [
        posting
        for account, available in _available(session, onto).items()
        for posting in _passing(session, account, onto[account], available, now)
    ]
    _post(session, passing, now, _ANYWHERE)


def recall(session: Session, transfer_id: int, now: datetime) -> None:
    """Bring back what is there of an award that was passed on and is to be reversed."""
    found = transfer(session, transfer_id)
    if found is None or found.kind is not TransferKind.AWARD or _is_reversed(session, transfer_id):
        return
    t, key = transfers.c, Passing.SHARED.key(found.key)
    shared = select(t.credit, t.amount).where(t.key == key)
    row = session.connection().execute(shared).one_or_none()
    purse = None if row is None else purses_of(session, [row.credit])[row.credit]
    if row is None or purse is None or purse == found.credit:
        return
    amount = min(row.amount, lock(session, [purse, found.credit])[purse].available)
    if amount > 0:
        back = _between(Passing.RECALLED.key(transfer_id), purse, found.credit, amount, found.month)
        _post(session, [replace(back, rule=found.rule)], now, _ANYWHERE)


def _purse_for(session: Session, household: str, mine: Sequence[int]) -> int:
    """Who lives alone and always did keeps their points in their own account."""
    found = find_accounts(session, AccountKind.HOUSEHOLD, [household]).get(household)
    if found is not None:
        return found
    return mine[0] if len(mine) == 1 else open_account(session, AccountKind.HOUSEHOLD, household)


def _point(session: Session, account_ids: Sequence[int], purse: int, now: datetime) -> None:
    """Let accounts pass on to a purse; the purse itself keeps what it has."""
    connection = session.connection()
    note_left(session, account_ids, purse, now)
    connection.execute(delete(purses).where(purses.c.account.in_([*account_ids, purse])))
    rows = [{"account": one, "purse": purse, "since": now} for one in account_ids if one != purse]
    if rows:
        connection.execute(insert(purses), rows)


def _onto(session: Session, account_ids: Sequence[int]) -> dict[int, int]:
    return _passes(purses_of(session, account_ids))


def _passes(lies_in: Mapping[int, int]) -> dict[int, int]:
    return {account: purse for account, purse in lies_in.items() if purse != account}


def _available(session: Session, onto: Mapping[int, int]) -> dict[int, int]:
    """Say what can be passed on, and let nobody change it, nor the purses, until the end of the unit."""
    held = lock(session, [*onto, *onto.values()]) if onto else {}
    return {account: held[account].available for account in onto}


def _passing(session: Session, account: int, purse: int, available: int, now: datetime) -> Iterator[Posting]:
    """Pass on what came in last, a part for each month; what came in first was spent first or is on hold."""
    if available <= 0:
        return
    mine = (func.max(transfers.c.id),)
    ends = [select(*mine).where(leg == account) for leg in (transfers.c.debit, transfers.c.credit)]
    last = max(session.connection().execute(end).scalar_one() or 0 for end in ends)
    for month, amount in _by_month(came_by_month(session, [account]).get(account, {}), available, now):
        yield _between(Passing.MOVED.key(account, last, month), account, purse, amount, month)


def _by_month(came: Mapping[str, int], available: int, now: datetime) -> Iterator[tuple[str, int]]:
    left = available
    for month, amount in sorted(came.items(), reverse=True):
        if min(left, amount) > 0:
            yield month, min(left, amount)
            left -= min(left, amount)
    if left > 0:
        yield month_of(now, _ANYWHERE), left


def _share(award: Posting, purse: int, amount: int) -> Posting:
    return Posting(
        key=Passing.SHARED.key(award.key),
        kind=TransferKind.SETTLEMENT,
        debit=award.credit,
        credit=purse,
        amount=amount,
        rule=award.rule,
        minutes=award.minutes,
    )


def _between(key: str, debit: int, credit: int, amount: int, month: str) -> Posting:
    return Posting(key, TransferKind.SETTLEMENT, debit, credit, amount, month=month)


def _is_reversed(session: Session, transfer_id: int) -> bool:
    query = select(transfers.c.id).where(transfers.c.reverses == transfer_id)
    return session.connection().execute(query).one_or_none() is not None


def _post(session: Session, postings: Sequence[Posting], now: datetime, zone: ZoneInfo) -> None:
    for outcome in post(session, postings, now, zone=zone):
        if isinstance(outcome, Refused):
            raise outcome.reason
