"""One thing that `linli doctor` found, and whether it is well."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    good: bool
    text: str
