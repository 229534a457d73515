"""A Debian machine of a test's own: the files of this one below a layer that is thrown away.

What the test writes, installs and starts there ends with it. The machine is first used as a tree
without systemd (as the root of single commands), and may then be booted, with systemd as its first
process and a network of its own, which leads nowhere.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.portal.running import PATIENCE, wait_for

# A debootstrapped tree to use instead of this machine's own files: of another Debian, or bare.
TREE = os.environ.get("DEBIAN_TREE", "/")
PROJECT = "/usr/local/src/cong-tin"  # where the machine has this checkout

# $1: an empty folder, $2: the tree, $3: the project, $4: where the machine has it
MOUNT = """
set -e
mount -t tmpfs -o size=6g,mode=755 tmpfs "$1"
mkdir "$1/changes" "$1/work" "$1/tree"
mount -t overlay overlay -o lowerdir="$2",upperdir="$1/changes",workdir="$1/work" "$1/tree"
mkdir -p "$1/tree$4"
mount --bind "$3" "$1/tree$4"
cat /etc/resolv.conf > "$1/tree/etc/resolv.conf"
echo ready
exec cat
"""
# A command with the tree as its root; all that it starts ends with it.
ENTER = """
mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/run" &&
mkdir "$0/run/lock" && exec chroot "$0" "$@"
"""


class Debian:
    """One such machine. `boot()` starts its systemd; until then it has none."""

    def __init__(self, folder: Path) -> None:
        """
        Args:
            folder: an empty one, to mount the machine in. Nobody else sees the mounts.
        """
        self.tree = folder / "tree"
        self._holder = subprocess.Popen(
            [
                *("unshare", "--mount", "bash", "-c", MOUNT, "bash"),
                *(folder, TREE, settings.BASE_DIR, PROJECT),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n"
        self._machine: subprocess.Popen[bytes] | None = None
        self._first = 0  # the process id of its systemd

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command as root of the machine; its output and its errors come together.

        Raises AssertionError with both if it fails and `check` is set.
        """
        if self._first:
            enter = ["nsenter", f"--target={self._first}", "--all", "--root", "--wdns=/"]
        else:
            enter = [*self._beside(), "unshare", "--mount", "--pid", "--fork", "--kill-child"]
            enter += ["bash", "-c", ENTER, str(self.tree)]
        passed = {
            name: value
            for name, value in os.environ.items()
            if name.startswith("PIP_") or name.lower() in ("http_proxy", "https_proxy", "no_proxy")
        }
        result = subprocess.run(
            [*enter, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
            | {"HOME": "/root", "TERM": "dumb"}
            | passed,
            check=False,
        )
        assert not check or result.returncode == 0, f"{command} failed:\n{result.stdout}"
        return result

    def boot(self) -> None:
        """Start systemd and wait until it has started what is enabled."""
        # Its own clock work is not of interest: no packages are fetched, nothing is trimmed.
        masked = [f"systemd.mask={name}.timer" for name in ("apt-daily", "apt-daily-upgrade")]
        self._machine = subprocess.Popen(
            [
                *(*self._beside(), "systemd-nspawn", "--quiet", "--register=no", "--keep-unit"),
                *("--private-network", f"--directory={self.tree}", "--boot", *masked),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._first = wait_for(self._find_first)
        wait_for(
            lambda: self.run("systemctl", "is-system-running", check=False).stdout in DONE, 180
        )

    def remove(self) -> None:
        if self._machine is not None:
            self._machine.terminate()  # shuts the machine down
            try:
                self._machine.wait(2 * PATIENCE)
            except subprocess.TimeoutExpired:
                self._machine.kill()
                self._machine.wait()
        self._holder.communicate()  # closes its standard input, at which it ends

    def _beside(self) -> list[str]:
        return ["nsenter", f"--target={self._holder.pid}", "--mount"]

    def _find_first(self) -> int:
        """The child of systemd-nspawn that became systemd; 0 before that."""
        assert self._machine is not None
        assert self._machine.poll() is None, "systemd-nspawn has ended"
        pid = self._machine.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with contextlib.suppress(FileNotFoundError):
                if Path(f"/proc/{child}/comm").read_text() == "systemd\n":
                    return int(child)
        return 0


DONE = ("running\n", "degraded\n")


@contextlib.contextmanager
def debian(folder: Path) -> Iterator[Debian]:
    """A machine that ends with the block."""
    machine = Debian(folder)
    try:
        yield machine
    finally:
        machine.remove()
