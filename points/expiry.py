"""Expiry: what came in first is spent first, and what is left of a month is gone when its time is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session

from points.accounts import community_account, holdings, lock
from points.ages import came_by_month, came_since, givers_among
from points.models import AccountKind, TransferKind, accounts, balances, purses, transfers
from points.months import month_of, month_start, months_later
from points.posting import Posting, Refused, post

# What merchants were given for their goods stays theirs.
EXPIRING = (AccountKind.RESIDENT, AccountKind.HOUSEHOLD)
# What is done in one unit of work, each in about 20 ms: accounts, messages, and transfers passed over.
AT_ONCE = 250
TOLD_AT_ONCE = 10
PASSED_AT_ONCE = 50_000

# The kind is looked at afterwards: asked for it, SQLite would go through all accounts of the kind.
_WITH_SOME = (
    select(balances.c.account, accounts.c.kind)
    .join(accounts, accounts.c.id == balances.c.account)
    .where(balances.c.posted > balances.c.held)
    .order_by(balances.c.account)
)


@dataclass(frozen=True)
class Run:
    """How far a month's run has come, so that each step goes on where the one before ended.

    Nothing below the transfer `first` came in after the month `cut`; when that is `found`, the accounts up
    to `after` are through, and in the end the run is `over`.
    """

    month: str
    cut: str = ""
    first: int = 0
    found: bool = False
    after: int = 0
    over: bool = False

    @property
    def next(self) -> "Run":
        """The next month's run, which need not look at what was passed over."""
        return Run(months_later(self.month, 1), self.cut, self.first)


@dataclass(frozen=True)
class Expired:
    """What one step of a run took, and how far it came."""

    accounts: int
    points: int
    run: Run


@dataclass(frozen=True)
class Expiring:
    """What a resident will lose when the month begins, if it is not spent before; `shared` with others."""

    resident_id: int
    points: int
    shared: bool = False


@dataclass(frozen=True)
class ExpiringPage:
    """Some of those concerned; `after` is the account to go on after, None at the end."""

    concerned: tuple[Expiring, ...]
    after: int | None


def left_over(available: int, came_since: int) -> int:
    """Give what is left of all that came in up to a cut-off: the one rule of expiry, which needs no lots.

    What is available is what came in − spent − on hold, so what came in up to the cut-off − spent − on hold
    is what is available − what came in since. A reversal counts in the month of what it reverses, and so do
    the points that it gives back.
    """
    return max(0, available - max(0, came_since))


def cut_off(month: str, expire_months: int) -> str:
    """Give the last month of which nothing is left when a month begins."""
    return months_later(month, -expire_months - 1)


def next_to_expire(
    session: Session, account: int, available: int, *, expire_months: int, now: datetime, zone: ZoneInfo
) -> tuple[int, datetime | None]:
    """Say how much goes next and when, if it is not spent before; nothing, and never, where nothing does.

    What was given back after its time goes with the next month that begins.
    """
    if not expire_months or available <= 0:
        return 0, None
    came = sorted(came_by_month(session, [account]).get(account, {}).items())
    left, oldest = available, None
    for month, amount in reversed(came):
        if left <= 0:
            break
        left, oldest = left - amount, month
    if oldest is None:
        return 0, None
    month = max(months_later(oldest, expire_months + 1), months_later(month_of(now, zone), 1))
    cut = cut_off(month, expire_months)
    since = sum(amount for each, amount in came if each > cut)
    return left_over(available, since), month_start(month, zone)


def expire(session: Session, run: Run, *, expire_months: int, now: datetime, zone: ZoneInfo) -> Expired:
    """Take a step of a month's run: from some accounts, what came in too long before the month.

    Under the key `expiry:<month>:<account>` nothing is taken twice.
    """
    if not expire_months:
        return Expired(0, 0, replace(run, over=True))
    cut = cut_off(run.month, expire_months)
    if not (run.found and run.cut == cut):
        return Expired(0, 0, _passed_over(session, run, cut))
    page, end = _page(session, run.after)
    available = {account: held.available for account, held in lock(session, page).items()}
    left = _left(session, available, cut, first=run.first)
    expired = community_account(session, AccountKind.EXPIRED)
    postings = [_posting(run.month, account, expired, points) for account, points in left.items()]
    for outcome in post(session, postings, now, zone=zone):
        if isinstance(outcome, Refused):
            raise outcome.reason
    far = replace(run, over=True) if end is None else replace(run, after=end)
    return Expired(len(postings), sum(left.values()), far)


