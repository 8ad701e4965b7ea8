"""What Prometheus may ask. Labels are routes and status classes: few, and nobody's."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

__all__ = ["CONTENT_TYPE_LATEST", "REFUSED", "generate_latest", "observe"]

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
