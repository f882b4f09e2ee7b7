"""Verifying the books: everything kept beside the transfers is worked out again and compared, row by row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Row, Table, and_, cast, func, literal, or_, select, union_all
from sqlmodel import Session

from points import seal_guards
from points.ddl import missing_guards
from points.early_seals import early_seals
from points.fund_checks import fund_problems
from points.leaves import Values, pages
from points.misfits import UNREADABLE, misfits_unsealed, named_or_raised
from points.models import AccountKind, HoldState, TransferKind, accounts, balances, holds, transfers
from points.proofs import short_root
from points.recomputing import awards, awards_of_nothing, awards_that_waited, month_budgets
from points.recounting import COUNTED, Recount
from points.seal_checks import walk
from points.seals import SealKind, headers, seals
from points.settlement_checks import settlement_problems
from points.shelf import RedemptionState, redemptions, rewards

_original = transfers.alias("original")
_KEPT = (RedemptionState.WAITING, RedemptionState.HANDED_OVER)


@dataclass(frozen=True)
class Verification:
    """How many transfers, accounts and seals were gone through, and what is wrong with which row."""

    transfers: int
    accounts: int
    problems: tuple[str, ...]
    seals: int = 0

    @property
    def sound(self) -> bool:
        return not self.problems


Watch = Callable[[int, int], object]
"""Hears how many of how many transfers were gone through."""


Walk = Callable[[Session, Callable[[Sequence[Values]], None]], Iterator[str]]
"""Goes through all transfers, has each page counted, and says what it finds wrong itself."""


def verify(session: Session, watch: Watch | None = None, *, root: str | None = None) -> Verification:
    """Work out balances, holds, month totals and stock again, and look at every transfer and seal.

    Transfers are read page by page, so that a million need no more memory than a thousand. With a `root`
    that was published, or the first digits of one, a month must have ended with it.
    """
    return _verify(session, _walk, watch, root)


def verify_sums(session: Session, watch: Watch | None = None, *, root: str | None = None) -> Verification:
    """Do all of `verify` but what `check_seals` does, for who has the seals checked at the same time."""
    return _verify(session, _only_count, watch, root)


def count_transfers(session: Session) -> int:
    """Say how many transfers there are to go through."""
    return _count(session, transfers)


def _verify(session: Session, through: Walk, watch: Watch | None, root: str | None) -> Verification:
    count = _count(session, transfers)
    try:
        problems = _problems(session, through, watch, root, count)
    except UNREADABLE as met:
        problems = named_or_raised(session, met)  # nothing else can be said before these rows are readable
    return Verification(count, _count(session, accounts), problems, _count(session, seals))


def _problems(
    session: Session, through: Walk, watch: Watch | None, root: str | None, count: int
) -> tuple[str, ...]:
    recount = Recount(session)
    walked = 0

    def take(rows: Sequence[Values]) -> None:
        nonlocal walked
        recount.add(rows)
        walked += len(rows)
        if watch is not None:
            watch(walked, count)

    problems = tuple(problem for check in _CHECKS for problem in check(session))
    problems += (*through(session, take), *recount.problems(), *_unpublished(session, root))
    if walked != count:
        problems += (f"there are {count} transfers, but {walked} were gone through",)
    return problems


def _walk(session: Session, count: Callable[[Sequence[Values]], None]) -> Iterator[str]:
    """Check the seals, and have what is read for that counted too."""
    return walk(session, count, only=COUNTED)


def _only_count(session: Session, count: Callable[[Sequence[Values]], None]) -> Iterator[str]:
    for rows in pages(session, only=COUNTED):
        count(rows)
    yield from ()


def _unpublished(session: Session, root: str | None) -> Iterator[str]:
    """Look for a published root among the months: by what their seals cover, not by the hashes they say."""
    if root is None:
        return
    ended = (header.hash for header in headers(session) if header.kind == SealKind.MONTH)
    if not any(hash_.startswith(root) for hash_ in ended):
        yield f"no month of these books ended with the seal {short_root(root)}"


def _count(session: Session, table: Table) -> int:
    return int(session.connection().execute(select(func.count()).select_from(table)).scalar_one())


def _guards(session: Session) -> Iterator[str]:
    for what, find in (("transfers", missing_guards), ("seals", seal_guards.missing_guards)):
        for guard in find(session.connection()):
            lost = f"trigger {guard} is missing, off, or another by that name"
            yield f"the database no longer keeps {what} from being changed: {lost}"


def _numbers(session: Session) -> Iterator[str]:
    query = select(transfers.c.id).where(transfers.c.id < 1).order_by(transfers.c.id)
    for row in _rows(session, query):
        yield f"transfer {row.id} was put in past the ledger, which numbers from 1"


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
    reversals = select(transfers).join(_original, _original.c.id == transfers.c.reverses)
    query = reversals.where(transfers.c.reverses.is_not(None), ~mirrored)
    for row in _rows(session, query):
        yield f"transfer {row.id} says it reverses transfer {row.reverses}, but is not its mirror"


def _captures(session: Session) -> Iterator[str]:
    fits = and_(
        holds.c.state == HoldState.CAPTURED,
        holds.c.account == transfers.c.debit,
        holds.c.amount >= transfers.c.amount,
    )
    captures = select(transfers).join(holds, holds.c.id == transfers.c.hold)
    query = captures.where(transfers.c.hold.is_not(None), ~fits)
    for row in _rows(session, query):
        yield f"transfer {row.id} captures hold {row.hold}, but not as it was held"
    uncaptured = select(holds).outerjoin(transfers, transfers.c.hold == holds.c.id)
    for row in _rows(
        session, uncaptured.where(holds.c.state == HoldState.CAPTURED, transfers.c.id.is_(None))
    ):
        yield f"hold {row.id} counts as captured, but no transfer captures it"


def _held(session: Session) -> Iterator[str]:
    still = holds.c.state == HoldState.OPEN
    counted = select(holds.c.account.label("what"), holds.c.amount.label("figure")).where(still)
    kept = select(balances.c.account.label("what"), balances.c.held.label("figure"))
    for row in _differences(session, counted, kept):
        yield f"balance of account {row.what} says {row.kept} on hold, its open holds say {row.counted}"


def _owed(session: Session) -> Iterator[str]:
    """Work out what each account owes from the transfers of its debt."""
    debts = select(accounts.c.id).where(accounts.c.kind == AccountKind.DEBT)
    legs = union_all(
        select(transfers.c.credit.label("what"), transfers.c.amount.label("figure")).where(
            transfers.c.credit.in_(debts)
        ),
        select(transfers.c.debit, -transfers.c.amount).where(transfers.c.debit.in_(debts)),
    ).subquery()
    debtor = cast(accounts.c.owner, BigInteger).label("what")
    counted = select(debtor, (-legs.c.figure).label("figure")).join(accounts, accounts.c.id == legs.c.what)
    kept = select(balances.c.account.label("what"), balances.c.owed.label("figure"))
    for row in _differences(session, counted, kept):
        yield f"balance of account {row.what} says {row.kept} owed, the transfers say {row.counted}"


def _overdrawn(session: Session) -> Iterator[str]:
    for row in _rows(session, select(balances).where(balances.c.posted < balances.c.held)):
        yield f"account {row.account} has {row.posted} and {row.held} of it on hold"
    unrepaid = and_(balances.c.owed > 0, balances.c.posted > balances.c.held)
    for row in _rows(session, select(balances).where(unrepaid)):
        yield f"account {row.account} owes {row.owed} and has {row.posted - row.held} to repay it with"


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
    dear = select(redemptions.c.id, redemptions.c.price, redemptions.c.hold, holds.c.amount)
    other = redemptions.c.price != holds.c.amount
    for row in _rows(session, dear.join(holds, holds.c.id == redemptions.c.hold).where(other)):
        yield f"redemption {row.id} says it costs {row.price}, its hold {row.hold} says {row.amount}"


_CHECKS: tuple[Callable[[Session], Iterator[str]], ...] = (
    misfits_unsealed,
    _guards,
    _numbers,
    _transfer_shapes,
    _reversals,
    awards,
    awards_that_waited,
    awards_of_nothing,
    month_budgets,
    _captures,
    _held,
    _owed,
    _overdrawn,
    _stock,
    _codes,
    settlement_problems,
    fund_problems,
    early_seals,
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
