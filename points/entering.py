"""Writes a book: what was decided on it, folded, each table once."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, insert, update
from sqlmodel import Session

from points import on_postgresql, on_sqlite
from points.columns import Moment
from points.effects import Aside, Book, Effect, Freed, Line
from points.models import HoldState, holds, monthly_totals
from points.postings import grouped, own
from points.rows import LineRow, Move, ShareRow


def write(session: Session, book: Book) -> dict[str, int]:
    """Write what was decided; give the number of each transfer, old or new, by its key."""
    numbers = {key: first.transfer_id for key, first in book.known.items() if first.transfer_id is not None}
    if not book.effects:
        return numbers
    connection = session.connection()
    _write_holds(connection, book)
    fixed = on_sqlite if connection.dialect.name == "sqlite" else on_postgresql
    at = stored(connection.dialect)(book.now)
    lines = [line_row(effect, at) for effect in book.effects if isinstance(effect, Line)]
    numbers |= fixed.write(connection, lines, list(_moves(book)), list(_shares(book, at)))
    _unearn(connection, book)
    return numbers


@cache
def stored(dialect: Dialect) -> Any:
    """Give what turns a moment into what the driver stores, as the rest of the house does."""
    return Moment().dialect_impl(dialect).bind_processor(dialect)


def line_row(line: Line, at: Any) -> LineRow:
    """Give the row of a transfer, in the order of its columns."""
    posting, debt = line.posting, line.debt
    kind, *rest = own(posting)
    groups = grouped(line.groups)
    return (
        posting.key,
        line.fingerprint,
        at,
        line.month,
        *groups,
        kind.value,
        *rest,
        debt.value if debt is not None else None,
    )


def _moves(book: Book) -> Iterable[Move]:
    for account in sorted(book.posted.keys() | book.held.keys() | book.owing.keys()):
        move = (book.posted[account], book.held[account], book.owing[account])
        if any(move):
            yield (account, *move)


def _shares(book: Book, at: Any) -> Iterable[ShareRow]:
    """Give what was earned, always in one order, so that two units never wait for each other."""
    for (month, kind, key), earned in sorted(book.earned.items()):
        if earned > 0:
            yield month, kind, key, earned, at


def _unearn(connection: Connection, book: Book) -> None:
    less = [
        {"in_month": month, "of_kind": kind, "of_key": key, "less": -earned}
        for (month, kind, key), earned in sorted(book.earned.items())
        if earned < 0
    ]
    if less:
        connection.execute(_UNEARN, less)


def _write_holds(connection: Connection, book: Book) -> None:
    asides = [_aside(effect, book.now) for effect in book.effects if isinstance(effect, Aside)]
    if asides:
        connection.execute(insert(holds), asides)
    ended = [end for effect in book.effects for end in _ended(effect)]
    if ended:
        connection.execute(_END.values(ended_at=book.now), ended)


def _aside(aside: Aside, now: datetime) -> dict[str, Any]:
    return {
        "key": aside.key,
        "account": aside.account,
        "amount": aside.amount,
        "at": now,
        "state": HoldState.OPEN,
        "lapses_at": aside.lapses_at,
    }


def _ended(effect: Effect) -> Iterable[dict[str, Any]]:
    if isinstance(effect, Freed):
        yield {"number": effect.hold.id, "ended": effect.state}
    elif isinstance(effect, Line) and effect.posting.hold is not None:
        yield {"number": effect.posting.hold, "ended": HoldState.CAPTURED}


_END = update(holds).where(holds.c.id == bindparam("number")).values(state=bindparam("ended"))
# Who reached a total first stays first when points are taken back: the moment is left as it is.
_UNEARN = (
    update(monthly_totals)
    .where(
        monthly_totals.c.month == bindparam("in_month"),
        monthly_totals.c.group_kind == bindparam("of_kind"),
        monthly_totals.c.key == bindparam("of_key"),
    )
    .values(earned=monthly_totals.c.earned - bindparam("less"))
)
