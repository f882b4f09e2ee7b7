"""/metrics for Prometheus: numbers only, never a name, a text or a token."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog

from bot.web.site import Answer, Request

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Figure:
    """One figure, or several told apart by labels: `samples` has the values of the labels and the number."""

    name: str
    what: str
    samples: Mapping[tuple[str, ...], float]
    labels: tuple[str, ...] = ()
    counts_up: bool = field(default=False, kw_only=True)


Source = Callable[[], Awaitable[Iterable[Figure]]]


def one(name: str, what: str, value: float, *, counts_up: bool = False) -> Figure:
    """Make a figure without labels."""
    return Figure(name, what, {(): value}, counts_up=counts_up)


class Metrics:
    """Asks its sources when it is asked; one that cannot answer now costs its own figures only."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = tuple(sources)

    async def page(self, _: Request) -> Answer:
        """Answer /metrics."""
        figures: list[Figure] = []
        for source in self._sources:
            try:
                figures.extend(await source())
            except Exception as trouble:
                log.warning("metrics.without", why=type(trouble).__name__)
        body, kind = _written(figures)
        return Answer(HTTPStatus.OK, body, kind)


class _Collected:
    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[object]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # noqa: PLC0415

        for figure in self._figures:
            family = CounterMetricFamily if figure.counts_up else GaugeMetricFamily
            metric = family(figure.name, figure.what, labels=figure.labels)
            for labels, value in figure.samples.items():
                metric.add_metric(labels, value)
            yield metric


def _written(figures: Iterable[Figure]) -> tuple[bytes, bytes]:
    # Imported at the first question: a start does not wait for it.
    from prometheus_client import (  # noqa: PLC0415
        CONTENT_TYPE_LATEST,
        CollectorRegistry,
        ProcessCollector,
        generate_latest,
    )

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Collected(figures))  # type: ignore[arg-type]  # a collector by what it does
    return generate_latest(registry), CONTENT_TYPE_LATEST.encode()
