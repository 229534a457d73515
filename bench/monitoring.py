"""What measuring a request costs: the log of requests, the figures, both, and neither.

    .venv/bin/python bench/monitoring.py [--requests 20000]

Processor time of one thread, so that other programs of the machine hardly matter. Compared with a
beacon through the whole stack of middleware, the cheapest request there is, in which nothing is
measured. Needs no database: none of these asks it.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

folder = tempfile.TemporaryDirectory()
os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder.name  # read when the library is imported
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ["LOG_FORMAT"] = "json"
os.environ["ACCESS_LOG"] = "false"

import django

django.setup()

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from portal.monitoring.middleware import RequestMonitor
from stats.recorder import recorder

recorder.writes_by_itself = False
nowhere = open(os.devnull, "w")  # noqa: SIM115
for handler in logging.getLogger().handlers:
    handler.setStream(nowhere)


def microseconds(call: Callable[[], object], times: int) -> float:
    """The least processor time of a call in five rounds."""
    best = float("inf")
    for _ in range(5):
        began = time.thread_time()
        for _ in range(times // 5):
            call()
        best = min(best, (time.thread_time() - began) / (times // 5) * 1e6)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    times: int = parser.parse_args().requests
    response = HttpResponse("fine")

    def answer(request: HttpRequest) -> HttpResponse:
        return response

    page = RequestFactory().get("/")
    beacon = RequestFactory().post(
        "/thong-ke/luot", b"", "text/plain", headers={"Host": "localhost"}
    )
    bare = microseconds(lambda: answer(page), times)
    without = [name for name in settings.MIDDLEWARE if not name.endswith("RequestMonitor")]
    with override_settings(MIDDLEWARE=without):
        handler = WSGIHandler()
    whole = microseconds(lambda: handler(beacon.environ.copy(), lambda *args: None), times)
    print(f"a beacon, without gunicorn and with nothing measured: {whole:.0f} µs")
    for name, log, figures in (
        ("neither", False, False), ("the log", True, False),
        ("the figures", False, True), ("both", True, True),
    ):  # fmt: skip
        with override_settings(ACCESS_LOG=log, METRICS=figures):
            monitor = RequestMonitor(answer)
        for_page, for_beacon = (
            microseconds(lambda monitor=monitor, asked=asked: monitor(asked), times) - bare
            for asked in (page, beacon)
        )
        print(f"{name:12} {for_page:6.1f} µs for a page, {for_beacon:6.1f} µs for a beacon")


if __name__ == "__main__":
    main()
