"""How fast and how small: `python -m tests.benchmarks [name…]`; docs/benchmarks.md has what it found."""
