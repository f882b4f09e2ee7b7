"""The ledger as others read it: Beancount finds the same balances, and every line says what was sealed."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Balance, Open, Transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points_town import NOON, SHANGHAI, Town, seal_now
from sqlalchemy import insert, text
from sqlmodel import Session

from points import Format, exported_books, reverse
from points.leaves import pages
from points.models import transfers
from points.proofs import leaf_hash, root_of
from points.seals import headers

MONEY = {"Assets:Resident", "Assets:Merchant", "Equity:Issued", "Expenses:Redeemed", "Expenses:Expired"}


@pytest.fixture
def busy(town: Town) -> Town:
    town.earns(1, "first")
    town.earns(2, "second")
    town.passes(days=1)
    town.hands_over(town.redeems(1).code)
    mistake = town.earns(2, 'a "mistake" \\ with signs').transfer_id
    reverse(town.session, transfer_id=mistake or 0, key="mend", now=town.now, zone=SHANGHAI)
    seal_now(town.session, now=town.now, month="2026-03")
    town.redeems(1, "haircut")
    return town


def exported(session: Session, form: Format) -> str:
    return "".join(exported_books(session, form))


def read(written: str) -> tuple[list, list]:
    entries, errors, _ = loader.load_string(written)
    return entries, errors


def test_beancount_adds_up_to_what_is_kept(busy: Town) -> None:
    entries, errors = read(exported(busy.session, Format.BEANCOUNT))
    assert errors == []
    balances = {entry.account: entry.amount.number for entry in entries if isinstance(entry, Balance)}
    assert {name.rpartition(":")[0] for name in balances} <= MONEY
    kept = busy.session.connection().execute(text("SELECT account, posted FROM balance")).all()
    for account, posted in kept:
        [name] = [name for name in balances if name.endswith(f":{account}")]
        assert balances[name] == posted
    assert sum(balances.values()) == 0
    assert len([entry for entry in entries if isinstance(entry, Open)]) == len(balances)
    assert len([entry for entry in entries if isinstance(entry, Transaction)]) == 5


@pytest.mark.parametrize("damage", ["UPDATE balance SET posted = posted + 1 WHERE account = 1"])
def test_beancount_finds_a_balance_that_was_changed(busy: Town, damage: str) -> None:
    busy.session.connection().execute(text(damage))
    _, errors = read(exported(busy.session, Format.BEANCOUNT))
    assert [error.message.split(":")[0] for error in errors] == ["Balance failed for 'Assets"]


def test_bean_check_itself_agrees(busy: Town, tmp_path: Path) -> None:
    file = tmp_path / "points.beancount"
    file.write_text(exported(busy.session, Format.BEANCOUNT), "utf-8")
    judge = Path(sys.executable).with_name("bean-check")
    done = subprocess.run([judge, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_empty_ledger_is_written_too(session: Session) -> None:
    assert read(exported(session, Format.BEANCOUNT))[1] == []
    assert exported(session, Format.JSONL) == ""
    assert exported(session, Format.CSV).count("\n") == 1


def test_lines_of_json_are_enough_to_find_the_sealed_root(busy: Town) -> None:
    written = exported(busy.session, Format.JSONL)
    lines = [json.loads(line) for line in written.splitlines()]
    raw = [line[12:-1] for line in written.splitlines() if line[2:10] == "transfer"]
    [sealed] = [line["seal"] for line in lines if "seal" in line]
    assert root_of([leaf_hash(line.encode()) for line in raw]).hex() == sealed["root"]
    assert sealed["hash"] == next(headers(busy.session)).hash
    kinds = {line["account"]["kind"] for line in lines if "account" in line}
    assert kinds == {"resident", "issued", "merchant"}
    kept = next(line["balance"] for line in lines if "balance" in line)
    assert kept.items() >= {"account": 1, "posted": 350, "held": 60}.items()


def test_a_spreadsheet_gets_accounts_by_kind_and_number(busy: Town) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(busy.session, Format.CSV), newline="")))
    assert len(rows) == 5
    assert (rows[0]["debit"], rows[0]["credit"], rows[0]["amount"]) == ("issued:2", "resident:1", "500")
    assert rows[0]["at"] == "2026-03-10T04:00:00.000000Z"
    assert rows[3]["kind"] == "award"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_whatever_a_key_holds_can_be_read_again(busy: Town, key: str) -> None:
    with busy.session.begin_nested() as attempt:
        row = {"key": f"{key}!", "request_hash": b"", "kind": "gift", "debit": 2, "credit": 1, "amount": 1}
        busy.session.connection().execute(
            insert(transfers), row | {"at": NOON, "month": "2026-03", "rule": f"={key}"}
        )
        busy.session.connection().execute(text("UPDATE balance SET posted = posted + 1 WHERE account = 1"))
        entries, errors = read(exported(busy.session, Format.BEANCOUNT))
        assert errors == []
        told = [entry.meta["key"] for entry in entries if isinstance(entry, Transaction)]
        assert f"{key}!" in told
        rows = list(csv.DictReader(io.StringIO(exported(busy.session, Format.CSV), newline="")))
        assert rows[-1]["rule"] == f"'={key}"
        last = [
            line for line in exported(busy.session, Format.JSONL).split("\n") if line[2:10] == "transfer"
        ][-1]
        assert json.loads(last)["transfer"]["key"] == f"{key}!"
        attempt.rollback()


def test_no_name_and_no_owner_is_written(busy: Town) -> None:
    for form in Format:
        assert "corner-shop" not in exported(busy.session, form)


def test_pages_are_read_once(busy: Town) -> None:
    heard: list[tuple[int, int]] = []
    list(exported_books(busy.session, Format.CSV, lambda done, of: heard.append((done, of))))
    assert heard == [(5, 5)]
    assert sum(len(page) for page in pages(busy.session, above=0)) == 5
