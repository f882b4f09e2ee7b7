"""Working out every award again, by its rule's version and its inputs, and what months gave and still owe."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlmodel import Session

from points.activities import VersionedRule, all_versions
from points.earnings import budgets, nothing_awarded, waiting_awards
from points.inputs import Inputs, read_inputs
from points.models import TransferKind, transfers
from points.rules import ActivityRule
from points.shelf import activities

PLAIN = "{}"  # the inputs of an award that nothing but rule and minutes made

_t, _w, _b, _a, _n = transfers.c, waiting_awards.c, budgets.c, activities.c, nothing_awarded.c


def awards(session: Session) -> Iterator[str]:
    """Name the transfers that award what their rule and inputs do not come to."""
    wrong = _Recomputed(session).wrong
    for row in _rows(session, _doubtful_awards()):
        if row.known is None:
            yield f"{_awards(row)}, which does not exist"
        elif row.inputs is None or row.inputs == PLAIN:
            yield f"{_awards(row)}, {_gives(row.amount, int(row.worth))}"
        else:
            yield from wrong(row, "transfer")


def awards_that_waited(session: Session) -> Iterator[str]:
    """Name the awards that wait wrongly, or were paid otherwise than they waited."""
    columns = (_w.id, _w.rule, _w.rule_version, _w.minutes, _w.inputs, _w.amount)
    wrong = _Recomputed(session).wrong
    for row in _rows(session, select(*columns)):
        yield from wrong(row, "waiting award")
    same = and_(_t.key == _w.key, _t.credit == _w.account, _t.amount <= _w.amount, _t.rule == _w.rule)
    paid = select(_w.id, _w.transfer).join(transfers, _t.id == _w.transfer).where(~same)
    for row in _rows(session, paid):
        yield f"waiting award {row.id} says transfer {row.transfer} paid it, but that one paid something else"


def awards_of_nothing(session: Session) -> Iterator[str]:
    """Name the transfers under a key by which an award came to nothing: a key stands for one thing, for ever.

    Looked at here, not at each posting: each kind of key is made by one rule, and no two share one.
    """
    taken = select(_t.id, _n.key, _n.rule).join(nothing_awarded, _n.key == _t.key).order_by(_t.id)
    for row in _rows(session, taken):
        yield f"transfer {row.id} has the key {row.key}, under which rule {row.rule} had given nothing"


def month_budgets(session: Session) -> Iterator[str]:
    """Name the months whose budget does not say what they gave by rules, or what waits for them."""
    owed = select(func.coalesce(func.sum(_w.amount), 0)).where(_w.due == _b.month, _w.transfer.is_(None))
    by_rule = and_(_t.kind == TransferKind.AWARD, _t.rule.is_not(None), _t.month.in_(select(_b.month)))
    given = dict(_rows(session, select(_t.month, func.sum(_t.amount)).where(by_rule).group_by(_t.month)))
    for row in _rows(session, select(_b.month, _b.issued, _b.promised, owed.scalar_subquery().label("owed"))):
        if row.issued != int(given.get(row.month, 0)):
            transfers_say = int(given.get(row.month, 0))
            yield f"budget of {row.month} says {row.issued} were given, the transfers say {transfers_say}"
        if row.promised != row.owed:
            waiting = int(row.owed)
            yield f"budget of {row.month} says {row.promised} are owed, the waiting awards say {waiting}"
    unknown = select(_w.id, _w.due).where(_w.transfer.is_(None), _w.due.not_in(select(_b.month)))
    for row in _rows(session, unknown):
        yield f"waiting award {row.id} waits for {row.due}, a month without a budget"


def _doubtful_awards() -> Select[Any]:
    """Look, in the database itself, at what rule and minutes explain; give what they do not, in one reading.

    Without inputs, which were not kept once, they say what was given up to a cap unknown.
    """
    worth = _a.points + _a.points_per_hour * func.coalesce(_t.minutes, 0) // 60
    columns = (_t.id, _t.rule, _t.rule_version, _t.minutes, _t.inputs, _t.amount)
    of_rule = and_(_a.code == _t.rule, _a.version == _t.rule_version)
    doubtful = or_(
        _a.id.is_(None),
        and_(_t.inputs.is_(None), _t.amount > worth),
        and_(_t.inputs == PLAIN, _t.amount != worth),
        _t.inputs != PLAIN,
    )
    joined = select(*columns, worth.label("worth"), _a.id.label("known"))
    joined = joined.select_from(transfers).outerjoin(activities, of_rule)
    return joined.where(_t.kind == TransferKind.AWARD, _t.rule.is_not(None), doubtful)


class _Recomputed:
    """Works out again, one row after the other, what more than rule and minutes made."""

    def __init__(self, session: Session) -> None:
        self._rules = {(one.rule.code, one.version): one for one in all_versions(session)}
        self._comes_to = lru_cache(maxsize=10_000)(self._reckon)  # most deeds are like others

    def wrong(self, row: Row[Any], what: str) -> Iterator[str]:
        """Say what is wrong with an award; nothing where its rule does not exist, which is said elsewhere."""
        if (row.rule, row.rule_version) not in self._rules:
            return
        worth = self._comes_to(row.rule, row.rule_version, row.minutes or 0, row.inputs)
        if worth is None:
            yield f"{what} {row.id} says inputs that cannot be: {row.inputs}"
        elif worth != row.amount:
            yield f"{_awards(row, what)}, {_gives(row.amount, worth)}"

    def _reckon(self, code: str, version: int, minutes: int, inputs: str) -> int | None:
        return _comes_to(self._rules[code, version], minutes, inputs)


def _comes_to(rule: VersionedRule, minutes: int, inputs: str) -> int | None:
    """Give what inputs come to; None where they are none, or not of this rule."""
    try:
        said = read_inputs(inputs)
        fits = said.written(rule.rule, minutes) == inputs and _is_of(rule.rule, said)
        return said.amount(rule.rule, minutes) if fits else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _is_of(rule: ActivityRule, said: Inputs) -> bool:
    """Tell whether a rule has the cap and the percents that inputs name."""
    if said.cap is None or said.left is None:
        fits = said.cap is None and said.left is None
    else:
        fits = said.cap in rule.caps and 0 <= said.left <= said.cap.points
    known = all(rule.multiplier.could_be(part, percent) for part, percent in said.percent.items())
    return fits and known and said.units >= 0


def _awards(row: Row[Any], what: str = "transfer") -> str:
    return f"{what} {row.id} awards {row.amount} by rule {row.rule} version {row.rule_version}"


def _gives(amount: int, worth: int) -> str:
    return f"which gives {worth} at most" if amount > worth else f"which gives {worth}"


def _rows(session: Session, query: Any) -> Iterator[Any]:
    return iter(session.connection().execute(query.execution_options(yield_per=1000)))
