"""A list of residents as a spreadsheet saves it: its encoding, its separator, its columns, line by line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.commands.failing import Failed
from bot.community.importing import Listed
from bot.ways import MOST_WAYS, understood

# What a column may be called, in either language.
COLUMNS = {
    "name": ("name", "姓名", "名字"),
    "area": ("area", "区域", "楼栋"),
    "door": ("door", "门牌", "门牌号"),
    "language": ("language", "语言"),
    "birth_year": ("birth_year", "birth year", "出生年份", "出生年"),
    "teams": ("teams", "team", "队伍"),
    "skills": ("skills", "skill", "技能"),
    "fallback": ("fallback", "other ways", "其他方式"),
}
NEEDED = ("name", "area")
_FIELDS = {title: field for field, titles in COLUMNS.items() for title in titles}
_LANGUAGES = {"": "zh", "zh": "zh", "中文": "zh", "en": "en", "english": "en", "英文": "en"}
_FORMULA = re.compile(r"[=+@\-＝＋－＠]")
_BETWEEN = re.compile(r"[;；、,，/|]")
LARGEST = 20_000_000


class LineRefused(Exception):
    """A line that cannot be read; the text says why."""


@dataclass(frozen=True)
class Line:
    """One line of the list: its number in the file, and what is in it or why it cannot be read."""

    number: int
    name: str
    found: Listed | LineRefused


def lines_of(file: Path, areas: dict[str, str]) -> Iterator[Line]:
    """Read a list; areas are found by code, or by a name that only one of them has.

    Raises:
        Failed: it is no such list.
    """
    if file.stat().st_size > LARGEST:
        raise Failed(f"{file} is larger than a list of residents can be.")
    text = _decoded(file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        fields = _fields(file, next(reader, []))
        for row in reader:
            if any(cell.strip() for cell in row):
                yield _line(
                    reader.line_num, dict.fromkeys(fields, "") | dict(zip(fields, row, strict=False)), areas
                )
    except csv.Error as error:
        raise Failed(f"{file}, line {reader.line_num}: {error}.") from None


def _decoded(file: Path) -> str:
    """Read UTF-8 and UTF-16 by their marks, UTF-8 without one, or else what Chinese spreadsheets write."""
    body = file.read_bytes()
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Failed(f"{file} is neither UTF-8 nor GBK text: save it as CSV.")


def _separator(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _fields(file: Path, heading: list[str]) -> list[str]:
    titles = [title.strip().casefold() for title in heading]
    unknown = [title for title in titles if title and title not in _FIELDS]
    fields = [_FIELDS.get(title, "") for title in titles]
    if unknown or not set(NEEDED) <= set(fields) or len(set(filter(None, fields))) < len(titles):
        wrong = f' "{unknown[0]}" is none of them.' if unknown else ""
        raise Failed(
            f"{file}: the first line must name the columns, each once: {', '.join(COLUMNS)};"
            f" name and area are needed.{wrong}"
        )
    return fields


def _line(number: int, cells: dict[str, str], areas: dict[str, str]) -> Line:
    try:
        plain = {field: _plain(field, cell) for field, cell in cells.items()}
        return Line(number, plain["name"], _listed(plain, areas))
    except LineRefused as refused:
        return Line(number, " ".join(cells.get("name", "").split())[:64], refused)


def _plain(field: str, cell: str) -> str:
    """Give what a cell says; the mark that keeps a spreadsheet from computing goes, a formula is refused."""
    text = cell.strip()
    if text.startswith("'") and _FORMULA.match(text[1:]):
        return text[1:]
    if _FORMULA.match(text):
        raise LineRefused(f"{field} begins like a formula ({text[:1]}): write the text itself")
    return text


def _listed(plain: dict[str, str], areas: dict[str, str]) -> Listed:
    language = _LANGUAGES.get(plain.get("language", "").casefold())
    if language is None:
        raise LineRefused("language must be zh or en")
    area = plain["area"]
    if not area:
        raise LineRefused("no area is said")
    return Listed(
        name=plain["name"],
        area=areas.get(area.casefold(), area),
        door=plain.get("door") or None,
        language=language,
        birth_year=_year(plain.get("birth_year", "")),
        teams=_several(plain.get("teams", "")),
        skills=_several(plain.get("skills", "")),
        ways=_ways(plain.get("fallback", "")),
    )


def _year(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}", text):
        raise LineRefused("birth_year must be a year of four digits")
    return int(text)


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _BETWEEN.split(text) if part.strip())


def _ways(text: str) -> tuple[str, ...]:
    """Give the addresses of other ways, which hold passwords: none is repeated when it is refused."""
    ways = tuple(dict.fromkeys(text.split()))
    if len(ways) > MOST_WAYS:
        raise LineRefused(f"fallback may name {MOST_WAYS} addresses at most, with spaces between")
    for place, way in enumerate(ways, 1):
        if not understood(way):
            raise LineRefused(
                f"fallback: address {place} is none that apprise understands, such as mailtos://user:password@host"
            )
    return ways
