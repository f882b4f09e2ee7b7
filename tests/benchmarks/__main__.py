"""Runs the benchmarks that are named, or all of them, and says which goals were met."""

# ruff: noqa: T201 (a report is what this prints)

import os
import sys
from datetime import UTC, datetime

from tests.benchmarks import (
    broadcast,
    callout,
    idle,
    keeping,
    kills,
    leaderboards,
    ledger,
    memory,
    outbox,
    startup,
    storm,
    verifying,
    webhook,
)

ALL = (
    startup,
    memory,
    idle,
    callout,
    outbox,
    broadcast,
    kills,
    storm,
    webhook,
    ledger,
    verifying,
    leaderboards,
    keeping,
)
BENCHMARKS = {each.__name__.rpartition(".")[2]: each.measure for each in ALL}


def main(names: list[str]) -> int:
    unknown = set(names) - BENCHMARKS.keys()
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.")
        return 2
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    missed = 0
    for name in names or BENCHMARKS:
        print(f"{name}:")
        for figure in BENCHMARKS[name]():
            print(" ", figure.line(), flush=True)
            missed += not figure.met
    print(f"{missed} goals missed" if missed else "every goal met")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