def _passed_over(session: Session, run: Run, cut: str) -> Run:
    """Pass over transfers that came in before the cut-off; years of them would be read for each account."""
    first = run.first if run.cut <= cut else 0  # points live longer than they did: what was passed counts
    some = select(transfers.c.id, transfers.c.month, transfers.c.kind).where(transfers.c.id >= first)
    passing = some.order_by(transfers.c.id).limit(PASSED_AT_ONCE).subquery()
    later = and_(passing.c.month > cut, passing.c.kind != TransferKind.REVERSAL)
    query = select(func.max(passing.c.id), func.min(case((later, passing.c.id))), func.count())
    last, found, many = session.connection().execute(query.select_from(passing)).one()
    if found is not None:
        return replace(run, cut=cut, first=found, found=True, after=0)
    end = first if last is None else last + 1
    return replace(run, cut=cut, first=end, found=many < PASSED_AT_ONCE, after=0)


def expiring(
    session: Session, *, month: str, expire_months: int, now: datetime, zone: ZoneInfo, after: int = 0
) -> ExpiringPage:
    """Find who will lose points when a month begins, some at a time; not what goes at a month before it."""
    page, end = _page(session, after)
    available = {account: held.available for account, held in holdings(session, page).items()}
    left = _left(session, available, cut_off(month, expire_months))
    before = months_later(month, -1)
    if month_start(before, zone) > now:
        for account, points in _left(session, available, cut_off(before, expire_months)).items():
            left[account] -= points
    owners = _owners(session, [account for account in page if left.get(account)])
    concerned = sorted(owners)[:TOLD_AT_ONCE]
    told = tuple(
        Expiring(resident_id, left[account], shared=len(owners[account]) > 1)
        for account in concerned
        for resident_id in owners[account]
    )
    return ExpiringPage(told, concerned[-1] if len(concerned) < len(owners) else end)


def _page(session: Session, after: int) -> tuple[list[int], int | None]:
    """Give the next accounts that have something and may lose it, and the account to go on after."""
    query = _WITH_SOME.where(balances.c.account > after).limit(AT_ONCE)
    rows = session.connection().execute(query).all()
    end = rows[-1].account if len(rows) == AT_ONCE else None
    return [row.account for row in rows if row.kind in EXPIRING], end


def _left(session: Session, available: Mapping[int, int], cut: str, *, first: int = 0) -> dict[int, int]:
    """Give what is left, where anything is, of what came in up to the end of a month."""
    came = came_since(session, available, cut, first)
    left = {account: left_over(available[account], came.get(account, 0)) for account in available}
    left = {account: points for account, points in left.items() if points}
    exactly = came_by_month(session, givers_among(session, left), cut, first)
    for account, months in exactly.items():
        left[account] = left_over(available[account], sum(months.values()))
    return {account: points for account, points in left.items() if points}


def _owners(session: Session, account_ids: Sequence[int]) -> dict[int, list[int]]:
    """Give whose points lie in accounts; who was forgotten has lost the name, and is told nothing."""
    lies_in = func.coalesce(purses.c.purse, accounts.c.id)
    alone = and_(accounts.c.id.in_(account_ids), purses.c.purse.is_(None))
    query = (
        select(lies_in, accounts.c.owner)
        .outerjoin(purses, purses.c.account == accounts.c.id)
        .where(accounts.c.kind == AccountKind.RESIDENT, accounts.c.owner.is_not(None))
        .where(or_(alone, purses.c.purse.in_(account_ids)))
        .order_by(accounts.c.id)
    )
    owners: dict[int, list[int]] = {}
    for account, owner in session.connection().execute(query):
        owners.setdefault(account, []).append(int(owner))
    return owners


def _posting(month: str, account: int, expired: int, points: int) -> Posting:
    return Posting(
        key=f"expiry:{month}:{account}",
        kind=TransferKind.EXPIRY,
        debit=account,
        credit=expired,
        amount=points,
        # Not the amount: whoever asks again gets the first answer, whatever came in since.
        request=f"expiry {month} of {account}",
    )
