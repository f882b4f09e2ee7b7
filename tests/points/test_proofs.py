"""The trees are those of RFC 6962, and a proof holds for one leaf at one place and for no other."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.proofs import BadProof, Header, canonical, leaf_hash, path_to, root_by_path, root_of

# The leaves and roots that implementations of RFC 6962 test themselves with.
INPUTS = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
INPUTS.append(bytes(range(0x60, 0x70)))
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_that_others_find(count: int) -> None:
    assert root_of([leaf_hash(text) for text in INPUTS[:count]]).hex() == ROOTS[count - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 300), st.data())
def test_each_leaf_leads_to_the_root_from_its_own_place_alone(count: int, data: st.DataObject) -> None:
    tree = leaves(count)
    index, other = (data.draw(st.integers(0, count - 1)) for _ in range(2))
    path = path_to(tree, index)
    assert root_by_path(tree[index], index=index, size=count, path=path) == root_of(tree)
    if other != index:
        with pytest.raises((BadProof, AssertionError)):
            assert root_by_path(tree[other], index=index, size=count, path=path) == root_of(tree)
        with pytest.raises((BadProof, AssertionError)):
            assert root_by_path(tree[index], index=other, size=count, path=path) == root_of(tree)


@given(st.integers(1, 40), st.data())
def test_a_path_of_another_length_proves_nothing(count: int, data: st.DataObject) -> None:
    tree = leaves(count)
    index = data.draw(st.integers(0, count - 1))
    path = path_to(tree, index)
    for wrong in (path[:-1], [*path, bytes(32)]):
        if wrong != path:
            with pytest.raises(BadProof):
                root_by_path(tree[index], index=index, size=count, path=wrong)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (5, -1)])
def test_a_place_outside_the_tree_proves_nothing(index: int, size: int) -> None:
    with pytest.raises(BadProof):
        root_by_path(bytes(32), index=index, size=size, path=[])


def test_what_is_hashed_is_written_in_one_way() -> None:
    facts = {"b": 2, "a": 'says "水"\n', "none": None}
    assert canonical(facts) == '{"a":"says \\"水\\"\\n","b":2}'.encode()


def test_a_seals_hash_changes_with_everything_it_says() -> None:
    said = {
        "id": 1,
        "kind": "hour",
        "month": None,
        "above": 0,
        "upto": 2,
        "size": 2,
        "root": "aa",
        "previous": "bb",
    }
    first = Header(**said, at="2026-03-10T04:00:00.000000Z")
    changes = {"id": 2, "kind": "month", "month": "2026-03", "above": 1, "upto": 3, "size": 1, "root": "ab"}
    others = {Header(**said | {name: value}, at=first.at).hash for name, value in changes.items()}
    others |= {Header(**said | {"previous": "bc"}, at=first.at).hash, Header(**said, at="2027").hash}
    assert len(others | {first.hash}) == len(changes) + 3
