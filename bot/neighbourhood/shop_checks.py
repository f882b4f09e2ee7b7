"""What must hold between rewards, merchants and sponsors, and in the pictures that rewards name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.neighbourhood.findings import Finding, choices, codes, root_code, rows
from bot.neighbourhood.kinds import lies_beside
from bot.neighbourhood.model import COMMUNITY_PAYS

LARGEST_PICTURE = 2 * 1024 * 1024
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def of_shops(data: dict[str, Any]) -> Iterator[Finding]:
    """Check areas and payers of rewards, and the codes of sponsors."""
    yield from _areas(data)
    yield from _sponsor_codes(data)
    yield from _payers(data)
    yield from _costs(data)


def of_pictures(data: dict[str, Any], folder: Path) -> Iterator[Finding]:
    """Check that each picture lies beside the file, is one, and is small enough to be sent."""
    for number, row in rows(data, "reward"):
        written = row.get("picture")
        if isinstance(written, str) and lies_beside(written) and (fault := _fault(folder / written)):
            yield Finding(("reward", number, "picture"), f'"{written}" {fault}')


def _fault(file: Path) -> str | None:
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            start = opened.read(max(map(len, SIGNATURES)))
    except OSError:
        return "is not there or cannot be read; put the picture beside this file"
    if not start.startswith(SIGNATURES):
        return "is neither PNG nor JPEG; save the picture as one of them"
    if size > LARGEST_PICTURE:
        return f"has {size // 1024} KiB; make it smaller than {LARGEST_PICTURE // 1024}"
    return None


def _areas(data: dict[str, Any]) -> Iterator[Finding]:
    known = {*codes(data, "area"), root_code(data)}
    for number, row in rows(data, "reward"):
        written = row.get("areas")
        for area in written if isinstance(written, list) else ():
            if isinstance(area, str) and area not in known:
                yield Finding(("reward", number, "areas"), f'"{area}" is no [[area]]; {choices(known)}')


def _sponsor_codes(data: dict[str, Any]) -> Iterator[Finding]:
    """A payer is named by one word, so no two kinds of payers may share one."""
    merchants = _merchants(data)
    for number, row in rows(data, "sponsor"):
        code = row.get("code")
        if code == COMMUNITY_PAYS or code in merchants:
            whose = "means the community itself" if code == COMMUNITY_PAYS else "is a merchant's code"
            yield Finding(("sponsor", number, "code"), f'"{code}" {whose}; choose another')


def _payers(data: dict[str, Any]) -> Iterator[Finding]:
    sponsors = set(codes(data, "sponsor"))
    for number, row in rows(data, "reward"):
        payer, own = row.get("payer"), row.get("merchant")
        known: set[str | None] = {COMMUNITY_PAYS, *sponsors, own if isinstance(own, str) else None}
        if isinstance(payer, str) and payer not in known:
            yield Finding(
                ("reward", number, "payer"),
                f'"{payer}" is neither the community, this merchant nor a [[sponsor]]; {choices(known)}',
            )


def _costs(data: dict[str, Any]) -> Iterator[Finding]:
    budgets = {row.get("code"): row.get("budget_fen") for _, row in rows(data, "sponsor")}
    for number, row in rows(data, "reward"):
        payer, cost = row.get("payer"), row.get("cost_fen")
        if payer is not None and cost is None:
            yield Finding(
                ("reward", number, "payer"), "pays nothing yet; write cost_fen, such as 2500 for 25 yuan"
            )
        budget = budgets.get(payer) if isinstance(payer, str) else None
        if isinstance(budget, int) and isinstance(cost, int) and cost > budget:
            yield Finding(
                ("reward", number, "cost_fen"),
                f"{cost} is more than {payer} pays in a whole month ({budget}); write less, or more there",
            )


def _merchants(data: dict[str, Any]) -> set[Any]:
    return {*codes(data, "merchant"), *(row.get("merchant") for _, row in rows(data, "reward"))} - {None}
