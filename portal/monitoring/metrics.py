"""The figures that each process counts itself, for Prometheus (`METRICS=true`).

Loaded by the workers of the server alone; `portal.monitoring.exposition` puts their figures
together. Labels have few values, all of them from our code: no visitor can make a new one.
"""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from portal.logs import route_of
from stats.recorder import batch_handled

# Seconds. A page takes some milliseconds; proxies and readers give up long before 30 s.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "congtin_http_requests_total",
    "Requests that the application answered.",
    ["route", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "congtin_http_request_duration_seconds",
    "Time until the response was made.",
    ["route"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
STATEMENTS = Counter(
    "congtin_db_statements_total", "SQL statements of requests.", ["route"], registry=REGISTRY
)
PAGES = Counter(
    "congtin_pages_rendered_total",
    "HTML pages that were rendered, and not served by a cache in front.",
    registry=REGISTRY,
)
LOG_EVENTS = Counter(
    "congtin_log_events_total",
    "Warnings and errors written to the log.",
    ["level"],
    registry=REGISTRY,
)
VIEWS_WRITTEN = Counter(
    "congtin_page_views_written_total",
    "Page views of readers and bots that were written to the database.",
    registry=REGISTRY,
)
VIEWS_LOST = Counter(
    "congtin_page_views_lost_total",
    "Page views that could not be written and were dropped.",
    registry=REGISTRY,
)
VIEWS_WAITING = Gauge(
    "congtin_page_views_waiting",
    "Page views in memory after the last attempt to write them.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)


def count_request(
    request: HttpRequest, response: HttpResponse, seconds: float, statements: int
) -> None:
    """Count one request."""
    route, status = route_of(request), response.status_code
    REQUESTS.labels(route, status).inc()
    SECONDS.labels(route).observe(seconds)
    if statements:
        STATEMENTS.labels(route).inc(statements)
    if status == 200 and response.get("Content-Type", "").startswith("text/html"):
        PAGES.inc()


@receiver(batch_handled)
def count_page_views(sender: object, written: int, lost: int, waiting: int, **kw: Any) -> None:
    """Count what the recorder of visits has done with a batch."""
    VIEWS_WRITTEN.inc(written)
    VIEWS_LOST.inc(lost)
    VIEWS_WAITING.set(waiting)


class CountLogEvents(logging.Handler):
    """Counts the events of the log that somebody should look at."""

    def emit(self, record: logging.LogRecord) -> None:
        LOG_EVENTS.labels(record.levelname.lower()).inc()


def _count_log_events() -> None:
    handler = CountLogEvents(level=logging.WARNING)
    # The second does not pass its events on to the first: see LOGGING.
    for name in ("", "django.request"):
        logging.getLogger(name).addHandler(handler)


_count_log_events()
