"""A statement proves each of its entries by itself, and whatever is changed in it is found and named."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points_town import SHANGHAI, Town, seal_now
from sqlalchemy import text

from points import WrongStatement, check_statement, month_root, reverse, statement
from points.proofs import Header, canonical, leaf_hash

Proof = dict[str, Any]


@pytest.fixture
def busy(town: Town) -> Town:
    """Two months of a resident among others, a newer entry that is sealed, and one that is not."""
    for month in ("2026-03", "2026-04"):
        town.earns(1, f"{month} one")
        town.earns(2, f"{month} another's")
        seal_now(town.session, now=town.now)
        town.passes(hours=1)
        code = town.redeems(1, "haircut").code
        town.hands_over(code)
        seal_now(town.session, now=town.now)
        mistake = town.earns(1, f"{month} mistake").transfer_id
        reverse(town.session, transfer_id=mistake or 0, key=f"mend:{month}", now=town.now, zone=SHANGHAI)
        seal_now(town.session, now=town.now, month=month)
        town.passes(days=31)
    town.earns(1, "sealed, but not published")
    seal_now(town.session, now=town.now)
    town.earns(1, "not sealed")
    return town


def proof(town: Town, month: str | None = None) -> Proof:
    made = statement(town.session, resident_id=1, now=town.now, zone=SHANGHAI, month=month)
    again: Proof = json.loads(json.dumps(made.proof))
    return again


def checked(changed: Proof, root: str | None = None) -> Any:
    return check_statement(json.dumps(changed).encode(), root=root)


def test_each_entry_comes_with_the_balance_after_it(busy: Town) -> None:
    made = statement(busy.session, resident_id=1, now=busy.now, zone=SHANGHAI)
    moves = [(line.entry.amount, line.balance) for line in made.lines]
    assert moves[:4] == [(500, 500), (-60, 440), (500, 940), (-500, 440)]
    assert moves[-1][1] == busy.stands(1).available
    assert len(moves) == 10
    march = statement(busy.session, resident_id=1, now=busy.now, zone=SHANGHAI, month="2026-03")
    assert march.lines == made.lines[:4]
    april = statement(busy.session, resident_id=1, now=busy.now, zone=SHANGHAI, month="2026-04")
    assert april.lines == made.lines[4:8]


def test_every_entry_is_proven_by_the_published_root(busy: Town) -> None:
    root = month_root(busy.session, "2026-04")
    found = checked(proof(busy), root)
    assert (found.proven, found.newer, found.unsealed) == (8, 1, 1)
    assert (found.came, found.went) == (2000, 1120)
    assert (found.unproven_came, found.unproven_went) == (1000, 0)
    assert (found.root, found.root_month) == (root, "2026-04")
    assert checked(proof(busy)) == found
    assert checked(proof(busy), (root or "")[:32]) == found


def test_an_earlier_root_proves_what_was_there_then(busy: Town) -> None:
    found = checked(proof(busy), month_root(busy.session, "2026-03"))
    assert (found.proven, found.newer, found.unsealed) == (4, 5, 1)


def test_a_month_alone_is_proven_too(busy: Town) -> None:
    found = checked(proof(busy, "2026-04"), month_root(busy.session, "2026-04"))
    assert (found.proven, found.newer, found.unsealed) == (4, 0, 0)


def test_before_the_first_month_ends_there_is_no_root(town: Town) -> None:
    town.earns(1, "first")
    assert checked(proof(town)).unsealed == 1
    seal_now(town.session, now=town.now)
    found = checked(proof(town))
    assert (found.proven, found.newer, found.root) == (0, 1, None)


def test_who_never_had_points_has_an_empty_statement(town: Town) -> None:
    assert statement(town.session, resident_id=7, now=town.now, zone=SHANGHAI).lines == ()


def test_a_changed_amount_names_the_entry(busy: Town) -> None:
    changed = proof(busy)
    changed["entries"][2]["transfer"]["amount"] = 501
    number = changed["entries"][2]["transfer"]["id"]
    with pytest.raises(
        WrongStatement, match=rf"Entry {number} \(\+501, 2026-03-10\) is not what seal 3 covers"
    ):
        checked(changed)


def test_swapped_proofs_name_the_entry(busy: Town) -> None:
    changed = proof(busy)
    first, second = changed["entries"][2], changed["entries"][3]
    first["path"], second["path"] = second["path"], first["path"]
    with pytest.raises(WrongStatement, match=rf"Entry {first['transfer']['id']} .* its proof, was changed"):
        checked(changed)


def test_a_chain_cut_off_at_its_end_is_refused(busy: Town) -> None:
    root = month_root(busy.session, "2026-04")
    for left in range(len(proof(busy)["seals"])):
        changed = proof(busy)
        del changed["seals"][left:]
        with pytest.raises(WrongStatement, match=r"chain|cut short"):
            checked(changed, root)
        if left < 6:  # without the published root, the file's own is missing
            with pytest.raises(WrongStatement, match=r"chain|cut short"):
                checked(changed)


def test_a_chain_with_a_gap_or_cut_off_at_its_beginning_is_refused(busy: Town) -> None:
    changed = proof(busy)
    del changed["seals"][2]
    with pytest.raises(WrongStatement, match="Seal 4 does not follow from seal 2"):
        checked(changed)
    changed = proof(busy)
    del changed["seals"][0]
    with pytest.raises(WrongStatement, match="its seal 1 is not in the chain"):
        checked(changed)


def test_a_sealed_entry_cannot_pass_as_unsealed(busy: Town) -> None:
    changed = proof(busy)
    moved = changed["entries"].pop(0)["transfer"]
    changed["unsealed"].append(moved | {"amount": 900})
    with pytest.raises(WrongStatement, match=r"Entry 1 \(\+900, 2026-03-10\) is old enough to be sealed"):
        checked(changed)


def test_an_entry_of_somebody_else_or_twice_is_refused(busy: Town) -> None:
    changed = proof(busy)
    changed["account"] += 100
    with pytest.raises(WrongStatement, match="is no entry of account"):
        checked(changed)
    changed = proof(busy)
    changed["entries"].append(changed["entries"][0])
    with pytest.raises(WrongStatement, match="is there twice"):
        checked(changed)


def test_another_neighbourhoods_root_is_refused(busy: Town) -> None:
    with pytest.raises(WrongStatement, match="0000-0000-0000-0000-0000-0000-0000-0000"):
        checked(proof(busy), "0" * 64)


def forged_entry(changed: Proof, number: int) -> Proof:
    return dict(changed["unsealed"][0]) | {"id": number, "amount": 777_777}


def test_a_forged_entry_that_is_said_to_be_new_counts_as_not_proven(busy: Town) -> None:
    root = month_root(busy.session, "2026-04")
    honest = checked(proof(busy), root)
    changed = proof(busy)
    changed["unsealed"].append(forged_entry(changed, 99))
    found = checked(changed, root)
    assert (found.proven, found.came, found.went) == (honest.proven, honest.came, honest.went)
    assert (found.unsealed, found.unproven_came) == (2, 778_777)


def test_a_forged_seal_after_the_root_proves_nothing(busy: Town) -> None:
    root = month_root(busy.session, "2026-04")
    honest = checked(proof(busy), root)
    changed = proof(busy)
    last = Header(**{"month": None} | changed["seals"][-1])
    transfer = forged_entry(changed, last.upto + 5)
    leaf = leaf_hash(canonical(transfer)).hex()
    seal = {"id": last.id + 1, "kind": "hour", "above": last.upto, "upto": last.upto + 9, "size": 1}
    changed["seals"].append(seal | {"root": leaf, "previous": last.hash, "at": last.at})
    changed["entries"].append({"transfer": transfer, "seal": last.id + 1, "index": 0, "path": []})
    changed["unsealed"] = []
    found = checked(changed, root)
    assert (found.proven, found.came, found.went) == (honest.proven, honest.came, honest.went)
    assert (found.newer, found.unproven_came) == (2, 778_277)


def test_what_takes_away_by_a_negative_amount_is_refused(busy: Town) -> None:
    changed = proof(busy)
    changed["unsealed"][0]["amount"] = -5
    with pytest.raises(WrongStatement, match="is no entry of account"):
        checked(changed)


def test_what_was_changed_in_the_books_since_is_named(busy: Town) -> None:
    trigger = "transfer_keeps_rows"
    sqlite = busy.session.get_bind().dialect.name == "sqlite"
    drop = f"DROP TRIGGER {trigger}" if sqlite else f"DROP TRIGGER {trigger} ON transfer"
    busy.session.connection().execute(text(drop))
    busy.session.connection().execute(text("UPDATE transfer SET amount = 5000 WHERE id = 1"))
    with pytest.raises(WrongStatement, match=r"Entry 1 \(\+5000, 2026-03-10\) is not what seal 1 covers"):
        checked(proof(busy))


@pytest.mark.parametrize(
    "typed",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"kind": "linli statement"}',
        b"1" * 5000,
        rb'"\ud800"',
    ],
    ids=lambda typed: repr(typed[:20]),
)
def test_what_is_no_statement_is_said_in_one_sentence(typed: bytes) -> None:
    with pytest.raises(WrongStatement, match=r"^This is no statement of Linli: [^\n]*\.$"):
        check_statement(typed)


def leaves_of(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the file where a number or a word stands."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if inner is None:
        return [way]
    return [place for key, value in inner for place in leaves_of(value, (*way, key))]


NOT_HASHED = ("how", "made", "month", "root_month")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_of_the_proven_part_is_changed_is_found(busy: Town, data: st.DataObject) -> None:
    """Anything but what only explains the file, and what no published root covers yet."""
    original = proof(busy)
    root = month_root(busy.session, "2026-04") or ""
    end = next(place for place, one in enumerate(original["seals"]) if one.get("month") == "2026-04")
    places = [
        way
        for way in leaves_of(original)
        if way[0] not in (*NOT_HASHED, "root", "unsealed")
        and not (way[0] == "entries" and way[1] == 8)
        and not (way[0] == "seals" and way[1] > end)
    ]
    way = data.draw(st.sampled_from(places))
    changed = deepcopy(original)
    node = changed
    for step in way[:-1]:
        node = node[step]
    before = node[way[-1]]
    node[way[-1]] = (
        before + 1 if isinstance(before, int) else before[:-1] + ("0" if before[-1] != "0" else "1")
    )
    with pytest.raises(WrongStatement):
        checked(changed, root)
