"""Everything one may do to the ledger, twice: by the rules on the model, and asked of the real one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger_asked import SHANGHAI
from ledger_model import ISSUED, Ask, Model
from sqlalchemy import select
from sqlmodel import Session

from points import (
    AccountKind,
    Posting,
    Refused,
    TransferKind,
    community_account,
    lapse_holds,
    open_account,
    place_hold,
    post,
    release_hold,
    resident_account,
    reverse,
)
from points.accounts import holdings
from points.errors import PointsError
from points.holding import hold_under
from points.models import holds, monthly_totals, transfers

NAMES = ("mei", "wang", "shop", "fund")
KINDS = {"award": TransferKind.AWARD, "gift": TransferKind.GIFT, "capture": TransferKind.CAPTURE}
Said = Any  # what came of it, in words or numbers that both sides use


@dataclass(frozen=True)
class Act:
    """One unit of work; it resolves keys by itself, so that it may be run whenever and again."""

    expected: Callable[[Model], Said]
    asked: Callable[[Session], Said]

    def named(self, session: Session) -> Said:
        """Ask, and name what it was refused with."""
        try:
            return self.asked(session)
        except PointsError as error:
            return name_of(error)


def name_of(error: PointsError) -> str:
    return type(error).__name__


def open_accounts(session: Session) -> dict[str, int]:
    return {
        "mei": resident_account(session, 1),
        "wang": resident_account(session, 2),
        "shop": open_account(session, AccountKind.MERCHANT, "shop"),
        "fund": open_account(session, AccountKind.FUND, "g1"),
        ISSUED: community_account(session, AccountKind.ISSUED),
    }


@dataclass(frozen=True)
class Acts:
    """The acts, between accounts whose numbers are known."""

    numbers: Mapping[str, int]

    def posting(self, asks: Sequence[Ask], now: datetime) -> Act:
        def asked(session: Session) -> list[str]:
            outcomes = post(session, [self._posting(session, ask) for ask in asks], now, zone=SHANGHAI)
            return [
                name_of(outcome.reason) if isinstance(outcome, Refused) else _posted(outcome)
                for outcome in outcomes
            ]

        return Act(lambda model: model.post(list(asks), now), asked)

    def placing(self, key: str, account: str, amount: int, lapses_at: datetime | None, now: datetime) -> Act:
        def asked(session: Session) -> str:
            number = self.numbers[account]
            place_hold(session, account=number, amount=amount, key=key, lapses_at=lapses_at, now=now)
            return "posted"

        def expected(model: Model) -> str:
            """Who places again is given the first hold, and not told that it is."""
            said = model.place(key, account, amount, lapses_at, now)
            return "posted" if said == "replayed" else said

        return Act(expected, asked)

    def releasing(self, key: str, now: datetime) -> Act:
        def asked(session: Session) -> str:
            release_hold(session, hold=hold_under(session, key), now=now)
            return "posted"

        return Act(lambda model: model.release(key, now), asked)

    def lapsing(self, now: datetime) -> Act:
        return Act(lambda model: model.lapse(now), lambda session: len(lapse_holds(session, now=now)))

    def reversing(self, key: str, by: str, onto: str | None, now: datetime) -> Act:
        def asked(session: Session) -> str:
            number = _transfer(session, key)
            return _posted(
                reverse(session, transfer_id=number, key=by, onto_hold=onto, now=now, zone=SHANGHAI)
            )

        return Act(lambda model: model.reverse(key, by, now, onto), asked)

    def _posting(self, session: Session, ask: Ask) -> Posting:
        return Posting(
            key=ask.key,
            kind=KINDS[ask.kind],
            debit=self.numbers[ask.debit],
            credit=self.numbers[ask.credit],
            amount=ask.amount,
            hold=None if ask.hold is None else hold_under(session, ask.hold),
            link=ask.link,
        )


def book_of(session: Session, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Give all that the ledger says, but for what it posts by itself about debts."""
    everybody = holdings(session, [numbers[name] for name in NAMES])
    has = {name: everybody[numbers[name]] for name in NAMES}
    names = {number: name for name, number in numbers.items()}
    t, connection = transfers.c, session.connection()
    moved = connection.execute(select(t.key, t.debit, t.credit, t.amount).where(t.debt.is_(None)))
    return {
        "has": {name: (held.available, held.held, held.owed) for name, held in has.items()},
        "earned": earned_by(session, numbers),
        "holds": dict(connection.execute(select(holds.c.key, holds.c.state)).all()),
        "transfers": {key: (names[debit], names[credit], amount) for key, debit, credit, amount in moved},
    }


def book_by(model: Model) -> dict[str, Any]:
    """Give what the ledger should say by the model."""
    return {
        "has": {name: (model.available[name], model.held[name], model.owed[name]) for name in NAMES},
        "earned": earned_in(model),
        "holds": {key: hold.state for key, hold in model.holds.items()},
        "transfers": {key: (done.debit, done.credit, done.amount) for key, done in model.done.items()},
    }


def earned_by(session: Session, numbers: Mapping[str, int]) -> dict[str, int]:
    names = {str(number): name for name, number in numbers.items()}
    query = monthly_totals.select().where(monthly_totals.c.group_kind == "resident")
    return {names[row.key]: row.earned for row in session.connection().execute(query) if row.earned}


def earned_in(model: Model) -> dict[str, int]:
    return {name: amount for name, amount in model.earned.items() if amount}


def _posted(outcome: Any) -> str:
    return "replayed" if outcome.replayed else "posted"


def _transfer(session: Session, key: str) -> int:
    query = select(transfers.c.id).where(transfers.c.key == key)
    return int(session.connection().execute(query).scalar_one())
