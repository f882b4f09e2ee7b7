"""On which line of a TOML file a table or key stands: what the standard parser does not tell."""

import re
from collections.abc import Iterator

# Strings first, so that nothing inside them is taken for a bracket, a comment or an equals sign.
_PIECE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}=,.\n]"
    r'|[^\s\[\]{}=,.\#"\']+',
    re.DOTALL,
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?")
_OPENING, _CLOSING = ("[", "{"), ("]", "}")


class Lines:
    """The lines of one valid TOML text, by path: `("plan", 2, "level")` is the third plan's level."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str | int, ...], int] = {}
        self._counts: dict[tuple[str | int, ...], int] = {}
        self._table: tuple[str | int, ...] = ()
        for line, pieces in _statements(text):
            self._take(line, pieces)

    def of(self, path: tuple[str | int, ...]) -> int | None:
        """Give the line of the path, or of the nearest thing around it that the file writes out."""
        for length in range(len(path), 0, -1):
            if line := self._lines.get(path[:length]):
                return line
        return None

    def _take(self, line: int, pieces: list[str]) -> None:
        if pieces[:2] == ["[", "["]:
            self._open_entry(line, _parts(pieces[2:]))
        elif pieces[0] == "[":
            self._table = self._resolved(_parts(pieces[1:]))
            self._note(self._table, line)
        elif "=" in pieces:
            self._note(self._table + _parts(pieces), line)

    def _open_entry(self, line: int, name: tuple[str, ...]) -> None:
        path = (*self._resolved(name[:-1]), name[-1])
        number = self._counts[path] = self._counts.get(path, -1) + 1
        self._table = (*path, number)
        self._note(self._table, line)

    def _note(self, path: tuple[str | int, ...], line: int) -> None:
        """Keep the line where the path, and whatever it lies in, is first written."""
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], line)

    def _resolved(self, name: tuple[str, ...]) -> tuple[str | int, ...]:
        """Put the number of the latest entry behind each part that is written with two brackets."""
        path: tuple[str | int, ...] = ()
        for part in name:
            path = (*path, part)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path


def header_above(text: str, line: int) -> str:
    """Give the last table header at or above the line, also in a text that is not valid TOML."""
    header = ""
    for written in text.splitlines()[:line]:
        if match := _HEADER.match(written):
            bracket, name = match.groups()
            header = f"{bracket}{name}{']' * len(bracket)}"
    return header


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cut the text where a line ends outside of all brackets; comments and empty lines fall away."""
    line, started, depth = 1, 1, 0
    pieces: list[str] = []
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece == "\n" and depth == 0:
            if pieces:
                yield started, pieces
            pieces = []
        elif piece != "\n" and not piece.startswith("#"):
            started = started if pieces else line
            pieces.append(piece)
        depth += (piece in _OPENING) - (piece in _CLOSING)
        line += piece.count("\n")
    if pieces:
        yield started, pieces


def _parts(pieces: list[str]) -> tuple[str, ...]:
    """Read a dotted key up to its equals sign or closing bracket."""
    parts: list[str] = []
    for piece in pieces:
        if piece in {"=", "]"}:
            break
        if piece != ".":
            parts.append(piece[1:-1] if piece[0] in "\"'" else piece)
    return tuple(parts)
