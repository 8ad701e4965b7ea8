"""What Prometheus may ask. Labels are routes, statuses, kinds of work and what was done: few, and nobody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from rbc_assess.storage.backlog import Backlog
from rbc_assess.storage.deliveries import KIND as DELIVERY

__all__ = ["CONTENT_TYPE_LATEST", "REFUSED", "Standing", "observe", "page_of"]

REQUESTS = Counter("rbc_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "rbc_http_request_seconds",
    "Time from the first byte of a request's header to the end of its answer.",
    ["route"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
REFUSED = Counter("rbc_http_refused_total", "Requests refused at the gate because the house was full.")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; an unknown path or method is counted without its name."""
    _counter(method if method in _METHODS else "other", route, status).inc()
    _timer(route).observe(seconds)


@lru_cache(maxsize=4096)
def _counter(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=1024)
def _timer(route: str) -> Histogram:
    return SECONDS.labels(route)


@dataclass(frozen=True)
class Standing:
    """How things stand when somebody asks. ``backlog`` is None while the database does not answer."""

    now: datetime
    backlog: Backlog | None
    done: Mapping[str, int]
    backup_at: datetime | None


def page_of(standing: Standing) -> bytes:
    """Everything that this process counts, and how things stand, as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(_Standing(standing))
    return generate_latest() + generate_latest(registry)


_STATES: Final = {"queued": "waiting", "running": "waiting", "failed": "dead"}


class _Standing(Collector):
    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def collect(self) -> Iterator[Metric]:
        standing = self._standing
        done = CounterMetricFamily(
            "rbc_done", "What this process has done since it started, once it was durable.", labels=["action"]
        )
        for action, times in standing.done.items():
            done.add_metric([action], times)
        yield done
        yield GaugeMetricFamily(
            "rbc_database_read", "1 if the figures below could be read.", int(standing.backlog is not None)
        )
        if standing.backup_at is not None:
            yield self._age("rbc_backup_age_seconds", "Since the last backup.", standing.backup_at)
        if standing.backlog is not None:
            yield from self._backlog(standing.backlog)

    def _backlog(self, backlog: Backlog) -> Iterator[Metric]:
        jobs = GaugeMetricFamily(
            "rbc_jobs", "Jobs that are queued or running, or were given up.", labels=["kind", "state"]
        )
        overdue = GaugeMetricFamily(
            "rbc_jobs_oldest_due_seconds", "Since the first job of a kind has been due.", labels=["kind"]
        )
        deliveries = dict.fromkeys(_STATES.values(), 0)
        oldest: dict[str, float] = {}
        for pile in backlog.piles:
            jobs.add_metric([pile.kind, pile.state], pile.jobs)
            if pile.oldest is not None:
                oldest[pile.kind] = max(oldest.get(pile.kind, 0.0), self._since(pile.oldest))
            if pile.kind == DELIVERY:
                deliveries[_STATES[pile.state]] += pile.jobs
        for kind, seconds in oldest.items():
            overdue.add_metric([kind], seconds)
        sent = GaugeMetricFamily(
            "rbc_webhook_deliveries", "Deliveries that wait for a try, or were given up.", labels=["state"]
        )
        for state, number in deliveries.items():
            sent.add_metric([state], number)
        yield from (jobs, overdue, sent)
        yield GaugeMetricFamily(
            "rbc_audit_entries_unsigned",
            "Entries of the audit trail behind its last checkpoint.",
            backlog.unsigned,
        )
        if backlog.signed_at is not None:
            yield self._age(
                "rbc_audit_checkpoint_age_seconds",
                "Since the audit trail was signed; an hour, or somebody should look.",
                backlog.signed_at,
            )

    def _age(self, name: str, meaning: str, since: datetime) -> Metric:
        return GaugeMetricFamily(name, meaning, self._since(since))

    def _since(self, moment: datetime) -> float:
        return max(0.0, (self._standing.now - moment).total_seconds())
