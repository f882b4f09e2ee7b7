"""What was done to sealed transfers, or to the seals themselves, is named: which row, and which seal."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from points_town import NOON, SHANGHAI, Town, seal_now, settle
from sqlalchemy import insert, text, update
from sqlmodel import Session

from bot.database import writing_engine
from points import (
    AccountKind,
    check_seals,
    ddl,
    live_together,
    month_root,
    open_account,
    reverse,
    seal_guards,
    short_root,
    verify,
)
from points.accounts import own_account
from points.holding import place_hold, release_hold
from points.models import transfers
from points.seals import leaves_of, seals

SEAL_1 = "seal 1 of 2026-03-10T04:00:00.000000Z"
SEAL_2 = "seal 2 of 2026-03-10T05:00:00.000000Z"


@pytest.fixture
def sealed(town: Town) -> Town:
    """Five transfers under two seals, and one that is not sealed yet."""
    for number in range(3):
        town.earns(1, f"before {number}")
    seal_now(town.session, now=town.now)
    town.passes(hours=1)
    town.earns(1, "between")
    town.earns(2, "between too")
    seal_now(town.session, now=town.now, month="2026-03")
    town.earns(3, "after")
    found = verify(town.session)
    assert (found.problems, found.transfers, found.seals) == ((), 6, 2)
    return town


@contextmanager
def unguarded(session: Session) -> Iterator[None]:
    """Let everything be changed, as somebody with the database's own tools could."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    for table in ("transfer", "seal"):
        names = [f"{table}_keeps_rows", f"{table}_loses_none", f"{table}_replaces_none"][: 2 + sqlite]
        for guard in names + ["transfer_begins_at_one"] * (table == "transfer"):
            statement = f"DROP TRIGGER {guard}" if sqlite else f"DROP TRIGGER {guard} ON {table}"
            session.connection().execute(text(statement))
    yield
    for guards in (ddl, seal_guards):
        for statement in guards.append_only(session.get_bind().dialect.name):
            if not statement.startswith("CREATE FUNCTION"):
                session.connection().execute(text(statement))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            "UPDATE transfer SET amount = 501 WHERE id = 2",
            f"transfer 2 was changed after {SEAL_1} was set",
        ),
        (
            "UPDATE transfer SET building = 'b2' WHERE id = 5",
            f"transfer 5 was changed after {SEAL_2} was set",
        ),
        (
            "UPDATE transfer SET at = '2026-03-10 04:00:00.000001' WHERE id = 1",
            f"transfer 1 was changed after {SEAL_1} was set",
        ),
        (
            "DELETE FROM transfer WHERE id = 3",
            f"1 of the 3 transfers under {SEAL_1} is gone, after transfer 2",
        ),
        (
            "DELETE FROM transfer WHERE id = 1",
            f"1 of the 3 transfers under {SEAL_1} is gone, at its beginning",
        ),
        ("DELETE FROM transfer WHERE id = 6", "balance of account 4 says 500, its transfers say 0"),
        ("DELETE FROM seal WHERE id = 1", f"{SEAL_2} follows seal 0: one between them is missing"),
        ("UPDATE seal SET upto = 2 WHERE id = 1", f"{SEAL_1} is not as it was set"),
        ("UPDATE seal SET upto = 2 WHERE id = 1", f"{SEAL_2} does not follow from seal 1"),
        ("UPDATE seal SET month = '2026-04' WHERE id = 2", f"{SEAL_2} is not as it was set"),
        ("UPDATE seal SET root = hash WHERE id = 2", f"{SEAL_2} is not as it was set"),
        ("UPDATE seal SET hash = root WHERE id = 1", f"{SEAL_2} does not follow from seal 1"),
        (
            "UPDATE seal SET leaves = hash WHERE id = 2",
            f"the hashes kept with {SEAL_2} were changed",
        ),
    ],
)
def test_each_damage_to_what_was_sealed_is_named(sealed: Town, damage: str, said: str) -> None:
    with unguarded(sealed.session):
        sealed.session.connection().execute(text(damage))
    assert said in verify(sealed.session).problems


def test_a_transfer_put_in_below_a_seal_is_named(sealed: Town) -> None:
    with unguarded(sealed.session):
        sealed.session.connection().execute(text("UPDATE transfer SET id = 7 WHERE id = 2"))
        sealed.session.connection().execute(text("UPDATE transfer SET id = 2 WHERE id = 6"))
    assert f"transfer 2 was changed after {SEAL_1} was set" in verify(sealed.session).problems


