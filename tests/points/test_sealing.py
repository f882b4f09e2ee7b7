"""Every transfer is sealed once, in order, and nothing can slip below a seal or change one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points_town import NOON, Town, seal_now, settle
from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.database import writing_engine
from points import AccountKind, TransferKind, month_root, open_account, seal, settled_upto
from points.leaves import PAGE, facts, hashes, pages, texts
from points.models import transfers
from points.proofs import NOTHING_BEFORE, canonical, root_of
from points.seals import headers, leaves_of, seals

ATTACKS = {
    "sqlite": (
        "UPDATE seal SET size = 7",
        "DELETE FROM seal",
        "INSERT OR REPLACE INTO seal SELECT * FROM seal",
    ),
    "postgresql": ("UPDATE seal SET size = 7", "DELETE FROM seal", "TRUNCATE seal"),
}

TYPED = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def rows(session: Session) -> list:
    return [row for page in pages(session, above=0) for row in page]


def many(session: Session, count: int) -> None:
    """Write transfers without the rules: a page is two thousand."""
    issued = open_account(session, AccountKind.ISSUED, "community")
    mine = open_account(session, AccountKind.RESIDENT, "1")
    common = {"kind": TransferKind.GIFT, "debit": issued, "credit": mine, "at": NOON, "month": "2026-03"}
    written = [
        {"key": f"k{number}", "request_hash": b"", "amount": number + 1} | common for number in range(count)
    ]
    session.connection().execute(insert(transfers), written)


def test_a_seal_covers_what_was_posted_since_the_last_and_names_it(town: Town) -> None:
    town.earns(1, "first")
    town.earns(2, "second")
    assert seal_now(town.session, now=town.now).size == 2
    town.passes(hours=1)
    assert seal_now(town.session, now=town.now).size == 0  # nothing new: no seal
    town.earns(1, "third")
    seal_now(town.session, now=town.now)
    first, second = headers(town.session)
    assert (first.id, first.above, first.upto, first.size, first.kind) == (1, 0, 2, 2, "hour")
    assert (second.id, second.above, second.upto, second.size) == (2, 2, 3, 1)
    assert first.previous == NOTHING_BEFORE.hex()
    assert second.previous == first.hash
    assert second.at == "2026-03-10T05:00:00.000000Z"
    leaves = hashes(rows(town.session))
    assert leaves_of(town.session, 1) == leaves[:2]
    assert first.root == root_of(leaves[:2]).hex()


def test_a_month_has_its_own_seal_once_also_without_a_transfer(town: Town) -> None:
    town.earns(1, "first")
    assert seal_now(town.session, now=town.now, month="2026-03").size == 1
    assert seal_now(town.session, now=town.now, month="2026-03").size == 0
    assert seal_now(town.session, now=town.now, month="2026-04").size == 0
    march, april = headers(town.session)
    assert (march.month, march.kind, march.size) == ("2026-03", "month", 1)
    assert (april.month, april.size, april.root) == ("2026-04", 0, root_of([]).hex())
    assert month_root(town.session, "2026-03") == march.hash == april.previous
    assert month_root(town.session, "2026-05") is None


def test_what_a_long_pause_left_is_sealed_page_by_page_and_the_month_at_its_end(session: Session) -> None:
    many(session, PAGE + 1)
    assert seal_now(session, now=NOON, month="2026-03").more
    assert month_root(session, "2026-03") is None
    last = seal_now(session, now=NOON, month="2026-03")
    assert (last.size, last.more) == (1, False)
    assert [(one.kind, one.size) for one in headers(session)] == [("hour", PAGE), ("month", 1)]
    assert month_root(session, "2026-03") is not None


def test_seals_cannot_be_changed_in_the_database(town: Town) -> None:
    town.earns(1, "first")
    seal_now(town.session, now=town.now)
    for attack in ATTACKS[town.session.get_bind().dialect.name]:
        with pytest.raises(DBAPIError, match="append-only"), town.session.begin_nested():
            town.session.connection().execute(text(attack))


def test_the_chain_cannot_fork(town: Town) -> None:
    town.earns(1, "first")
    seal_now(town.session, now=town.now)
    kept = town.session.connection().execute(seals.select()).one()._asdict()
    with pytest.raises(DBAPIError), town.session.begin_nested():
        town.session.connection().execute(insert(seals), kept | {"id": 2, "hash": bytes(32)})


def test_a_leaf_says_what_the_row_says(town: Town) -> None:
    town.now = datetime(2026, 3, 10, 4, 0, 0, 7, tzinfo=UTC)
    town.earns(1, "first", minutes=5)
    [row] = rows(town.session)
    said = facts(row)
    assert said["at"] == "2026-03-10T04:00:00.000007Z"
    assert said["amount"] == 500
    assert said["minutes"] == 5
    assert (said["kind"], said["household"], said["key"]) == ("award", "h1", "first")
    assert len(said["request_hash"]) == 64
    assert "reverses" not in said
    assert texts([row]) == [canonical(said)]


def test_a_moment_is_hashed_in_one_way_however_sqlite_keeps_it(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        open_account(session, AccountKind.ISSUED, "community")
        open_account(session, AccountKind.REDEEMED, "community")
        for number, kept in enumerate(("2026-03-10 04:00:00", "2026-03-10 04:00:00.000000")):
            statement = "INSERT INTO transfer (key, request_hash, kind, debit, credit, amount, at, month)"
            values = {"key": str(number), "at": kept}
            session.connection().execute(
                text(f"{statement} VALUES (:key, '', 'gift', 1, 2, 1, :at, '2026-03')"), values
            )
        assert {facts(row)["at"] for row in rows(session)} == {"2026-03-10T04:00:00.000000Z"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=4
    )
)
def test_whatever_a_column_holds_is_written_as_json_writes_it(town: Town, typed: list[str]) -> None:
    with town.session.begin_nested() as attempt:
        issued = open_account(town.session, AccountKind.ISSUED, "community")
        mine = open_account(town.session, AccountKind.RESIDENT, "1")
        common = {
            "kind": "gift",
            "debit": issued,
            "credit": mine,
            "amount": 1,
            "at": NOON,
            "month": "2026-03",
        }
        written = [
            {"key": f"{number}{word}", "request_hash": b"\x00\xff", "rule": word} | common
            for number, word in enumerate(typed)
        ]
        town.session.connection().execute(insert(transfers), written)
        found = rows(town.session)
        assert [facts(row)["rule"] for row in found] == typed
        assert texts(found) == [canonical(facts(row)) for row in found]
        attempt.rollback()


# ---- PostgreSQL: ids become visible out of order ----


@pytest.fixture
def engine(postgres_tables_url: str) -> Iterator[Engine]:
    engine = writing_engine(postgres_tables_url, connections=4)
    with Session(engine) as session:
        settle(session)
        Town(session).earns(9, "the accounts are there")
        session.commit()
    yield engine
    engine.dispose()


def post(session: Session, amount: int) -> int:
    """Write one transfer and read nothing, so that nobody has anything in common with another."""
    row = {
        "key": f"gift of {amount}",
        "request_hash": b"",
        "kind": TransferKind.GIFT,
        "debit": 1,
        "credit": 2,
    }
    row |= {"amount": amount, "at": NOON, "month": "2026-03"}
    return int(session.connection().execute(insert(transfers).returning(transfers.c.id), row).scalar_one())


def waits_for_a_lock(watcher: Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'transfer'::regclass"
    return bool(watcher.execute(text(waiting)).scalar_one())


@pytest.mark.parametrize("before", ["SELECT 1", "SELECT count(*) FROM transfer"])
def test_an_open_poster_cannot_slip_below_what_is_sealed(engine: Engine, before: str) -> None:
    """Also where the unit shares its transaction with others, whose reads fixed the moment that it sees."""

    def settle_upto() -> int:
        with Session(engine) as session:
            session.connection().execute(text(before))
            upto = settled_upto(session)
            session.commit()
        return upto

    with (
        Session(engine) as slow,
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher,
        ThreadPoolExecutor(1) as threads,
    ):
        low = post(slow, 1)  # took its id first, and is still open
        with Session(engine) as quick:
            high = post(quick, 2)  # took its id later, and is done
            quick.commit()
        assert low < high
        settling = threads.submit(settle_upto)
        while not waits_for_a_lock(watcher):
            assert not settling.done(), "it found settled what an open poster may still change"
        slow.commit()
        upto = settling.result(timeout=30)
    with Session(engine) as session:
        assert seal(session, upto=upto, now=NOON).size == 3
        [only] = headers(session)
        assert only.upto == high
        assert leaves_of(session, only.id) == hashes(rows(session))


def test_who_posts_while_it_is_settled_comes_after_it(engine: Engine) -> None:
    with (
        Session(engine) as settling,
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher,
        ThreadPoolExecutor(1) as threads,
    ):
        upto = settled_upto(settling)

        def post_later() -> int:
            with Session(engine) as session:
                number = post(session, 1)
                session.commit()
            return number

        posting = threads.submit(post_later)
        while not waits_for_a_lock(watcher):
            assert not posting.done(), "it posted beside who looks what is settled"
        settling.commit()
        assert posting.result(timeout=30) > upto


def test_of_two_sealers_at_once_one_seals(engine: Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        assert list(headers(other)) == []
        seal_now(one, now=NOON)
        one.commit()
        with pytest.raises(DBAPIError):
            seal(other, upto=1, now=NOON)
    with Session(engine) as session:
        assert len(list(headers(session))) == 1
