"""deploy/nginx.conf loads in the nginx that is installed, and passes the site on."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.nginx import Nginx, running_nginx

pytestmark = pytest.mark.deploy


class Stub(http.server.BaseHTTPRequestHandler):
    """An application that answers with the address it was asked for."""

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    data = tmp_path / "data"
    data.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with running_nginx(tmp_path / "nginx", backend=server.server_port, data=data) as nginx:
            yield nginx
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_shipped_file_loads_and_passes_on(nginx: Nginx) -> None:
    answer = nginx.ask("/tin-tuc/?page=2")
    assert (answer.status, answer.text) == (200, "/tin-tuc/?page=2")