def test_seals_without_guards_are_named(sealed: Town) -> None:
    with unguarded(sealed.session):
        problems = verify(sealed.session).problems
    assert any("keeps seals from being changed: trigger seal_keeps_rows" in problem for problem in problems)
    assert verify(sealed.session).sound


def test_a_published_root_must_be_that_of_a_month(sealed: Town) -> None:
    published = month_root(sealed.session, "2026-03")
    assert published is not None
    assert verify(sealed.session, root=published).sound
    assert verify(sealed.session, root=published[:32]).sound
    wrong = verify(sealed.session, root="0" * 64).problems
    with unguarded(sealed.session):
        sealed.session.connection().execute(text("DELETE FROM seal WHERE id = 2"))
    assert verify(sealed.session).sound  # only what was published tells that the end was cut off
    assert not verify(sealed.session, root=published).sound
    assert wrong == ("no month of these books ended with the seal 0000-0000-0000-0000-0000-0000-0000-0000",)


STRAY = (
    "INSERT INTO seal (id, kind, month, above, upto, size, root, previous, hash, at, leaves)"
    " SELECT {id}, 'month', '2020-01', 0, 0, 0, root, leaves, {hash}, at, leaves FROM seal WHERE id = 1"
)


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_rewritten_books_do_not_pass_by_keeping_the_published_root_aside(sealed: Town, number: int) -> None:
    """Neither as the hash that is kept with the last seal, nor in a seal that is out of place."""
    session = sealed.session
    published = month_root(session, "2026-03") or ""
    sqlite = session.get_bind().dialect.name == "sqlite"
    kept = f"x'{published}'" if sqlite else f"'\\x{published}'::bytea"
    with unguarded(session):
        session.connection().execute(text("DELETE FROM seal"))
        session.connection().execute(text("UPDATE transfer SET building = 'b2' WHERE id = 2"))
    seal_now(session, now=NOON)
    seal_now(session, now=sealed.now, month="2026-03")
    assert f"no month of these books ended with the seal {short_root(published)}" in (
        verify(session, root=published).problems
    )
    session.connection().execute(text(STRAY.format(id=number, hash=kept)))
    problems = verify(session, root=published).problems
    assert f"no month of these books ended with the seal {short_root(published)}" in problems
    assert any(problem.startswith(f"seal {number} of 2026-03-10") for problem in verify(session).problems)


def test_a_month_that_was_sealed_before_it_was_over_is_named(town: Town) -> None:
    """Also among seals that are in order, and not for what was posted within the minutes of sealing."""
    town.earns(1, "in March")
    seal_now(town.session, now=town.now, month="2026-02")
    seal_now(town.session, now=town.now, month="2026-03")
    town.passes(minutes=5)
    town.earns(1, "while it was sealed")
    assert verify(town.session).sound
    town.passes(hours=1)
    town.earns(1, "an hour later")
    seal_now(town.session, now=town.now, month="2026-04")
    [problem] = verify(town.session).problems
    assert problem == (
        "seal 2 ended 2026-03 too early: 1 transfer that counts in that month or before"
        " came after it, the first is transfer 3"
    )


APRIL = datetime(2026, 3, 31, 16, tzinfo=UTC)  # its first moment in the neighbourhood


def test_no_month_ended_early_because_somebody_moved_house_after_it(town: Town) -> None:
    for resident_id in (1, 2):
        town.earns(resident_id, f"by {resident_id}")
    seal_now(town.session, now=APRIL, month="2026-03")
    live_together(town.session, household="9", residents=[1, 2], now=APRIL + timedelta(days=4))
    assert verify(town.session).problems == ()


def test_no_month_ended_early_because_a_debt_was_repaid_just_after_it(town: Town) -> None:
    wrong = town.earns(1, "wrong").transfer_id or 0
    held = place_hold(town.session, account=own_account(town.session, 1), amount=300, key="held", now=NOON)
    reverse(town.session, transfer_id=wrong, key="mended", now=NOON, zone=SHANGHAI)
    seal_now(town.session, now=APRIL, month="2026-03")
    release_hold(town.session, hold=held, now=APRIL + timedelta(hours=4))
    assert verify(town.session).problems == ()


