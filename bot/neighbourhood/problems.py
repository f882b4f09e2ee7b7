"""What is wrong with a community.toml, as one readable list."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where it is, what is wrong and what would be right.

    `table` is written as in the file with the entry's code behind it (`[[plan]] flood`); it is empty, as is
    `key`, where the whole file or table is meant, and `line` is None where nothing stands in the file.
    """

    table: str
    key: str
    line: int | None
    text: str

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        where += [part for part in (self.table, self.key) if part]
        return f"{', '.join(where)}: {self.text}" if where else self.text


class UnreadableNeighbourhood(Exception):
    """The file cannot be used; everything that is wrong with it, by line."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        count = len(self.problems)
        if count == 1:
            return f"{self.path} cannot be used: {self.problems[0]}"
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        return f"{self.path} cannot be used, {count} things to mend:{lines}"
