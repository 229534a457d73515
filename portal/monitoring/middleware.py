"""What is seen of the site from outside: the number of a request, its figures, and the probes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.logs import current_request, method_of, request_id, route_of
from portal.middleware import GetResponse, is_for_staff
from portal.monitoring.readiness import readiness

access_log = logging.getLogger("portal.access")

# Asked every few seconds, or thousands of times in one: logged only if something was wrong.
QUIET_ROUTES = {"healthz", "readyz", "metrics", "static", "visit", "visit-pixel"}


Observer = Callable[[HttpRequest, HttpResponse, float, int], None]
"""Takes a request, its response, the seconds it took and the number of its statements."""


class StatementCount:
    """Counts the SQL statements of a request (`connection.execute_wrapper`)."""

    number = 0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: object,
        many: bool,
        context: Mapping[str, Any],
    ) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


class RequestMonitor:
    """Give each request its number, measure it, and tell the log and the figures.

    The time ends with the headers of the response: the bytes of a file are sent after that.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.observers: list[Observer] = []
        if settings.ACCESS_LOG:
            self.observers.append(log_request)
        if settings.METRICS:
            # Imported here: without METRICS no process loads the library.
            from portal.monitoring.metrics import count_request

            self.observers.append(count_request)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_request.set(request)
        try:
            response = self._observe(request) if self.observers else self.get_response(request)
        finally:
            current_request.reset(token)
        # Not on public pages: caches keep those, and they are the same for everyone.
        if response.status_code >= 500 or (
            "/admin/" in request.path_info and is_for_staff(request)
        ):
            response["X-Request-ID"] = request_id(request)
        return response

    def _observe(self, request: HttpRequest) -> HttpResponse:
        count = StatementCount()
        began = time.perf_counter()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        seconds = time.perf_counter() - began
        for observer in self.observers:
            observer(request, response, seconds, count.number)
        return response


def log_request(
    request: HttpRequest, response: HttpResponse, seconds: float, statements: int
) -> None:
    """Write one event for a request."""
    route, status = route_of(request), response.status_code
    if status < 400 and route in QUIET_ROUTES:
        return
    milliseconds = round(seconds * 1000, 1)
    access_log.info(
        "%s %s %d in %.1f ms, %d statements",
        method_of(request),
        route,
        status,
        milliseconds,
        statements,
        extra={"status": status, "milliseconds": milliseconds, "statements": statements},
    )


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers; nothing else is checked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether pages can be served, and what is missing: 200 or 503."""
    is_ready, checks = readiness()
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", "checks": checks},
        status=200 if is_ready else 503,
    )


class Probes:
    """Answer monitors before the request is checked.

    A monitor on the same machine or network does not know the name of the site: it sends an IP
    address as Host, over plain HTTP.
    """

    # What a proxy adds: the figures are for those who reach the server itself.
    PROXY_HEADERS = (
        "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST",
        "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA",
    )  # fmt: skip

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.views: dict[str, GetResponse] = {"/healthz": healthz, "/readyz": readyz}
        if settings.METRICS:
            from portal.monitoring.exposition import metrics

            self.views["/metrics"] = metrics

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.views.get(request.path_info)
        if view is None or (request.path_info == "/metrics" and self._is_forwarded(request)):
            return self.get_response(request)
        request.META["congtin.route"] = request.path_info.removeprefix("/")
        return view(request)

    def _is_forwarded(self, request: HttpRequest) -> bool:
        return any(name in request.META for name in self.PROXY_HEADERS)
