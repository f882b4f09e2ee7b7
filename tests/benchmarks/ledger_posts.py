"""Posting through the public way: units of work on an open database, by callers at once, or in batches."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from bot.database import Database
from points import AccountKind, Groups, Posting, TransferKind, community_account, post, post_one
from points.accounts import open_accounts
from points.ddl import append_only
from points.postings import NO_GROUPS

RESIDENTS = 10_000
ZONE = ZoneInfo("Asia/Shanghai")
_numbers = count(1)


@dataclass
class Books:
    """Accounts to post between; every posting has a key of its own."""

    issued: int
    residents: list[int]
    luck: Random = field(default_factory=lambda: Random(1))

    def award(self) -> Posting:
        """Make an award that counts for a household, a team, a building and a grid too."""
        place = self.luck.randrange(RESIDENTS)
        groups = Groups(f"h{place // 3}", f"t{place % 5}", f"b{place // 50}", f"g{place // 500}")
        return self._posting(TransferKind.AWARD, self.issued, self.residents[place], groups)

    def award_alone(self) -> Posting:
        """Make an award that counts for the resident alone: one month total."""
        return self._posting(TransferKind.AWARD, self.issued, self.luck.choice(self.residents), NO_GROUPS)

    def issue(self) -> Posting:
        """Make a transfer from the one account that all points come from."""
        return self._posting(TransferKind.GIFT, self.issued, self.luck.choice(self.residents))

    def gift(self) -> Posting:
        """Make a transfer between two of ten thousand."""
        giver, taker = self.luck.sample(self.residents, 2)
        return self._posting(TransferKind.GIFT, giver, taker)

    def _posting(self, kind: TransferKind, debit: int, credit: int, groups: Groups = NO_GROUPS) -> Posting:
        key = f"fact:{next(_numbers)}:resident:{credit}"
        if kind is TransferKind.AWARD:
            return Posting(key, kind, debit, credit, 5, groups, "callout", 1, 60)
        return Posting(key, kind, debit, credit, 5)


def open_books(session: Session) -> Books:
    """Open the accounts, and give everybody enough to give from."""
    issued = community_account(session, AccountKind.ISSUED)
    opened = open_accounts(session, AccountKind.RESIDENT, [str(number) for number in range(RESIDENTS)])
    books = Books(issued, list(opened.values()))
    first = [
        Posting(f"first:{account}", TransferKind.GIFT, issued, account, 10_000) for account in opened.values()
    ]
    for start in range(0, len(first), 1000):
        post(session, first[start : start + 1000], datetime.now(UTC), zone=ZONE)
    return books


@dataclass(frozen=True)
class Rate:
    """Transfers a second, and how long the slowest hundredth waited at least."""

    each_second: float
    p99: float


async def by_callers(database: Database, make: Callable[[], Posting], callers: int, seconds: float) -> Rate:
    """Let some callers post one transfer after the other, each a unit of work of its own."""
    waits: list[float] = []
    began = time.perf_counter()

    async def call() -> None:
        while (asked := time.perf_counter()) < began + seconds:
            await database.write(post_one, make(), datetime.now(UTC), zone=ZONE)
            waits.append(time.perf_counter() - asked)

    await asyncio.gather(*(call() for _ in range(callers)))
    took = time.perf_counter() - began
    return Rate(len(waits) / took, sorted(waits)[int(len(waits) * 0.99)])


async def in_batches(database: Database, make: Callable[[], Posting], size: int, seconds: float) -> float:
    """Post batches in a unit of work each; give transfers a second, not counting the time to make them."""
    done, spent = 0, 0.0
    while spent < seconds:
        batch = [make() for _ in range(size)]
        began = time.perf_counter()
        outcomes = await database.write(post, batch, datetime.now(UTC), zone=ZONE)
        spent += time.perf_counter() - began
        done += len(outcomes)
    return done / spent


def without_guards(session: Session) -> None:
    """Let transfers be changed, as they may be where nothing keeps them."""
    for guard in ("keeps_rows", "loses_none", "replaces_none", "begins_at_one"):
        session.connection().execute(text(f"DROP TRIGGER transfer_{guard}"))


def with_guards(session: Session) -> None:
    for statement in append_only("sqlite"):
        session.connection().execute(text(statement))


@contextmanager
def without_fingerprints() -> Iterator[None]:
    """Let every request look like every other."""
    with (
        patch("points.deciding.fingerprint", lambda _posting: b""),
        patch("points.alone.fingerprint", lambda _posting: b""),
    ):
        yield
