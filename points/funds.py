"""Area funds: a common good is proposed by one, the points wait on hold, and another agrees or refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, insert, select, update
from sqlmodel import Session

from points.accounts import Held, community_account, find_accounts, held_by, holdings, lock
from points.common_goods import SpendingState, spendings
from points.deciding import bad_amount
from points.errors import KeyConflict
from points.gift_errors import (
    NoPurpose,
    NotEnoughInFund,
    OwnSpending,
    SpendingEnded,
    TooManyWaiting,
    UnknownSpending,
)
from points.gifts import fund_account
from points.holding import capture_hold, place_hold, release_hold
from points.models import AccountKind, accounts

LAPSES_AFTER = timedelta(days=7)
LONGEST_PURPOSE = 200
SHOWN = 10
MOST_WAITING = 20


@dataclass(frozen=True)
class Proposer:
    """Who proposes, and who lives with them."""

    resident_id: int
    household: str | None = None
    kin: tuple[int, ...] = ()


@dataclass(frozen=True)
class Spending:
    """What a fund pays for, or may; nobody proposed or decided where they were forgotten (or did not yet)."""

    spending_id: int
    fund: str
    amount: int
    purpose: str
    state: SpendingState
    proposed_by: int | None
    household: str | None
    kin: tuple[int, ...]
    at: datetime
    lapses_at: datetime
    decided_by: int | None
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state is SpendingState.OPEN


@dataclass(frozen=True)
class Fund:
    """What an area's fund holds: all that is not set aside, what is; what waits, and what was paid last."""

    code: str
    available: int
    held: int
    waiting: tuple[Spending, ...]
    paid: tuple[Spending, ...]

    def check(self, amount: int) -> None:
        """Refuse what cannot be paid from it.

        Raises:
            BadAmount, NotEnoughInFund: it is no amount, or more than there is.
        """
        reason = bad_amount(amount)
        if reason is not None:
            raise reason
        if amount > self.available:
            raise NotEnoughInFund(self.available, amount)


def fund(session: Session, code: str, *, last: int = SHOWN) -> Fund:
    """Give the fund of the area with this code; one that was never given to is empty."""
    account = find_accounts(session, AccountKind.FUND, [code]).get(code)
    held = Held(0, 0) if account is None else held_by(session, account)
    mine = select(spendings).where(spendings.c.fund == code).order_by(spendings.c.id.desc())
    waiting = session.execute(mine.where(spendings.c.state == SpendingState.OPEN))
    paid = session.execute(mine.where(spendings.c.state == SpendingState.AGREED).limit(last))
    return Fund(code, held.available, held.held, tuple(map(_view, waiting)), tuple(map(_view, paid)))


def fund_codes(session: Session) -> tuple[str, ...]:
    """Give the codes of the areas whose funds were ever given to."""
    funds = select(accounts.c.owner).where(accounts.c.kind == AccountKind.FUND).order_by(accounts.c.owner)
    return tuple(session.connection().execute(funds).scalars())


def fund_balances(session: Session, codes: Sequence[str]) -> Mapping[str, int]:
    """Give what the funds of some areas can spend; those never given to are missing."""
    found = find_accounts(session, AccountKind.FUND, codes)
    held = holdings(session, list(found.values()))
    return {code: held[account].available for code, account in found.items()}


def spending(session: Session, spending_id: int) -> Spending:
    """Give one proposal.

    Raises:
        UnknownSpending: there is none with this number.
    """
    return _view(_row(session, spending_id))


def checked_purpose(typed: str) -> str:
    """Give what it is for as it is stored: one line that says something.

    Raises:
        NoPurpose: it says nothing, or too much.
    """
    purpose = " ".join(typed.split())
    if not any(letter.isalnum() for letter in purpose) or len(purpose) > LONGEST_PURPOSE:
        raise NoPurpose(LONGEST_PURPOSE)
    return purpose


def propose(
    session: Session, *, key: str, fund: str, amount: int, purpose: str, by: Proposer, now: datetime
) -> Spending:
    """Propose to pay for a common good, and set the points aside; the same key again gives the first one.

    Raises:
        BadAmount, NoPurpose: it cannot be.
        NotEnoughInFund: the fund has less.
        TooManyWaiting: so many wait for a second person that nobody could read more.
        KeyConflict: the key proposed something else before.
    """
    purpose = checked_purpose(purpose)
    reason = bad_amount(amount)
    if reason is not None:
        raise reason
    account = fund_account(session, fund)
    available = lock(session, [account])[account].available
    first = session.execute(select(spendings).where(spendings.c.key == key)).one_or_none()
    if first is not None:
        return _same(_view(first), key, {"fund": fund, "amount": amount, "purpose": purpose})
    _check_room(session, fund)
    if available < amount:
        raise NotEnoughInFund(available, amount)
    hold = place_hold(session, account=account, amount=amount, key=f"spending:{key}", now=now)
    row = {
        "key": key,
        "fund": fund,
        "amount": amount,
        "purpose": purpose,
        "hold": hold,
        "proposed_by": by.resident_id,
        "household": by.household,
        "kin": list(by.kin),
        "state": SpendingState.OPEN,
        "at": now,
        "lapses_at": now + LAPSES_AFTER,
    }
    made = session.execute(insert(spendings).returning(spendings.c.id), row).scalar_one()
    return spending(session, int(made))


