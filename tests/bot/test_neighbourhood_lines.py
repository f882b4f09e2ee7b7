"""The line index agrees with the standard parser, whatever the writer's style."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.neighbourhood import SAMPLE
from bot.neighbourhood.lines import Lines, header_above

VALUES = st.sampled_from(
    [
        "1",
        '"a"',
        '"# [x] = \\" y"',
        "'[[plan]] = '",
        '"""\n[a]\nb = 1\n"""',
        "'''\n[[c]]\n'''",
        '"""a"quoted""""',
        "[1, # one\n  2,\n]",
        '{a = 1, b.c = ["]"]}',
        "[[1], [2]]",
        "2026-01-01T00:00:00Z",
    ]
)
KEYS = st.sampled_from(["a", "b-1", '"q = [x]"', "'s.s'", "d.e", '"x".y'])
TABLES = st.sampled_from(["[t]", "[[u]]", "[ v . w ]", '[["q]q"]]', "[u.sub]", "[[u.deep]]"])
NOTES = st.sampled_from(["", "  # note = [1", "\t"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text of tables, keys, comments and empty lines; whether it is valid is for tomllib to say."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        lines.append(draw(TABLES) + draw(NOTES))
        keys = draw(st.lists(KEYS, unique=True, max_size=3))
        lines += [f"{key} = {draw(VALUES)}{draw(NOTES)}" for key in keys]
        lines += draw(st.lists(st.sampled_from(["", "# [x]", "   "]), max_size=2))
    return "\n".join(lines)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list) and value and all(isinstance(inner, dict) for inner in value):
        for number, inner in enumerate(value):
            yield from _paths(inner, (*path, number))


@given(documents())
def test_each_path_stands_on_a_line_that_names_it(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines, written = Lines(text), text.split("\n")
    for path in _paths(data):
        number = lines.of(path)
        assert number, path
        names = [part for part in path if isinstance(part, str)]
        assert any(name in written[number - 1] for name in names), (path, number)


def test_lines_of_the_sample_are_in_its_order() -> None:
    text = SAMPLE.read_text("utf-8")
    lines, written = Lines(text), text.splitlines()
    for path in _paths(tomllib.loads(text)):
        number = lines.of(path)
        assert number
        name = [part for part in path if isinstance(part, str)][-1]
        assert name in written[number - 1]


def test_numbers_count_entries_of_one_table() -> None:
    lines = Lines("[[a]]\nx = 1\n[[b]]\nx = 2\n[[a]]\n\nx = 3\n[a.c]\ny = [\n 1,\n]\nz = 4")
    assert lines.of(("a", 0, "x")) == 2
    assert lines.of(("b", 0, "x")) == 4
    assert lines.of(("a", 1, "x")) == 7
    assert lines.of(("a", 1, "c", "y")) == 9
    assert lines.of(("a", 1, "c", "z")) == 12
    assert lines.of(("a", 1, "missing")) == 5
    assert lines.of(("nothing",)) is None


@pytest.mark.parametrize(
    ("line", "header"), [(1, ""), (2, "[a]"), (3, "[a]"), (5, "[[b.c]]"), (9, "[[b.c]]")]
)
def test_a_broken_text_still_has_headers(line: int, header: str) -> None:
    assert header_above("x = 1\n[a] # a\ny ==\n\n [[ b.c ]]\nz = ", line) == header
