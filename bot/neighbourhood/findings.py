"""How the checks look into the file as it is written, and what they say of it."""

from typing import Any, NamedTuple


class Finding(NamedTuple):
    """A path into the file, and what is wrong there."""

    path: tuple[str | int, ...]
    text: str


def rows(data: dict[str, Any], table: str) -> list[tuple[int, dict[str, Any]]]:
    """Give the entries of a table that is written with two brackets, with their numbers."""
    entries = data.get(table)
    if not isinstance(entries, list):
        return []
    return [(number, entry) for number, entry in enumerate(entries) if isinstance(entry, dict)]


def codes(data: dict[str, Any], table: str) -> list[str]:
    """Give the codes of a table's entries, as far as they are texts."""
    return [row["code"] for _, row in rows(data, table) if isinstance(row.get("code"), str)]


def root_code(data: dict[str, Any]) -> str | None:
    """Give the community's own code, under which it is the root of the areas."""
    community = data.get("community")
    code = community.get("code") if isinstance(community, dict) else None
    return code if isinstance(code, str) else None


def choices(known: set[str | None]) -> str:
    """Say what could be written instead."""
    listed = sorted(code for code in known if code)
    return f"write one of {', '.join(listed[:12])}{', …' if len(listed) > 12 else ''}"
