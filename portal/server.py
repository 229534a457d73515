"""The production server: gunicorn with threads, with our own error pages and settings."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import time
from collections.abc import Callable

from django.core.handlers.wsgi import WSGIHandler
from django.utils import translation
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from portal import error_pages
from stats.recorder import recorder

DRAIN_BYTES = 16 * 1024 * 1024
DRAIN_SECONDS = 3.0


class Worker(ThreadWorker):
    """A worker that answers unparsable requests with the error page of the site.

    gunicorn's own answer is in English, repeats bytes of the request and logs the address.
    """

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status, reason = 400, "Bad Request"
        if isinstance(exc, LimitRequestLine):
            status, reason = 414, "URI Too Long"
        elif isinstance(exc, LimitRequestHeaders):
            status, reason = 431, "Request Header Fields Too Large"
        self.log.info("unparsable request refused: %s", type(exc).__name__)
        with translation.override("vi"):
            body = error_pages.bare_page(status).encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            client.settimeout(DRAIN_SECONDS)
            client.sendall(head.encode() + body)
            drain(client)


def drain(client: socket.socket) -> None:
    """Read the rest of a request before closing: else the client may get a reset, not our answer.

    Limited in bytes and seconds, so that an endless request occupies a thread only briefly.
    """
    client.shutdown(socket.SHUT_WR)
    until = time.monotonic() + DRAIN_SECONDS
    left = DRAIN_BYTES
    while left > 0 and time.monotonic() < until:
        data = client.recv(65536)
        if not data:
            return
        left -= len(data)


def tune_garbage_collection() -> None:
    """Exclude what lives as long as the worker from garbage collection, and collect more rarely.

    A request creates some thousand objects that end with it. By Python's default a collection runs
    for each 700 of them, and at times scans every imported module, template and model as well.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class Server(BaseApplication):
    """gunicorn, configured in code: `Server(bind).run()` returns when the site has stopped."""

    def __init__(self, bind: str, when_ready: Callable[[], None] | None = None) -> None:
        self.bind, self.when_ready = bind, when_ready
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.bind,
            "worker_class": "portal.server.Worker",
            "workers": int(os.environ.get("WEB_CONCURRENCY", "2")),
            "threads": int(os.environ.get("WEB_THREADS", "4")),
            "timeout": 60,
            "graceful_timeout": 10,
            "limit_request_line": 8190,
            "accesslog": None,  # it would contain IP addresses
            "errorlog": "-",
            "loglevel": "warning",
            # In memory: on a slow disk the heartbeat may be late, and the worker would be killed.
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
            "control_socket_disable": True,
            "proc_name": "cong-tin",
            "post_worker_init": lambda worker: tune_garbage_collection(),
            # Page views counted in memory are written before the worker ends.
            "worker_exit": lambda arbiter, worker: recorder.stop(),
        }
        if (when_ready := self.when_ready) is not None:
            options["when_ready"] = lambda arbiter: when_ready()
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        from portal.wsgi import application  # sets Django up, in each worker

        return application
