"""An application behind nginx whose answers a test decides."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """What nginx asked for."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What the application says."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"trang"


@dataclass
class Backend:
    """A running application: its port, what it was asked, and what it answers from now on."""

    port: int
    requests: list[Request]
    answer: Callable[[Request], Reply]


@contextlib.contextmanager
def running_backend() -> Iterator[Backend]:
    """Run an application that answers `Reply()` until a test says otherwise."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, body)
            backend.requests.append(request)
            reply = backend.answer(request)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PROPFIND = handle_any  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """Nothing: nginx may have hung up, and a test may have let the application die."""

    server = Server(("127.0.0.1", 0), Handler)
    backend = Backend(server.server_port, [], lambda request: Reply())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield backend
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
