"""Plans follow the neighbourhood's file, and are found in what people type."""

from dataclasses import replace

import pytest
from callout_street import FLOOD, GAS, NOW, TREE, Street

from bot import callouts
from bot.callouts import UnknownPlan

TYPED = (
    ("flood", "flood", ""),
    ("FLOOD water at the gate", "flood", "water at the gate"),
    ("ＦＬＯＯＤ　3号楼", "flood", "3号楼"),
    ("内涝3号楼进水", "flood", "3号楼进水"),
    ("内 涝：地下车库", "flood", "地下车库"),
    ("gas leak in b1", "gas-leak", "in b1"),
    ("GasLeak\nin b1", "gas-leak", "in b1"),
    ("gas-leak, b1", "gas-leak", "b1"),
    ("  Fallen tree", "tree", ""),
    ("floodlights are out", None, "floodlights are out"),
    ("gas", None, "gas"),
    ("", None, ""),
    ("🌊", None, "🌊"),
)


def test_second_reading_of_the_same_file_changes_nothing(street: Street) -> None:
    assert callouts.synchronise_plans(street.session, (FLOOD, GAS, TREE), NOW) == callouts.Synchronised(
        (), (), ()
    )


def test_changed_plan_gets_a_new_version_and_the_order_follows_the_file(street: Street) -> None:
    changed = callouts.synchronise_plans(street.session, (TREE, GAS, replace(FLOOD, needed=12)), NOW)
    assert changed.changed == ("flood",)
    versions = [(plan.code, plan.version) for plan in callouts.plans(street.session)]
    assert versions == [("tree", 1), ("gas-leak", 1), ("flood", 2)]


def test_removed_plan_is_retired_and_comes_back(street: Street) -> None:
    assert callouts.synchronise_plans(street.session, (GAS, TREE), NOW).retired == ("flood",)
    with pytest.raises(UnknownPlan):
        callouts.plan_by_code(street.session, "flood")
    assert callouts.synchronise_plans(street.session, (GAS, TREE), NOW).retired == ()
    callouts.synchronise_plans(street.session, (FLOOD, GAS, TREE), NOW)
    assert callouts.plan_by_code(street.session, "flood").version == 1


def test_plan_is_recognised_at_the_start_of_what_was_typed(street: Street) -> None:
    for typed, code, rest in TYPED:
        plan, left = callouts.recognise(street.session, typed)
        assert (typed, plan.code if plan else None, left) == (typed, code, rest)
