"""Two versions of the code beside each other: the last one that was released, and the next one."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

from tests.last_release import ROOT, files_as_git_knows_them, files_of_last_release
from tests.portal.running import COLLECT, PATIENCE


@dataclass
class Version:
    """The code of one version, and the environment that its processes run in.

    `log` gathers what the processes that serve it say.
    """

    code: Path
    log: Path
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)

    def manage(self, *arguments: str) -> str:
        """Run a command of its manage.py and return what it prints. Raises if it fails."""
        done = subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.code,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def collect_static(self) -> None:
        self.manage("shell", "--verbosity=0", "--command", COLLECT)

    def serve(self, listener: socket.socket, *arguments: str) -> subprocess.Popen[bytes]:
        """Start its `serve` with a listening socket, as systemd does (sd_listen_fds(3))."""
        as_systemd = f'exec 3<&{listener.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["bash", "-c", as_systemd, "serve", self.python, "manage.py", "serve", *arguments],
                cwd=self.code,
                env=self.environment,
                pass_fds=[listener.fileno()],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a version as systemd does: SIGTERM, and time to finish what was begun."""
    process.terminate()
    process.wait(timeout=PATIENCE)


def last_version(folder: Path) -> Version:
    """Lay out the code of the last version, with the packages of its own lock file."""
    code = folder / "last"
    for name, content in files_of_last_release().items():
        path = code / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    version = Version(code, folder / "last.log")
    if not _pins(code) <= _pins(ROOT):
        venv.create(folder / "venv", with_pip=True)
        version.python = str(folder / "venv/bin/python")
        arguments = ["-q", "--disable-pip-version-check", "--require-hashes", "-r"]
        subprocess.run(
            [version.python, "-m", "pip", "install", *arguments, code / "requirements.lock"],
            check=True,
        )
    return version


def next_version(folder: Path) -> Version:
    """Lay out this code with migrations of a version to come: `tests/deploy/next_version/`."""
    code = folder / "next"
    for name in files_as_git_knows_them():
        if (ROOT / name).is_file():
            (code / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, code / name)
    shutil.copytree(ROOT / "tests/deploy/next_version", code, dirs_exist_ok=True)
    return Version(code, folder / "next.log")


def _pins(code: Path) -> set[str]:
    """The packages of a lock file with their versions."""
    lock = (code / "requirements.lock").read_text()
    return set(re.findall(r"^\S+==\S+", lock, re.MULTILINE))


def environment(**more: str) -> dict[str, str]:
    """What all processes are told, and what this one is told besides."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return inherited | {
        "PORTAL_LOCAL": "1",
        "SECRET_KEY": "the same on every host of the site, and longer than fifty signs",
        "TRUSTED_PROXIES": "1",
        "WEB_CONCURRENCY": "2",
        **more,
    }
