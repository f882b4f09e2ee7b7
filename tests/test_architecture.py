"""What docs/architecture.md and the style of the house promise about every module."""

import ast
from pathlib import Path

import pytest
from architecture import PAGE, ROOT, first_line, modules, written

LONGEST_LINE = 110
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
# A migration is written by Alembic once and never changed, and is as long as its tables have columns.
WRITTEN_BY_HAND = [module for module in modules() if module.parent.name != "versions"]


def _name(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def test_the_page_says_of_each_module_what_the_module_says_of_itself() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page), "docs/architecture.md is out of date: run `make docs`"


@pytest.mark.parametrize("module", modules(), ids=_name)
def test_each_module_begins_with_one_line_that_says_what_it_is_for(module: Path) -> None:
    line = first_line(module)
    assert line.endswith("."), f"{_name(module)}: no first line that ends in a period"
    assert len(line) <= LONGEST_LINE


def test_no_function_is_longer_than_can_be_read_at_a_glance() -> None:
    long = {
        f"{_name(module)} {function.name}": length
        for module in WRITTEN_BY_HAND
        for function in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert not long, f"over {LONGEST_FUNCTION} lines: {long}"


def test_no_file_is_longer_than_can_be_held_in_the_head() -> None:
    lengths = {_name(module): len(module.read_text("utf-8").splitlines()) for module in WRITTEN_BY_HAND}
    long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert not long, f"over {LONGEST_FILE} lines: {long}"
