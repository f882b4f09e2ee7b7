"""Stories of books with something in them that nobody can read: said plainly, and named to who keeps them."""

import sqlite3
from contextlib import closing

import pytest

from points import verify
from shoppers import balance, earns
from town import Town


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE transfer SET at = 'garbage' WHERE id = 1", "transfer 1 keeps no at"),
        ("UPDATE transfer SET rule = CAST(x'62ff' AS TEXT) WHERE id = 1", "transfer 1 keeps no rule"),
        ("UPDATE account SET owner = CAST(x'62ff' AS TEXT) WHERE kind = 'resident'", "keeps no owner"),
    ],
)
async def test_who_asks_for_their_points_hears_what_to_do_and_others_are_served(
    sqlite_town_url: str, town_on_sqlite: Town, damage: str, named: str
) -> None:
    mei, bo = await town_on_sqlite.resident("Mei"), await town_on_sqlite.resident("阿宝", language="zh")
    await earns(town_on_sqlite, mei, "first")
    assert await balance(mei) == 20
    _damage(sqlite_town_url.removeprefix("sqlite:///"), damage)
    await mei.says("/points")
    if "account" not in damage:
        await mei.hears("Please tell", "025-", "cannot be read")
        await bo.says("/points")
        await bo.sees(lambda one: one.text.startswith("⭐"), "the balance")
    problems = (await town_on_sqlite.app.database.read(verify)).problems
    assert any(named in one and one.endswith("that can be read") for one in problems)
    await mei.says("/help")
    await mei.hears("⭐")


def _damage(file: str, statement: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
        for _, sql in guards:
            database.execute(sql)
