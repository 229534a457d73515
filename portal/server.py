"""The production server: gunicorn with threads, and our own words where it would speak itself."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import time
from collections.abc import Callable
from typing import Any

from django.utils import translation
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from portal import error_pages
from stats.recorder import recorder

LINGER_BYTES = 16 * 1024 * 1024
LINGER_SECONDS = 3.0


class Worker(ThreadWorker):
    """A worker that refuses unreadable requests with the site's own page.

    gunicorn's own answer is English, repeats the sender's bytes and logs the address.
    """

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status, reason = 400, "Bad Request"
        if isinstance(exc, LimitRequestLine):
            status, reason = 414, "URI Too Long"
        elif isinstance(exc, LimitRequestHeaders):
            status, reason = 431, "Request Header Fields Too Large"
        self.log.info("refused an unreadable request: %s", type(exc).__name__)
        with translation.override("vi"):
            body = error_pages.bare_page(status).encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            client.settimeout(LINGER_SECONDS)
            client.sendall(head.encode() + body)
            linger(client)


def linger(client: socket.socket) -> None:
    """Read on for a moment after the last word: closing on unread data would tear it up.

    Bounded in bytes and seconds, so that a sender without end holds a thread for a moment only.
    """
    client.shutdown(socket.SHUT_WR)
    until = time.monotonic() + LINGER_SECONDS
    left = LINGER_BYTES
    while left > 0 and time.monotonic() < until:
        data = client.recv(65536)
        if not data:
            return
        left -= len(data)


def spare_the_collector() -> None:
    """Keep the garbage collector off what lives as long as the worker: modules, templates, models.

    A request makes some thousand objects that die with it; by Python's default every 700 of them
    are looked through, and now and then with them everything that was ever imported.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class Server(BaseApplication):
    """gunicorn, set up by code: `Server(bind).run()` returns when the site has stopped."""

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
            "accesslog": None,  # it would hold raw addresses
            "errorlog": "-",
            "loglevel": "warning",
            # In memory, so that a slow disk does not look like a stuck worker.
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
            "control_socket_disable": True,
            "proc_name": "cong-tin",
            "post_worker_init": lambda worker: spare_the_collector(),
            # What a worker has counted is written before it goes, however it is told to.
            "worker_exit": lambda arbiter, worker: recorder.stop(),
        }
        if (when_ready := self.when_ready) is not None:
            options["when_ready"] = lambda arbiter: when_ready()
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from portal.wsgi import application

        return application
