"""The production server: gunicorn with threads, with our own error pages and settings."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.utils import translation
from gunicorn import glogging, systemd
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

from news.failures import RETRY_AFTER_SECONDS
from portal import error_pages
from stats.recorder import recorder

logger = logging.getLogger("portal")

# What deploy/nginx.conf lets in at the most, and more.
DRAIN_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 10.0

# What monitors are told while the site waits for the database.
MONITORED = {
    "/healthz": (200, '{"status": "ok"}'),
    "/readyz": (503, '{"status": "unavailable", "checks": {"database": "failed: not reachable"}}'),
}


def listening_socket(host: str, port: int) -> socket.socket:
    """The socket that systemd has opened for us (sd_listen_fds(3)), else a new one that listens.

    Connections wait in it until the site answers. Raises OSError where the port is taken.
    """
    if systemd.listen_fds():
        return socket.socket(fileno=systemd.SD_LISTEN_FDS_START)
    return socket.create_server((host, port), backlog=2048)


@contextlib.contextmanager
def unavailable(listener: socket.socket) -> Iterator[None]:
    """Answer 503 to whoever asks, until the block ends: better than letting them wait for long."""
    server = UnavailableServer(listener.getsockname(), Unavailable, bind_and_activate=False)
    server.socket.close()
    server.socket = listener.dup()
    threading.Thread(target=server.serve_forever, args=[0.1], daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()  # answers that are being given are given to their end


class UnavailableServer(ThreadingMixIn, HTTPServer):
    """A thread for each connection; gunicorn cannot be asked for what is not yet migrated."""

    # Not waited for: a slow client must not keep the site from starting.
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Log what failed but for lost connections; socketserver would print the address."""
        if not isinstance(sys.exc_info()[1], OSError):
            logger.exception("no answer given while waiting for the database")


class Unavailable(BaseHTTPRequestHandler):
    """Answers every address with the page for 503, and monitors as portal.monitoring does."""

    timeout = 3.0  # seconds for a slow client, for each reading and writing
    path = command = ""  # of what http.server cannot read

    def answer(self) -> None:
        status, kind = 503, "text/html; charset=utf-8"
        if self.path in MONITORED:
            (status, body), kind = MONITORED[self.path], "application/json"
        else:
            with translation.override("en" if self.path.startswith("/en/") else "vi"):
                body = error_pages.bare_page(status)
        content = body.encode()
        self.send_response_only(status)
        self.send_header("Connection", "close")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if status == 503:
            self.send_header("Retry-After", str(RETRY_AFTER_SECONDS))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(b"" if self.command == "HEAD" else content)
            drain(self.connection)

    do_GET = do_HEAD = do_POST = answer  # noqa: N815 - names given by the base class

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer other methods and what cannot be read in the same way; theirs is in English."""
        self.answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: it would be addresses."""


class Logger(glogging.Logger):
    """Passes gunicorn's events on to Django's logging: one format for all."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        self.error_log.propagate = True


class Worker(ThreadWorker):
    """A worker whose own answers are the error page of the site.

    gunicorn's are in English, repeat bytes of the request and log addresses and paths.
    """

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        status, reason = 400, "Bad Request"
        if isinstance(exc, LimitRequestLine):
            status, reason = 414, "URI Too Long"
        elif isinstance(exc, LimitRequestHeaders):
            status, reason = 431, "Request Header Fields Too Large"
        elif not isinstance(exc, ParseException):
            status, reason = 500, "Internal Server Error"
        if status == 500:
            self.log.error("a request could not be answered", exc_info=exc)
        else:
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

    def handle_request(self, req: Request, conn: TConn) -> bool:
        """Answer a request, and read what the application has left of its body.

        gunicorn closes after 64 KB of it, which resets the connection: nginx, still sending a form
        that was refused for its size, would take that for a failure and answer 502.
        """
        is_kept: bool = super().handle_request(req, conn)
        if not is_kept:
            until = time.monotonic() + DRAIN_SECONDS
            with contextlib.suppress(OSError):
                conn.sock.settimeout(DRAIN_SECONDS)
                while time.monotonic() < until and req.body.read(1024 * 1024):
                    pass
        return is_kept


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


def metrics_folder(data: Path) -> Path:
    """The folder for the figures of the workers of one PORTAL_DATA.

    In memory: on a disk that is full, a worker would be killed, as it writes to the files as to its
    memory. So it is the folder that systemd gives; without one a folder in /dev/shm, named after
    this account and PORTAL_DATA; only where there is none it is in PORTAL_DATA.
    """
    if runtime := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(runtime) / "metrics"
    if os.path.isdir("/dev/shm"):  # noqa: S108 - see prepare_metrics_folder
        digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
        return Path(f"/dev/shm/congtin-metrics-{os.getuid()}-{digest}")  # noqa: S108
    return data / "metrics"


def prepare_metrics_folder() -> Path:
    """Empty the folder in which the workers keep their figures, and name it to prometheus_client.

    Raises FileExistsError if another account has made it: everybody may write to /dev/shm.
    """
    folder = metrics_folder(settings.PORTAL_DATA)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    # Read when the library is imported: by the workers, which inherit it.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def forget_live_figures(pid: int) -> None:
    """Remove what an ended worker said of itself; what it counted stays in the sums."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)


class Server(BaseApplication):
    """gunicorn, configured in code: `Server(listener).run()` returns when the site has stopped.

    Args:
        listener: a socket that listens; gunicorn takes it over.
        when_ready: called when it is about to start the workers.
    """

    def __init__(
        self, listener: socket.socket, when_ready: Callable[[], None] | None = None
    ) -> None:
        self.bind, self.when_ready = f"fd://{listener.detach()}", when_ready
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
            "errorlog": None,  # see Logger
            "logger_class": Logger,
            "loglevel": "info" if settings.LOG_FORMAT == "json" else "warning",
            # In memory: on a slow disk the heartbeat may be late, and the worker would be killed.
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
            "control_socket_disable": True,
            "proc_name": "cong-tin",
            "post_worker_init": lambda worker: tune_garbage_collection(),
            # Page views counted in memory are written before the worker ends.
            "worker_exit": lambda arbiter, worker: recorder.stop(),
        }
        if settings.METRICS:
            folder = prepare_metrics_folder()
            options["child_exit"] = lambda arbiter, worker: forget_live_figures(worker.pid)
            options["on_exit"] = lambda arbiter: shutil.rmtree(folder, ignore_errors=True)
        if (when_ready := self.when_ready) is not None:
            options["when_ready"] = lambda arbiter: when_ready()
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        from portal.wsgi import application  # sets Django up, in each worker

        return application
