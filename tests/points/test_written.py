"""What SQLite writes of transfers is their canonical JSON, whatever is in them and of whatever kind."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points_town import NOON, settle
from sqlalchemy import insert
from sqlmodel import Session

from bot.database import writing_engine
from points import AccountKind, open_account
from points.leaves import PAGE, pages, texts
from points.models import transfers
from points.written import Writing

TYPED = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "team": TYPED,
            "rule": TYPED,
            "inputs": TYPED,
            "minutes": st.none() | st.integers(-(2**63), 2**63 - 1),
        }
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def on_sqlite(sqlite_tables_url: str) -> Iterator[Session]:
    engine = writing_engine(sqlite_tables_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def fill(session: Session, rows: list[dict[str, object]]) -> None:
    town = settle(session)
    issued = open_account(town.session, AccountKind.ISSUED, "community")
    mine = open_account(town.session, AccountKind.RESIDENT, "1")
    common = {"kind": "gift", "debit": issued, "credit": mine, "amount": 1, "at": NOON, "month": "2026-03"}
    filled = [
        {"key": str(number), "request_hash": bytes([number % 256])} | common | row
        for number, row in enumerate(rows)
    ]
    session.connection().execute(insert(transfers), filled)


def both_ways(session: Session, step: int = 2**62) -> None:
    """Read in steps, so that what was learnt from one page is used for the next."""
    expected = [text for rows in pages(session) for text in texts(rows)]
    last = max(row[0] for rows in pages(session, only=("id",)) for row in rows)
    writing = Writing(session, ("id", "amount"))
    ids: list[int] = []
    found: list[bytes] = []
    for above in range(0, last, step):
        for rows, written in writing.pages(above=above, upto=above + step):
            ids += [row[0] for row in rows]
            found += written
    assert found == expected
    assert ids == sorted(ids)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, step=st.integers(1, 4))
def test_sqlite_writes_what_is_written_here(
    on_sqlite: Session, rows: list[dict[str, object]], step: int
) -> None:
    with on_sqlite.begin_nested() as attempt:
        fill(on_sqlite, rows)
        both_ways(on_sqlite, step)
        attempt.rollback()


def test_more_kinds_than_are_learnt_and_more_than_a_page(session: Session) -> None:
    nullable = ("household", "team", "building", "grid", "rule", "link")
    fill(
        session,
        [
            {name: "x" for bit, name in enumerate(nullable) if number % 64 >> bit & 1}
            | {name: None for bit, name in enumerate(nullable) if not number % 64 >> bit & 1}
            for number in range(PAGE + 10)
        ],
    )
    both_ways(session)
    both_ways(session, 10)
