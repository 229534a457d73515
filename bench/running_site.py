# ruff: noqa: S603, S607 – programs of this machine, told nothing from outside
"""A site of a bench's own, its processes and what they use. Needs Linux with taskset."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Site:
    """One `manage.py serve` on the first core, with its PostgreSQL and all of their processes.

    Args:
        folder: an empty one for everything it writes.
        workers: how many processes answer.
        with_demo: whether it has the demo ward, not nothing at all.
        cores: which of the machine it may use.
    """

    def __init__(
        self, folder: Path, workers: int = 1, *, with_demo: bool = False, cores: str = "0"
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
            "PORTAL_LOCAL": "1",
            "PORTAL_DATA": str(folder),
            "WEB_CONCURRENCY": str(workers),
            "TRUSTED_PROXIES": "1",
        }
        self.process = subprocess.Popen(
            ["taskset", "-c", cores, sys.executable, "manage.py", "serve", f"--port={self.port}",
             *([] if with_demo else ["--no-demo"])],
            cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5)
                return
            except OSError:
                assert self.process.poll() is None, "the site did not start"
                time.sleep(0.2)

    def shell(self, code: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", code],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True,
        ).stdout  # fmt: skip

    def processes(self) -> dict[str, dict[int, int]]:
        """The processes of the server and of its PostgreSQL, with the ticks each has used."""
        table: dict[int, tuple[int, int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue  # it has just ended
                table[int(entry.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
        postmasters = {
            int(path.read_text().split()[0])
            for path in Path(self.environment["PORTAL_DATA"]).rglob("postmaster.pid")
        }
        found = {}
        for name, ours in (("PostgreSQL", postmasters), ("server", {self.process.pid})):
            while more := {p for p, (parent, _) in table.items() if parent in ours} - ours:
                ours |= more
            found[name] = {p: table.pop(p)[1] for p in sorted(ours) if p in table}
        return found

    def processor_seconds(self) -> dict[str, float]:
        """What the server and its PostgreSQL have used so far, whoever else was busy."""
        return {
            name: sum(ticks.values()) / os.sysconf("SC_CLK_TCK")
            for name, ticks in self.processes().items()
        }

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