MISFITS = [
    ("UPDATE transfer SET inputs = x'ff00' WHERE id = 2", "transfer 2 keeps no inputs"),
    ("UPDATE transfer SET at = x'ff00' WHERE id = 2", "transfer 2 keeps no at"),
    ("UPDATE transfer SET at = CAST(at AS BLOB) WHERE id = 2", "transfer 2 keeps no at"),
    ("UPDATE transfer SET minutes = x'ff00' WHERE id = 2", "transfer 2 keeps no minutes"),
    ("UPDATE transfer SET minutes = x'30' WHERE id = 2", "transfer 2 keeps no minutes"),
    ("UPDATE transfer SET household = CAST(household AS BLOB) WHERE id = 2", "transfer 2 keeps no household"),
    ("UPDATE seal SET above = 'garbage' WHERE id = 1", "seal 1 keeps no above"),
    ("UPDATE seal SET root = 'text' WHERE id = 1", "seal 1 keeps no root"),
    ("UPDATE seal SET at = '1.5' WHERE id = 1", "seal 1 keeps no at"),
    ("UPDATE seal SET kind = 'year' WHERE id = 1", "seal 1 keeps no kind"),
    ("UPDATE balance SET posted = x'ff00' WHERE account = 1", "balance 1 keeps no posted"),
    (
        "UPDATE monthlytotal SET earned = 'much' WHERE group_kind = 'building'",
        "monthlytotal 2026-03 building b1 keeps no earned",
    ),
    ("UPDATE account SET kind = 'ghost' WHERE id = 1", "account 1 keeps no kind"),
    ("UPDATE transfer SET household = CAST(x'62ff31' AS TEXT) WHERE id = 2", "transfer 2 keeps no household"),
    ("UPDATE transfer SET key = CAST(x'62ff31' AS TEXT) WHERE id = 2", "transfer 2 keeps no key"),
    (
        "UPDATE monthlytotal SET key = CAST(x'62ff31' AS TEXT) WHERE group_kind = 'building'",
        "monthlytotal 2026-03 building b\ufffd1 keeps no key",
    ),
]


@pytest.mark.parametrize(("damage", "said"), MISFITS)
def test_what_cannot_be_read_is_named(sqlite_tables_url: str, damage: str, said: str) -> None:
    """Whoever has the file can put in what its columns are not made for; PostgreSQL takes none of it."""
    engine = writing_engine(sqlite_tables_url)
    with Session(engine) as session:
        town = settle(session)
        for number in range(3):
            town.earns(1, f"deed {number}")
        seal_now(session, now=town.now)
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        with unguarded(session):
            session.connection().exec_driver_sql(damage)
        assert f"{said} that can be read" in verify(session).problems
        if damage.startswith(("UPDATE transfer", "UPDATE seal")):
            assert f"{said} that can be read" in check_seals(session)
    engine.dispose()


UNSEALED = [
    *(
        (f"UPDATE transfer SET at = '{at}' WHERE id = 2", "transfer 2 keeps no at")  # noqa: S608
        for at in (
            *("garbage", "2026-03-10", "2026-02-30 04:00:00", "2026-03-10 24:00:00", "0000-03-10 04:00:00"),
            *("2026-03-10 04:00:00.1", "2026-03-10 04:00:00.000000 ", "2026-03-10T04:00:00", ""),
        )
    ),
    ("UPDATE transfer SET key = CAST(x'62ff31' AS TEXT) WHERE id = 2", "transfer 2 keeps no key"),
    ("UPDATE transfer SET key = CAST(x'6200ff' AS TEXT) WHERE id = 2", "transfer 2 keeps no key"),
    ("UPDATE account SET owner = CAST(x'62ff31' AS TEXT) WHERE id = 1", "account 1 keeps no owner"),
    ("UPDATE hold SET key = CAST(x'62ff31' AS TEXT) WHERE id = 1", "hold 1 keeps no key"),
    ("UPDATE activity SET code = CAST(x'62ff31' AS TEXT) WHERE id = 1", "activity 1 keeps no code"),
]


