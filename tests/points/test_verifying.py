from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from points_town import Town, settle
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.database import writing_engine
from points import Format, exported_books, verify, verify_sums
from points.ddl import append_only, missing_guards


@contextmanager
def unguarded(session: Session) -> Iterator[None]:
    """Let transfers be changed, as somebody with the database's own tools could."""
    drop = ["DROP TRIGGER {}"]
    if session.get_bind().dialect.name == "postgresql":
        drop = ["DROP TRIGGER {} ON transfer"]
    for guard in _guards(session):
        session.connection().execute(text(drop[0].format(guard)))
    yield
    for statement in append_only(session.get_bind().dialect.name):
        if not statement.startswith("CREATE FUNCTION"):
            session.connection().execute(text(statement))


def _guards(session: Session) -> list[str]:
    names = ["transfer_begins_at_one", "transfer_keeps_rows", "transfer_loses_none"]
    return [*names, "transfer_replaces_none"] if session.get_bind().dialect.name == "sqlite" else names


@pytest.fixture
def busy(town: Town) -> Town:
    town.earns(1, "first")
    code = town.redeems(1).code
    town.redeems(1, "haircut")
    town.hands_over(code)
    assert verify(town.session).problems == ()
    return town


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            "UPDATE balance SET posted = 351 WHERE account = 1",
            "balance of account 1 says 351, its transfers say 350",
        ),
        (
            "UPDATE balance SET held = 59 WHERE account = 1",
            "balance of account 1 says 59 on hold, its open holds say 60",
        ),
        (
            "UPDATE monthlytotal SET earned = 1 WHERE group_kind = 'building'",
            "month total of building b1 in 2026-03 says 1, the transfers say 500",
        ),
        (
            "DELETE FROM monthlytotal WHERE group_kind = 'resident'",
            "month total of account 1 in 2026-03 says 0, the transfers say 500",
        ),
        ("UPDATE reward SET taken = 2 WHERE code = 'rice'", "reward 1 says 2 are taken, its codes say 1"),
        (
            "UPDATE redemption SET price = 1500 WHERE id = 1",
            "redemption 1 says it costs 1500, its hold 1 says 150",
        ),
        (
            "UPDATE hold SET state = 'released', ended_at = '2026-03-10' WHERE id = 2",
            "redemption 2 is waiting, but its hold 2 is released",
        ),
        (
            "UPDATE hold SET state = 'released' WHERE id = 1",
            "transfer 2 captures hold 1, but not as it was held",
        ),
        (
            "UPDATE activity SET points = 499 WHERE code = 'garden'",
            "transfer 1 awards 500 by rule garden version 1, which gives 499 at most",
        ),
    ],
)
def test_each_damaged_row_is_named(busy: Town, damage: str, said: str) -> None:
    busy.session.connection().execute(text(damage))
    assert said in verify(busy.session).problems


def test_a_changed_transfer_is_found_by_what_no_longer_agrees(busy: Town) -> None:
    with unguarded(busy.session):
        busy.session.connection().execute(text("UPDATE transfer SET amount = 9999 WHERE id = 1"))
    problems = verify(busy.session).problems
    assert "transfer 1 awards 9999 by rule garden version 1, which gives 500 at most" in problems
    assert "balance of account 1 says 350, its transfers say 9849" in problems


def test_missing_guards_are_named(busy: Town) -> None:
    with unguarded(busy.session):
        assert missing_guards(busy.session.connection()) == _guards(busy.session)
        assert len(verify(busy.session).problems) == len(_guards(busy.session))
    assert verify(busy.session).sound


PUT_IN = (
    "INSERT INTO transfer (id, key, request_hash, kind, debit, credit, amount, at, month)"
    " SELECT {id}, 'forged', request_hash, 'gift', debit, credit, 7, at, month FROM transfer WHERE id = 1"
)


@pytest.mark.parametrize("number", [0, -1, -(2**40)])
def test_no_transfer_is_put_in_where_nobody_reads(busy: Town, number: int) -> None:
    with pytest.raises(DBAPIError, match="numbered from 1"), busy.session.begin_nested():
        busy.session.connection().execute(text(PUT_IN.format(id=number)))
    assert verify(busy.session).sound


@pytest.mark.parametrize("number", [0, -1])
def test_a_transfer_below_the_first_is_named_counted_and_written_out(busy: Town, number: int) -> None:
    with unguarded(busy.session):
        busy.session.connection().execute(text(PUT_IN.format(id=number)))
    for check in (verify, verify_sums):
        problems = check(busy.session).problems
        assert f"transfer {number} was put in past the ledger, which numbers from 1" in problems
        assert "balance of account 1 says 350, its transfers say 357" in problems
    assert f'"id":{number},' in "".join(exported_books(busy.session, Format.JSONL))


HOLLOW = {
    "sqlite": (
        "DROP TRIGGER {guard}",
        "CREATE TRIGGER {guard} BEFORE UPDATE ON {table} WHEN 0 BEGIN SELECT 1; END",
    ),
    "postgresql": (
        "DROP TRIGGER {guard} ON {table}",
        "CREATE TRIGGER {guard} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW WHEN (false)"
        " EXECUTE FUNCTION {table}_append_only()",
        "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}",
    ),
}


@pytest.mark.parametrize("table", ["transfer", "seal"])
def test_a_guard_that_was_hollowed_out_is_named(busy: Town, table: str) -> None:
    guard = f"{table}_keeps_rows"
    for statement in HOLLOW[busy.session.get_bind().dialect.name]:
        busy.session.connection().execute(text(statement.format(guard=guard, table=table)))
    [problem] = verify(busy.session).problems
    assert problem.endswith(f"trigger {guard} is missing, off, or another by that name")


@pytest.mark.parametrize("function", ["transfer_append_only", "seal_append_only"])
def test_a_guard_whose_function_does_nothing_is_named(postgres_tables_url: str, function: str) -> None:
    engine = writing_engine(postgres_tables_url)
    with Session(engine) as session:
        settle(session)
        assert verify(session).sound
        session.connection().execute(
            text(
                f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RETURN NEW; END $$"
            )
        )
        assert len(verify(session).problems) == 2
    engine.dispose()
