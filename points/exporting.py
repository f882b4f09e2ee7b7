"""The whole ledger as text, line by line, with accounts by kind and number: CSV, JSON lines, or Beancount."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from points.beancount_text import beancount_lines
from points.leaves import NAMES, Values, facts, pages, texts
from points.models import accounts, balances, transfers
from points.seals import headers

Watch = Callable[[int, int], object]
"""Hears how many of how many transfers were written."""

_FIRST = ("id", "at", "month", "kind", "debit", "credit", "amount", "rule", "rule_version", "minutes")
FIELDS = (*_FIRST, *(name for name in NAMES if name not in _FIRST))
COMPUTED = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so would be computed, not shown


class Format(StrEnum):
    BEANCOUNT = "beancount"
    CSV = "csv"
    JSONL = "jsonl"


def exported_books(session: Session, form: Format, watch: Watch | None = None) -> Iterator[str]:
    """Write the ledger in a format, a piece at a time, so that it is never in memory as a whole."""
    writers = {Format.BEANCOUNT: beancount_lines, Format.CSV: _csv, Format.JSONL: _jsonl}
    return writers[form](session, _watched(session, watch))


def _watched(session: Session, watch: Watch | None) -> Iterator[Sequence[Values]]:
    many = int(session.connection().execute(select(func.count()).select_from(transfers)).scalar_one())
    done = 0
    for rows in pages(session):
        yield rows
        done += len(rows)
        if watch is not None:
            watch(done, many)


def _csv(session: Session, read: Iterator[Sequence[Values]]) -> Iterator[str]:
    kinds: dict[int, str] = dict(session.connection().execute(select(accounts.c.id, accounts.c.kind)).all())
    yield _rows([FIELDS])
    for rows in read:
        yield _rows([_cells(facts(row), kinds) for row in rows])


def _cells(said: dict[str, Any], kinds: dict[int, str]) -> list[object]:
    named = {leg: f"{kinds.get(said[leg])}:{said[leg]}" for leg in ("debit", "credit")}
    return [_shown((said | named).get(field, "")) for field in FIELDS]


def _shown(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(COMPUTED) else value


def _rows(rows: Sequence[Sequence[object]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _jsonl(session: Session, read: Iterator[Sequence[Values]]) -> Iterator[str]:
    """Write accounts, transfers exactly as they are sealed, seals, and what is kept of each balance."""
    connection = session.connection()
    for account in connection.execute(select(accounts.c.id, accounts.c.kind).order_by(accounts.c.id)):
        yield _line("account", account._asdict())
    for rows in read:
        yield "".join(f'{{"transfer":{text.decode()}}}\n' for text in texts(rows))
    for header in headers(session):
        yield _line("seal", asdict(header) | {"hash": header.hash})
    for balance in connection.execute(select(balances).order_by(balances.c.account)):
        yield _line("balance", balance._asdict())


def _line(name: str, said: dict[str, Any]) -> str:
    return json.dumps({name: said}, separators=(",", ":"), ensure_ascii=False) + "\n"
