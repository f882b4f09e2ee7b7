"""What a benchmark found: a figure, the goal for it, and the peer or raw limit of the same run."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured figure; ``at_most`` or ``at_least`` is its goal, ``peer`` something to compare it with."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    peer: float | None = None
    peer_name: str = ""

    @property
    def met(self) -> bool:
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    def line(self) -> str:
        parts = [f"{self.name:<44} {self.value:>9.2f} {self.unit:<5}"]
        if self.peer is not None:
            ratio = f"{self.value / self.peer:.2f}x" if self.peer else "-"
            parts.append(f"{self.peer_name} {self.peer:.2f} {self.unit}, ratio {ratio}")
        for sign, goal in (("≤", self.at_most), ("≥", self.at_least)):
            if goal is not None:
                parts.append(f"goal {sign} {goal:g}: {'met' if self.met else 'MISSED'}")
        return " | ".join(parts)


def percentile(values: list[float], part: float) -> float:
    """Give the value that ``part`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
