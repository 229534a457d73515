"""A PostgreSQL server as Debian packages it, with a cluster of the tests' own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.portal.running import PATIENCE, hold_port, wait_for

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
PASSWORD = "mat-khau-thu"


class PostgreSQL:
    """A cluster in a folder of its own, on a free port of 127.0.0.1, owned by account postgres.

    It begins stopped. The role of the site, `portal`, logs in with a password and may make
    databases; whoever runs the tests is superuser through `psql`.
    """

    def __init__(self, folder: Path) -> None:
        assert (PROGRAMS / "initdb").is_file(), (
            "PostgreSQL 15 is not installed (Debian: apt-get install postgresql-15); see .ci/deploy"
        )
        self.folder, self.held = folder, hold_port()
        self.port = int(self.held.getsockname()[1])
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        self._program(
            *("initdb", "-D", folder / "data", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            *("--auth-local=peer", "--auth-host=scram-sha-256"),
        )
        self.start()
        self.psql(f"CREATE ROLE portal LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        self.stop()

    def url(self, database: str = "portal", password: str = PASSWORD) -> str:
        """The DATABASE_URL of a database of this cluster."""
        return f"postgres://portal:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        if not self.is_running():
            # Of a killed one. Where nobody reaps it, as in a container, it looks alive to the next.
            for left in (self.folder / "data" / "postmaster.pid", *self.folder.glob(".s.*")):
                left.unlink(missing_ok=True)
        options = f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._program(
            *("pg_ctl", "-D", self.folder / "data", "-w", "-t", str(PATIENCE)),
            *("-l", self.folder / "log", "-o", options, "start"),
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` ends the sessions, `immediate` is like a power cut."""
        self._program("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """End the server and all its processes by SIGKILL, and wait until they are gone."""
        server = self.pid()
        killed = [server, *children(server)]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in killed))

    def pid(self) -> int:
        """The process id of the server."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])

    def is_running(self) -> bool:
        try:
            return Path(f"/proc/{self.pid()}/exe").exists()
        except FileNotFoundError:
            return False

    def psql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as superuser and return what it gives, columns separated by `|`."""
        return self._program(
            *("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port)),
            *("-d", database, "-c", statement),
        ).strip()

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make a database of the site's role, empty or a copy of another. Return its URL."""
        self.psql(f"CREATE DATABASE {name} OWNER portal TEMPLATE {template}")
        return self.url(name)

    def remove(self) -> None:
        """Stop the server, if it runs, and delete the cluster."""
        if self.is_running():
            self.stop("immediate")
        self.held.close()
        shutil.rmtree(self.folder)

    def _program(self, name: str, *arguments: str | Path) -> str:
        account = pwd.getpwnam("postgres")
        # The server outlives pg_ctl and would keep a pipe open: what is printed goes to a file.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [PROGRAMS / name, *arguments],
                check=False,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=[],
            )
            said.seek(0)
            text = said.read()
        assert done.returncode == 0, f"{name} failed: {text}"
        return text


def children(parent: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if entry.name.isdigit() and int(fields[1]) == parent:
            found.append(int(entry.name))
    return found