def check_other(proposed: Spending, by: int, household: str | None) -> None:
    """Let somebody decide who has nothing to do with who proposed it.

    Raises:
        OwnSpending: they proposed it, or lived with who did, or live with them now.
    """
    if proposed.proposed_by == by:
        raise OwnSpending(household=False)
    if by in proposed.kin or (household is not None and household == proposed.household):
        raise OwnSpending(household=True)


def agree(
    session: Session,
    *,
    spending_id: int,
    by: int,
    household: str | None,
    now: datetime,
    zone: ZoneInfo,
) -> Spending:
    """Agree as the second person: the points leave the fund for good.

    Raises:
        UnknownSpending, OwnSpending: it is not for them to decide.
        SpendingEnded: it was decided before, or nobody did in time.
    """
    row = _open(session, spending_id, now)
    check_other(_view(row), by, household)
    redeemed = community_account(session, AccountKind.REDEEMED)
    posted = capture_hold(session, hold=row.hold, credit=redeemed, now=now, zone=zone)
    return _end(session, row, SpendingState.AGREED, now, decided_by=by, transfer=posted.transfer_id)


def refuse(session: Session, *, spending_id: int, by: int, household: str | None, now: datetime) -> Spending:
    """Refuse as the second person: the points are the fund's again.

    Raises:
        as `agree`.
    """
    row = _open(session, spending_id, now)
    check_other(_view(row), by, household)
    return _release(session, row, SpendingState.REFUSED, now, decided_by=by)


def withdraw(session: Session, *, spending_id: int, by: int, now: datetime) -> Spending:
    """Take back what one proposed.

    Raises:
        UnknownSpending: it is not theirs.
        SpendingEnded: it was decided before, or nobody did in time.
    """
    if spending(session, spending_id).proposed_by != by:
        raise UnknownSpending(spending_id)
    return _release(session, _open(session, spending_id, now), SpendingState.WITHDRAWN, now)


def lapse(session: Session, *, spending_id: int, now: datetime) -> Spending | None:
    """End what nobody decided in time; None where there is nothing to end (yet)."""
    row = _row(session, spending_id, lock=True)
    if row.state is not SpendingState.OPEN or row.lapses_at > now:
        return None
    return _release(session, row, SpendingState.LAPSED, now)


def _check_room(session: Session, fund: str) -> None:
    waiting = select(func.count()).where(spendings.c.fund == fund, spendings.c.state == SpendingState.OPEN)
    if session.execute(waiting).scalar_one() >= MOST_WAITING:
        raise TooManyWaiting(MOST_WAITING)


def _open(session: Session, spending_id: int, now: datetime) -> Row[Any]:
    """Read a proposal that can be decided, and keep others from it until the end of the unit."""
    row = _row(session, spending_id, lock=True)
    if row.state is not SpendingState.OPEN:
        raise SpendingEnded(spending_id, row.state, row.decided_by, row.decided_at)
    if row.lapses_at <= now:
        raise SpendingEnded(spending_id, SpendingState.LAPSED, None, row.lapses_at)
    return row


def _release(session: Session, row: Row[Any], state: SpendingState, now: datetime, **more: Any) -> Spending:
    release_hold(session, hold=row.hold, now=now)
    return _end(session, row, state, now, **more)


def _end(session: Session, row: Row[Any], state: SpendingState, now: datetime, **more: Any) -> Spending:
    ending = update(spendings).where(spendings.c.id == row.id)
    session.execute(ending.values(state=state, decided_at=now, **more))
    return spending(session, row.id)


def _row(session: Session, spending_id: int, *, lock: bool = False) -> Row[Any]:
    query = select(spendings).where(spendings.c.id == spending_id)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownSpending(spending_id)
    return row


def _same(first: Spending, key: str, wanted: Mapping[str, object]) -> Spending:
    said = {name: getattr(first, name) for name in wanted}
    if said != wanted:
        raise KeyConflict(key, said, wanted)
    return first


def _view(row: Row[Any]) -> Spending:
    return Spending(
        spending_id=row.id,
        kin=tuple(row.kin),
        **{
            name: row._mapping[name]
            for name in Spending.__dataclass_fields__
            if name not in ("spending_id", "kin")
        },
    )
