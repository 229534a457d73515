# ruff: noqa: S603, S607 – programs of this machine, told nothing from outside
"""A site of a bench's own, and what it has used of the processor. Needs Linux with taskset."""

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
    """

    def __init__(self, folder: Path, workers: int = 1) -> None:
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
            ["taskset", "-c", "0", sys.executable, "manage.py", "serve", "--no-demo",
             f"--port={self.port}"],
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

    def processor_seconds(self) -> dict[str, float]:
        """What the server and its PostgreSQL have used so far, whoever else was busy."""
        table: dict[int, tuple[int, float]] = {}
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
        used = {}
        for name, ours in (("PostgreSQL", postmasters), ("server", {self.process.pid})):
            while more := {p for p, (parent, _) in table.items() if parent in ours} - ours:
                ours |= more
            ticks = sum(table.pop(p)[1] for p in ours if p in table)
            used[name] = ticks / os.sysconf("SC_CLK_TCK")
        return used

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
