from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from points_town import Town
from sqlalchemy import text
from sqlmodel import Session

from points import verify
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
    names = ["transfer_keeps_rows", "transfer_loses_none"]
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
