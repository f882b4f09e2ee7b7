"""What chance decides about one simulated person: one seed, one life, in whatever order things happen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Luck:
    """Each question has its own answer, so a race between two people changes nothing for either."""

    seed: int
    person: int

    def share(self, question: str) -> float:
        """Give a number from 0 up to, but never reaching, 1."""
        asked = f"{self.seed}/{self.person}/{question}".encode()
        return int.from_bytes(blake2b(asked, digest_size=7).digest()) / (1 << 56)

    def between(self, question: str, low: float, high: float) -> float:
        return low + (high - low) * self.share(question)

    def wait(self, question: str, *, least: float, mean: float) -> float:
        """Give seconds: most people are quick and a few take very long, as in real alerts."""
        return least - math.log(1 - self.share(question)) * (mean - least)

    def one_of(self, question: str, choices: Sequence[Choice]) -> Choice:
        return choices[int(self.share(question) * len(choices))]
