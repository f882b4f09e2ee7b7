"""Writes into docs/architecture.md what the code says of itself: `make docs`."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
ROOMS = ("points", "drills", "bot")


def modules() -> list[Path]:
    """Give every module of the three rooms, packages before what is in them."""
    return sorted(
        (path for room in ROOMS for path in (ROOT / room).rglob("*.py")),
        key=lambda path: (ROOMS.index(path.relative_to(ROOT).parts[0]), path.parent, path.name),
    )


def first_line(module: Path) -> str:
    """Give the first line of a module's docstring, or nothing."""
    return (ast.get_docstring(ast.parse(module.read_text("utf-8"))) or "").partition("\n")[0]


def listed() -> dict[str, str]:
    """Give what is generated on the page, by the mark it stands between."""
    return {"doors": _doors(), "modules": _modules()}


def written(page: str) -> str:
    """Give the page as it should be."""
    for mark, text in listed().items():
        before, begin, rest = page.partition(f"<!-- {mark} -->\n")
        _, end, after = rest.partition(f"<!-- /{mark} -->")
        if not end:
            raise ValueError(f"docs/architecture.md has no place for {mark}")
        page = f"{before}{begin}{text}\n{end}{after}"
    return page


def _doors() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    return "\n".join(f"- {contract['name']}" for contract in contracts)


def _modules() -> str:
    lines: list[str] = []
    for module in modules():
        folder = module.parent.relative_to(ROOT).as_posix()
        if module.name == "__init__.py":
            lines += ["", f"### {folder}/", "", first_line(module), ""]
        elif module.parent.name == "versions":
            lines.append(f"- `versions/{module.name}`: {first_line(module)}")
        else:
            lines.append(f"- `{module.name}`: {first_line(module)}")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
