"""Reads community.toml and says everything that is wrong with it at once."""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.neighbourhood.checks import between_tables
from bot.neighbourhood.findings import Finding
from bot.neighbourhood.kinds import OFFERED
from bot.neighbourhood.lines import Lines, header_above
from bot.neighbourhood.model import Merchant, Neighbourhood, Reward
from bot.neighbourhood.problems import Problem, UnreadableNeighbourhood
from bot.neighbourhood.sentences import header, sentence
from bot.neighbourhood.shop_checks import of_pictures, of_shops

SAMPLE = Path(__file__).parents[1] / "sample" / "community.toml"
_PLACE = re.compile(r" \((?:at line (?P<line>\d+), column \d+|at end of document)\)$")
_FULL_WIDTH = "＝“”‘’，［］｛｝＂＃：．"


def load(path: Path) -> Neighbourhood:
    """Read the neighbourhood's file.

    Raises:
        UnreadableNeighbourhood: the file is absent, not TOML, or says something that cannot be.
    """
    text = _text_of(path)
    data = _parsed(path, text)
    neighbourhood, findings = _checked(data, path.parent)
    if neighbourhood is None or findings:
        lines = Lines(text)
        problems = [_problem(finding, data, lines) for finding in findings]
        problems.sort(key=lambda problem: problem.line or 0)
        raise UnreadableNeighbourhood(path, tuple(problems))
    return _with_every_merchant(_with_pictures(neighbourhood, path.parent))


def json_schema() -> dict[str, Any]:
    """Describe the file to editors."""
    return Neighbourhood.model_json_schema(by_alias=True)


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _alone(path, None, "there is no such file; `linli init` writes a sample") from None
    except UnicodeDecodeError as error:
        line = bytes(error.object)[: error.start].count(b"\n") + 1
        raise _alone(path, line, "is not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise _alone(path, None, f"cannot be read ({error.strerror})") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        line = int(place["line"] or 0) if place else 0
        line = line or max(len(text.splitlines()), 1)
        raise UnreadableNeighbourhood(path, (_misspelt(text, line, _PLACE.sub("", message)),)) from None


def _misspelt(text: str, line: int, message: str) -> Problem:
    written = (text.splitlines() or [""])[line - 1 : line]
    if wide := [letter for letter in "".join(written) if letter in _FULL_WIDTH]:
        advice = f'{wide[0]} is a full-width sign; outside of texts write only = " , [ ] {{ }} # .'
    else:
        advice = f"is not TOML here ({message[:1].lower()}{message[1:]}); nothing after it was read"
    return Problem(header_above(text, line), "", line, advice)


def _alone(path: Path, line: int | None, text: str) -> UnreadableNeighbourhood:
    return UnreadableNeighbourhood(path, (Problem("", "", line, text),))


def _checked(data: dict[str, Any], folder: Path) -> tuple[Neighbourhood | None, list[Finding]]:
    findings = [*between_tables(data), *of_shops(data), *of_pictures(data, folder)]
    try:
        return Neighbourhood.model_validate(data, context={"languages": _languages(data)}), findings
    except ValidationError as error:
        found = [Finding(details["loc"], sentence(details)) for details in error.errors()]
        return None, found + findings


def _languages(data: dict[str, Any]) -> tuple[str, ...]:
    community = data.get("community")
    written = community.get("languages") if isinstance(community, dict) else None
    known = [language for language in written if language in OFFERED] if isinstance(written, list) else []
    return tuple(known) or OFFERED


def _problem(finding: Finding, data: dict[str, Any], lines: Lines) -> Problem:
    path = finding.path
    if len(path) > 1 and isinstance(path[1], int):
        table, key = f"{header(str(path[0]))} {_label(data, path)}", path[2:]
    elif len(path) == 1 and path[0] not in _tables():
        table, key = "", path
    else:
        table, key = header(str(path[0])), path[1:]
    written = ".".join(part for part in key if isinstance(part, str))
    return Problem(table, written, lines.of(path), finding.text)


def _tables() -> set[str]:
    return {field.alias or name for name, field in Neighbourhood.model_fields.items()}


def _label(data: dict[str, Any], path: tuple[str | int, ...]) -> str:
    table, number = str(path[0]), int(path[1])
    entry = data[table][number]
    code = entry.get("code") if isinstance(entry, dict) else None
    return code if isinstance(code, str) and code else f"number {number + 1}"


def _with_pictures(neighbourhood: Neighbourhood, folder: Path) -> Neighbourhood:
    """Say of each picture where it lies, for whoever draws with it later."""
    found = tuple(
        reward.model_copy(update={"picture": folder / reward.picture}) if reward.picture else reward
        for reward in neighbourhood.rewards
    )
    return neighbourhood.model_copy(update={"rewards": found})


def _with_every_merchant(neighbourhood: Neighbourhood) -> Neighbourhood:
    """Add the merchants that only a reward names, and call those without a name by their code."""
    entries = {merchant.code: merchant for merchant in neighbourhood.merchants}
    for reward in neighbourhood.rewards:
        entries.setdefault(reward.merchant, _merchant_of(reward))
    named = tuple(
        merchant if merchant.names else merchant.model_copy(update={"names": _same(neighbourhood, code)})
        for code, merchant in entries.items()
    )
    return neighbourhood.model_copy(update={"merchants": named})


def _merchant_of(reward: Reward) -> Merchant:
    return Merchant.model_validate({"code": reward.merchant})


def _same(neighbourhood: Neighbourhood, word: str) -> dict[str, str]:
    return dict.fromkeys(neighbourhood.languages, word)
