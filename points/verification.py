"""Verifying the books: everything kept beside the transfers is worked out again and compared, row by row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Row, Select, String, and_, cast, func, literal, or_, select, union_all
from sqlmodel import Session

from points.accounts import WITH_FLOOR
from points.ddl import missing_guards
from points.models import (
    AccountKind,
    GroupKind,
    HoldState,
    TransferKind,
    accounts,
    balances,
    holds,
    monthly_totals,
    transfers,
)
from points.shelf import RedemptionState, activities, redemptions, rewards

_original = transfers.alias("original")
_KEPT = (RedemptionState.WAITING, RedemptionState.HANDED_OVER)


@dataclass(frozen=True)
class Verification:
    """How many transfers and accounts were gone through, and what is wrong with which row."""

    transfers: int
    accounts: int
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.problems


def verify(session: Session) -> Verification:
    """Work out balances, holds, month totals and stock again, and look at the shape of every transfer."""
    count = session.connection().execute(select(func.count()).select_from(transfers)).scalar_one()
    opened = session.connection().execute(select(func.count()).select_from(accounts)).scalar_one()
    problems = tuple(problem for check in _CHECKS for problem in check(session))
    return Verification(transfers=count, accounts=opened, problems=problems)


def _guards(session: Session) -> Iterator[str]:
    for guard in missing_guards(session.connection()):
        yield f"the database no longer keeps transfers from being changed: trigger {guard} is missing or off"


def _sum_is_zero(session: Session) -> Iterator[str]:
    legs = _legs().subquery()
    total = session.connection().execute(select(func.coalesce(func.sum(legs.c.figure), 0))).scalar_one()
    if total:
        yield f"all accounts together hold {total}, not 0"


def _transfer_shapes(session: Session) -> Iterator[str]:
    wrong = or_(transfers.c.amount <= 0, transfers.c.debit == transfers.c.credit)
    for row in _rows(session, select(transfers).where(wrong)):
        yield f"transfer {row.id} moves {row.amount} from account {row.debit} to account {row.credit}"


def _reversals(session: Session) -> Iterator[str]:
    mirrored = and_(
        transfers.c.debit == _original.c.credit,
        transfers.c.credit == _original.c.debit,
        transfers.c.amount == _original.c.amount,
        transfers.c.month == _original.c.month,
        _original.c.kind != TransferKind.REVERSAL,
    )
    query = select(transfers).join(_original, _original.c.id == transfers.c.reverses).where(~mirrored)
    for row in _rows(session, query):
        yield f"transfer {row.id} says it reverses transfer {row.reverses}, but is not its mirror"


def _awards(session: Session) -> Iterator[str]:
    minutes = func.coalesce(transfers.c.minutes, 0)
    worth = activities.c.points + activities.c.points_per_hour * minutes / 60
    ruled = and_(activities.c.code == transfers.c.rule, activities.c.version == transfers.c.rule_version)
    query = (
        select(
            transfers.c.id,
            transfers.c.rule,
            transfers.c.rule_version,
            transfers.c.amount,
            worth.label("worth"),
        )
        .outerjoin(activities, ruled)
        .where(transfers.c.kind == TransferKind.AWARD, transfers.c.rule.is_not(None))
        .where(or_(activities.c.id.is_(None), transfers.c.amount > worth))
    )
    for row in _rows(session, query):
        gives = "which does not exist" if row.worth is None else f"which gives {int(row.worth)} at most"
        yield f"transfer {row.id} awards {row.amount} by rule {row.rule} version {row.rule_version}, {gives}"


def _captures(session: Session) -> Iterator[str]:
    fits = and_(
        holds.c.state == HoldState.CAPTURED,
        holds.c.account == transfers.c.debit,
        holds.c.amount >= transfers.c.amount,
    )
    query = select(transfers).join(holds, holds.c.id == transfers.c.hold).where(~fits)
    for row in _rows(session, query):
        yield f"transfer {row.id} captures hold {row.hold}, but not as it was held"
    uncaptured = select(holds).outerjoin(transfers, transfers.c.hold == holds.c.id)
    for row in _rows(
        session, uncaptured.where(holds.c.state == HoldState.CAPTURED, transfers.c.id.is_(None))
    ):
        yield f"hold {row.id} counts as captured, but no transfer captures it"


def _balances(session: Session) -> Iterator[str]:
    floored = accounts.c.kind.in_(WITH_FLOOR)
    legs = _legs().subquery()
    counted = select(legs.c.what, legs.c.figure).join(accounts, accounts.c.id == legs.c.what).where(floored)
    kept = select(balances.c.account.label("what"), balances.c.posted.label("figure"))
    for row in _differences(session, counted, kept):
        yield f"balance of account {row.what} says {row.kept}, its transfers say {row.counted}"


def _held(session: Session) -> Iterator[str]:
    still = holds.c.state == HoldState.OPEN
    counted = select(holds.c.account.label("what"), holds.c.amount.label("figure")).where(still)
    kept = select(balances.c.account.label("what"), balances.c.held.label("figure"))
    for row in _differences(session, counted, kept):
        yield f"balance of account {row.what} says {row.kept} on hold, its open holds say {row.counted}"


def _owed(session: Session) -> Iterator[str]:
    """Work out what each account owes from the transfers of its debt."""
    legs = _legs().subquery()
    debtor = cast(accounts.c.owner, BigInteger).label("what")
    owed = select(debtor, (-legs.c.figure).label("figure")).join(accounts, accounts.c.id == legs.c.what)
    counted = owed.where(accounts.c.kind == AccountKind.DEBT)
    kept = select(balances.c.account.label("what"), balances.c.owed.label("figure"))
    for row in _differences(session, counted, kept):
        yield f"balance of account {row.what} says {row.kept} owed, the transfers say {row.counted}"


def _overdrawn(session: Session) -> Iterator[str]:
    for row in _rows(session, select(balances).where(balances.c.posted < balances.c.held)):
        yield f"account {row.account} has {row.posted} and {row.held} of it on hold"
    unrepaid = and_(balances.c.owed > 0, balances.c.posted > balances.c.held)
    for row in _rows(session, select(balances).where(unrepaid)):
        yield f"account {row.account} owes {row.owed} and has {row.posted - row.held} to repay it with"


def _months(session: Session) -> Iterator[str]:
    for kind in GroupKind:
        t = monthly_totals.c
        kept = select((t.month + " " + t.key).label("what"), t.earned.label("figure")).where(
            t.group_kind == kind
        )
        for row in _differences(session, _earned(kind), kept):
            month, key = row.what.split(" ", 1)
            whose = f"account {key}" if kind is GroupKind.RESIDENT else f"{kind} {key}"
            yield f"month total of {whose} in {month} says {row.kept}, the transfers say {row.counted}"


def _stock(session: Session) -> Iterator[str]:
    counted = select(redemptions.c.reward.label("what"), literal(1).label("figure"))
    kept = select(rewards.c.id.label("what"), rewards.c.taken.label("figure"))
    for row in _differences(session, counted.where(redemptions.c.state.in_(_KEPT)), kept):
        yield f"reward {row.what} says {row.kept} are taken, its codes say {row.counted}"


def _codes(session: Session) -> Iterator[str]:
    expected = {
        RedemptionState.WAITING: HoldState.OPEN,
        RedemptionState.HANDED_OVER: HoldState.CAPTURED,
        RedemptionState.LAPSED: HoldState.RELEASED,
        RedemptionState.CANCELLED: HoldState.RELEASED,
    }
    fits = or_(
        *(and_(redemptions.c.state == state, holds.c.state == hold) for state, hold in expected.items())
    )
    query = select(
        redemptions.c.id, redemptions.c.state, redemptions.c.hold, holds.c.state.label("hold_state")
    )
    for row in _rows(session, query.join(holds, holds.c.id == redemptions.c.hold).where(~fits)):
        yield f"redemption {row.id} is {row.state}, but its hold {row.hold} is {row.hold_state}"


_CHECKS: tuple[Callable[[Session], Iterator[str]], ...] = (
    _guards,
    _sum_is_zero,
    _transfer_shapes,
    _reversals,
    _awards,
    _captures,
    _balances,
    _held,
    _owed,
    _overdrawn,
    _months,
    _stock,
    _codes,
)


def _legs() -> Any:
    """Give both legs of every transfer: which account, and what it gained."""
    gained = select(transfers.c.credit.label("what"), transfers.c.amount.label("figure"))
    lost = select(transfers.c.debit.label("what"), (-transfers.c.amount).label("figure"))
    return union_all(gained, lost)


def _earned(kind: GroupKind) -> Any:
    """Give what every award added to a month's total, and what every reversed award took from it."""
    awarded = _share(kind, transfers.c.credit, transfers.c.amount).where(
        transfers.c.kind == TransferKind.AWARD
    )
    mended = _share(kind, transfers.c.debit, -transfers.c.amount)
    mended = mended.join(_original, _original.c.id == transfers.c.reverses)
    return union_all(awarded, mended.where(_original.c.kind == TransferKind.AWARD))


def _share(kind: GroupKind, earner: Any, amount: Any) -> Select[Any]:
    key = cast(earner, String) if kind is GroupKind.RESIDENT else transfers.c[kind.value]
    return select((transfers.c.month + " " + key).label("what"), amount.label("figure")).where(
        key.is_not(None)
    )


def _differences(session: Session, counted: Any, kept: Any) -> Iterator[Row[Any]]:
    """Add up what was counted and what was kept for each thing; give the things where they differ."""
    counts, keeps = counted.subquery(), kept.subquery()
    both = union_all(
        select(counts.c.what, counts.c.figure.label("counted"), literal(0).label("kept")),
        select(keeps.c.what, literal(0), keeps.c.figure),
    ).subquery()
    sums = func.sum(both.c.counted), func.sum(both.c.kept)
    query = select(both.c.what, sums[0].label("counted"), sums[1].label("kept")).group_by(both.c.what)
    return _rows(session, query.having(sums[0] != sums[1]).order_by(both.c.what))


def _rows(session: Session, query: Any) -> Iterator[Row[Any]]:
    return iter(session.connection().execute(query.execution_options(yield_per=1000)))
