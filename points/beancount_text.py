"""The ledger in Beancount's language, so that another program adds it up and finds what is kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from points.leaves import Values, facts
from points.models import AccountKind, accounts, balances, transfers
from points.seals import SealKind, headers

UNIT = "POINT"
_ROOTS = {AccountKind.ISSUED: "Equity", AccountKind.EXPIRED: "Expenses", AccountKind.REDEEMED: "Expenses"}
_TOLD = ("id", "at", "month", "key", "minutes", "household", "team", "building", "grid", "hold", "reverses")


def beancount_lines(session: Session, read: Iterator[Sequence[Values]]) -> Iterator[str]:
    """Write accounts, transfers, months' seals, and at the end what is kept of each balance as assertions.

    Dates are those of UTC, so that no settings are needed to read them.
    """
    names = {row.id: _name(row.kind, row.id) for row in _accounts(session)}
    first, last = _days(session)
    yield f'option "title" "Linli: neighbourhood points"\noption "operating_currency" "{UNIT}"\n'
    yield f"{first} commodity {UNIT}\n"
    for name in names.values():
        yield f"{first} open {name} {UNIT}\n"
    moved: Counter[int] = Counter()
    for rows in read:
        yield "".join(_transaction(facts(row), names, moved) for row in rows)
    for header in headers(session):
        if header.kind == SealKind.MONTH:
            yield f'{header.at[:10]} event "seal of {header.month}" "{header.hash}"\n'
    kept = {row.account: row.posted for row in session.connection().execute(select(balances))}
    for account, name in names.items():
        yield f"{last + timedelta(days=1)} balance {name} {kept.get(account, moved[account])} {UNIT}\n"


def _accounts(session: Session) -> Iterator[Any]:
    return iter(session.connection().execute(select(accounts.c.id, accounts.c.kind).order_by(accounts.c.id)))


def _name(kind: AccountKind, number: int) -> str:
    """Name an account by what it holds for Beancount, its kind and its number, such as Assets:Resident:12."""
    return f"{_ROOTS.get(kind, 'Assets')}:{kind.value.replace('_', '-').title()}:{number}"


def _days(session: Session) -> tuple[date, date]:
    """Give the first and the last day on which anything was posted."""
    query = select(func.min(transfers.c.at), func.max(transfers.c.at))
    first, last = session.connection().execute(query).one()
    never = date(1970, 1, 1)
    return (first.date(), last.date()) if first else (never, never)


def _transaction(said: dict[str, Any], names: dict[int, str], moved: Counter[int]) -> str:
    debit, credit, amount = said["debit"], said["credit"], said["amount"]
    moved[credit] += amount
    moved[debit] -= amount
    rule = f"{said['rule']} v{said.get('rule_version', 1)}" if "rule" in said else ""
    lines = [f"{said['at'][:10]} * {_quoted(said['kind'])} {_quoted(rule)}"]
    lines += [f"  {_meta(name)}: {_quoted(said[name])}" for name in _TOLD if name in said]
    lines += [f"  {names[credit]} {amount} {UNIT}", f"  {names[debit]} {-amount} {UNIT}"]
    return "\n".join(lines) + "\n"


def _meta(name: str) -> str:
    return "transfer" if name == "id" else name


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