@pytest.mark.parametrize(("damage", "said"), UNSEALED)
def test_what_cannot_be_read_is_named_before_a_seal_covers_it(
    sqlite_tables_url: str, damage: str, said: str
) -> None:
    engine = writing_engine(sqlite_tables_url)
    with Session(engine) as session:
        town = settle(session)
        for number in range(3):
            town.earns(1, f"deed {number}")
        place_hold(session, account=own_account(session, 1), amount=5, key="held", now=NOON)
        assert verify(session).sound
        with unguarded(session):
            session.connection().exec_driver_sql(damage)
        assert f"{said} that can be read" in verify(session).problems
    engine.dispose()


LOOKALIKES = [
    'UPDATE transfer SET household = household || \'","inputs":"x\' WHERE id = 2',
    "UPDATE transfer SET household = household || char(0) || 'x' WHERE id = 2",
    "UPDATE transfer SET household = NULL, grid = household WHERE id = 2",
    "UPDATE transfer SET team = '' WHERE id = 2",
    "UPDATE transfer SET team = 'null' WHERE id = 2",
    "UPDATE transfer SET at = replace(at, ' ', 'T') WHERE id = 2",
    "UPDATE transfer SET at = at || char(0) WHERE id = 2",
    "UPDATE transfer SET request_hash = lower(hex(request_hash)) WHERE id = 2",
    "UPDATE transfer SET request_hash = CAST(request_hash AS TEXT) WHERE id = 2",
    "UPDATE transfer SET minutes = 0.5 WHERE id = 2",
]


@pytest.mark.parametrize("damage", LOOKALIKES)
def test_what_looks_alike_is_not_taken_for_the_same(sqlite_tables_url: str, damage: str) -> None:
    """Whether SQLite wrote the leaf, as it does for kinds of transfers it has met, or it was written here."""
    engine = writing_engine(sqlite_tables_url)
    with Session(engine) as session:
        town = settle(session)
        for number in range(3):
            town.earns(1, f"deed {number}")
        seal_now(session, now=town.now)
        town.earns(1, "one more")
        seal_now(session, now=town.now)
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        for number in (2, 4):  # the second seal is checked when its kind of transfer is known
            with unguarded(session):
                session.connection().exec_driver_sql(damage.replace("id = 2", f"id = {number}"))
            problems = check_seals(session)
            assert any(problem.startswith(f"transfer {number} was changed after") for problem in problems)
    engine.dispose()


def test_hashes_that_are_kept_twice_are_no_reason_to_stop(sealed: Town) -> None:
    kept = update(seals).where(seals.c.id == 1).values(leaves=leaves_of(sealed.session, 1)[0] * 3)
    with unguarded(sealed.session):
        sealed.session.connection().exec_driver_sql("DELETE FROM transfer WHERE id = 3")
        sealed.session.connection().execute(kept)
    problems = verify(sealed.session).problems
    assert f"{SEAL_1} does not hold, and the hashes kept with it were changed too" in problems
    assert f"transfer 2 was changed after {SEAL_1} was set" in problems


def raw(session: Session, key: str) -> None:
    """Write a transfer without reading anything."""
    row = {"key": key, "request_hash": b"", "kind": "gift", "debit": 1, "credit": 2, "amount": 1}
    session.connection().execute(insert(transfers), row | {"at": NOON, "month": "2026-03"})


def test_who_slipped_below_a_seal_is_named(postgres_tables_url: str) -> None:
    """And why finding what is settled and sealing it are units of their own: here they are one."""
    engine = writing_engine(postgres_tables_url, connections=4)
    with Session(engine) as first:
        open_account(first, AccountKind.ISSUED, "community")
        open_account(first, AccountKind.REDEEMED, "community")
        first.commit()
    with Session(engine) as slow, Session(engine) as hasty, Session(engine) as quick:
        raw(slow, "a lower id, still open")
        raw(quick, "a higher id")
        quick.commit()
        hasty.connection().execute(text("SELECT 1 FROM due")).all()
        with ThreadPoolExecutor(1) as threads:
            sealing = threads.submit(lambda: seal_now(hasty, now=NOON))
            slow.commit()
            assert sealing.result(timeout=30).size == 1
        hasty.commit()
    with Session(engine) as session:
        assert f"transfer 1 was changed or put in after {SEAL_1} was set" in verify(session).problems
    engine.dispose()


def test_the_watcher_hears_how_far_it_got(sealed: Town) -> None:
    heard: list[tuple[int, int]] = []
    verify(sealed.session, lambda done, of: heard.append((done, of)))
    assert heard == [(3, 6), (5, 6), (6, 6)]
