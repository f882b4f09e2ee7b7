"""What the pages say about commands, settings and libraries is what there is; no machine shows through."""

import re
import shlex
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer
from architecture import ROOT, modules
from typer.core import TyperGroup

from bot.cli import app
from bot.settings import Settings, outside

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SECTIONS = {
    "To run": PROJECT["project"]["dependencies"],
    "To develop": PROJECT["dependency-groups"]["dev"],
}


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _dependency(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found[0].lower()


def _tracked(pattern: str, *beside: str) -> list[str]:
    """Give the lines of tracked text files that match; a source archive without git has nothing to ask."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a git working tree")
    command = ["git", "grep", "-nIiP", pattern, "--", ".", *(f":!{path}" for path in beside)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode in (0, 1), found.stderr
    return found.stdout.splitlines()


def _told(program: str) -> list[tuple[str, list[str]]]:
    """Give each use of a program that a page tells of: the page's name and the words after the program."""
    inline = re.compile(rf"(?<!`)`((?:\.venv/bin/)?{program} [^`\n]+)`")
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in [*inline.findall(text), *"".join(blocks).splitlines()]:
            words = [word for word in shlex.split(line, comments=True) if word != "…"]
            if words and words[0].removeprefix(".venv/bin/") == program:
                found.append((page.name, words[1:]))
    return found


@pytest.mark.parametrize(("page", "words"), _told("make"))
def test_each_make_target_that_a_page_names_exists(page: str, words: list[str]) -> None:
    targets = set(re.findall(r"^(\w+):", _text("Makefile"), re.MULTILINE))
    assert {word for word in words if "=" not in word} <= targets, page


@pytest.mark.parametrize(("page", "words"), _told("linli"))
def test_each_command_line_that_a_page_names_exists(page: str, words: list[str]) -> None:
    command, rest = typer.main.get_command(app), list(words)
    while isinstance(command, TyperGroup) and rest and rest[0] != "--help":
        assert rest[0] in command.commands, f"{page}: there is no `linli {' '.join(words)}`"
        command = command.commands[rest.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("-")} <= options | {"--help"}, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_within_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_settings_on_the_page_are_those_that_are_read() -> None:
    rows = re.findall(r"^\| `(LINLI_\w+)` \| (?:`(.*?)`|none) \|", _text("docs/operations.md"), re.MULTILINE)
    fields = Settings.model_fields.items()
    defaults = {outside(name): "" if field.default is None else str(field.default) for name, field in fields}
    assert dict(rows) == defaults


@pytest.mark.parametrize("section", SECTIONS)
def test_each_dependency_is_explained_and_none_other(section: str) -> None:
    text = _text("docs/dependencies.md").partition(f"## {section}\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^- `([^`]+)`: .+ (?:Kept|Typst) by ", text, re.MULTILINE)
    assert sorted(explained) == sorted(map(_dependency, SECTIONS[section]))


def test_whatever_the_rooms_import_is_a_dependency_of_our_own() -> None:
    given = packages_distributions()
    source = "\n".join(module.read_text("utf-8") for module in modules())
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE)) & given.keys()
    ours = {_dependency(requirement) for requirement in SECTIONS["To run"]} | {"linli", "pydantic-core"}
    strangers = {
        name for name in imported if not ours & {one.lower().replace("_", "-") for one in given[name]}
    }
    assert not strangers


def test_the_lock_holds_each_dependency_with_hashes() -> None:
    lock = _text("requirements.lock")
    locked = set(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", lock, re.MULTILINE))
    assert {_dependency(one) for section in SECTIONS.values() for one in section} <= locked
    assert lock.count("--hash=sha256:") >= len(locked)


def test_no_file_names_a_package_registry() -> None:
    hosts = r"\bpypi\.[a-z]|pythonhosted\.|npmjs\.|(index|find)[-_](url|links)\s*[ =:]"
    assert _tracked(hosts) == []
    assert "://" not in _text("requirements.lock")


def test_no_file_shows_the_machine_it_was_written_on() -> None:
    assert _tracked(r"(?<![\w.~:*])/(?:home|root|Users|work|tmp)/\w") == []


def test_the_licence_is_there_and_is_the_one_that_is_named() -> None:
    assert PROJECT["project"]["license"] == "MIT"
    assert _text("LICENSE").startswith("MIT License")
