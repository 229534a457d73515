"""A running site for the tests: real processes, as `make run` starts them."""

from __future__ import annotations

import fcntl
import functools
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.postgresql.embedded import EmbeddedPostgres

# Seconds that anything may take before it counts as never: machines of tests are busy.
PATIENCE = 60


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Ask again until the answer is true; fail with its last value."""
    until = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < until, f"still {answer!r} after {seconds} s"
        time.sleep(0.05)
    return answer


def hold_port() -> socket.socket:
    """A free port of this machine, which nobody else is given as long as the socket is open.

    A server that sets SO_REUSEADDR, as all do, may listen on it all the same: socket(7) forbids
    that beside a socket that listens, and this one does not.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


# What all sites of a test run have in common.
SHARED = settings.PORTAL_DATA / "sites"
# Uncompressed: no test asks for that, and it takes longer than all the rest.
COLLECT = """
from whitenoise.compress import Compressor
Compressor.should_compress = lambda *_: False
from portal.management.commands.serve import Command
Command().collect_static()
"""


@functools.cache
def prepare() -> None:
    """Fill SHARED, unless another process of this test run has done it: static files as `serve`
    collects them, and a migrated database at rest, which others may be copying from then on.
    """
    SHARED.mkdir(exist_ok=True)
    run, filled_by = os.environ.get("PYTEST_XDIST_TESTRUNUID", ""), SHARED / "filled-by"
    with (SHARED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if run and filled_by.exists() and filled_by.read_text() == run:
            return
        _manage(SHARED / "data", "migrate", "--verbosity=0")
        _manage(SHARED / "data", "shell", "--verbosity=0", "--command", COLLECT)
        filled_by.write_text(run)


def lay_out_database(data: Path) -> None:
    """Give a data folder an empty, migrated database: copying takes less time than making one."""
    prepare()
    data.mkdir(parents=True)
    with (SHARED / "lock").open("w") as lock:
        # Another test run with this folder may be about to start the database in it.
        fcntl.flock(lock, fcntl.LOCK_SH)
        # With owners and rights: root runs the server under another account.
        subprocess.run(["cp", "-a", SHARED / "data" / "postgres", data], check=True)


@functools.cache
def _empty_cluster() -> Path:
    """The data folder of a cluster that was made once in this process and is at rest."""
    SHARED.mkdir(exist_ok=True)
    data = Path(tempfile.mkdtemp(dir=SHARED))
    server = EmbeddedPostgres(data)
    server.start()
    server.stop()
    return data


def lay_out_cluster(data: Path) -> None:
    """Give a data folder a cluster with an empty database: a copy takes less time than `initdb`."""
    data.mkdir()
    subprocess.run(["cp", "-a", _empty_cluster() / "postgres", data], check=True)


def environment_of(data: Path) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return inherited | {
        "PORTAL_DATA": str(data),
        "PORTAL_LOCAL": "1",
        "PORTAL_POSTGRES_FSYNC": "off",
        "STATIC_ROOT": str(SHARED / "static"),
        "WEB_CONCURRENCY": "2",
    }


def _manage(data: Path, *arguments: str, **environment: str) -> str:
    """Run a command of manage.py on a data folder and return what it prints."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment_of(data) | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


class Site:
    """One running `manage.py serve`."""

    def __init__(self, data: Path, *arguments: str, **environment: str) -> None:
        prepare()
        self.data, self.held = data, hold_port()
        self.port = int(self.held.getsockname()[1])
        self.database_pid: int | None = None
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", f"--port={self.port}", *arguments],
            cwd=settings.BASE_DIR,
            env=environment_of(data) | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def get(self, path: str = "/") -> tuple[int, str]:
        """Return the status and the text of an address; 0 if nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_it_answers(self) -> None:
        # The demo alone takes half a minute where nothing else runs.
        wait_for(
            lambda: self.get("/healthz")[0] == 200 or self.process.poll() is not None, 5 * PATIENCE
        )
        assert self.process.poll() is None, self.process.communicate()[0].decode()

    def shell(self, code: str) -> str:
        """Run Python code in the site's own `manage.py shell` and return what it prints."""
        return _manage(self.data, "shell", "--verbosity=0", "--command", code, **self.environment)

    def processes(self) -> set[int]:
        """The living processes of the server's session and of the database with its children."""
        table: dict[int, tuple[int, int]] = {}
        for entry in Path("/proc").iterdir():
            try:
                state, parent, _, session = (
                    (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                )
            except (OSError, ValueError):
                continue
            if entry.name.isdigit() and state != "Z":
                table[int(entry.name)] = (int(parent), int(session))
        self.database_pid = self.postmaster() or self.database_pid
        return {
            pid
            for pid, (parent, session) in table.items()
            if session == self.process.pid or self.database_pid in {pid, parent}
        }

    def postmaster(self) -> int | None:
        """The process id of the database, None while it does not run."""
        try:
            words = (self.data / "postgres/cluster/postmaster.pid").read_text().split()
        except FileNotFoundError:
            return None
        return int(words[0]) if words else None

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.held.close()
