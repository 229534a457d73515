"""Run a unit of deploy/ as systemd would: its sandbox, its socket, its start, end and restart."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from collections import deque
from pathlib import Path

from django.conf import settings

from tests.browsing import FIREFOX
from tests.deploy import sandbox, seccomp
from tests.deploy.sandbox import Machine
from tests.deploy.unit_file import Command, read_environment, read_unit
from tests.portal.running import PATIENCE, hold_port, wait_for

UNITS = settings.BASE_DIR / "deploy"
PYTHON = "/srv/congtin/app/.venv/bin/python"
LAUNCHER = [PYTHON, "/srv/congtin/app/tests/deploy/seccomp.py"]
RESTRICTIONS = ["MemoryDenyWriteExecute", "RestrictNamespaces", "RestrictSUIDSGID",
                "LockPersonality", "RestrictRealtime"]  # fmt: skip


class Service:
    """A service of a machine, by the name of its file in deploy/.

    What it prints, and what becomes of it, stands in `journal()`.

    Args:
        machine: where it runs.
        name: such as "congtin.service". With a file of that name that ends in ".socket", the
            service is given a listening socket, whose port is a free one and not that of the file.
    """

    def __init__(self, machine: Machine, name: str = "congtin.service") -> None:
        self.machine, self.unit = machine, read_unit(UNITS / name)
        self.log = machine.folder / f"{name}.log"
        self.log.touch()
        self.state, self.starts = "inactive", 0
        self.process: subprocess.Popen[bytes] | None = None
        # The mount namespaces of its processes, each held open: the kernel gives the number of one
        # that is gone to a stranger.
        self.namespaces: dict[str, int] = {}
        self._wanted = threading.Event()  # cleared by stop()
        self._changed = threading.Condition()
        self._supervisor: threading.Thread | None = None
        self.listener = self._listen(UNITS / name.replace(".service", ".socket"))
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(f"\0congtin-test-{os.getpid()}-{id(self)}")
        self.notified.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 that the socket of the service listens on."""
        assert self.listener is not None, f"{self.unit.path.name} has no socket"
        return int(self.listener.getsockname()[1])

    @property
    def main_pid(self) -> int:
        assert self.process is not None, "never started"
        return self.process.pid

    def start(self, *, wait: bool = True) -> None:
        """As `systemctl start`: wait until the service is active; with wait=False, do not."""
        assert self._supervisor is None or not self._supervisor.is_alive(), "it runs already"
        self._wanted.set()
        self.state = "inactive"
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)
        self._supervisor.start()
        if wait:
            settled = {"active", "failed", "inactive after success"}
            until = time.monotonic() + 3 * PATIENCE  # a first start collects the static files
            while self.state not in settled and time.monotonic() < until:
                time.sleep(0.02)
            assert self.state in settled - {"failed"}, self.journal()

    def stop(self) -> None:
        """As `systemctl stop`: return when no process of the service is left."""
        self._wanted.clear()
        with self._changed:
            self._changed.notify_all()
        if self._supervisor is not None:
            self._supervisor.join()
            self._supervisor = None

    def restart(self) -> None:
        """As `systemctl restart`."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop the service, and its socket."""
        self.stop()
        self.notified.close()
        if self.listener is not None:
            self.listener.close()
            self.listener = None

    def journal(self) -> str:
        return self.log.read_text(errors="replace")

    def processes(self) -> set[int]:
        """All processes of the service, also those without a parent: they share its mounts."""
        return {
            int(entry.name) for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and namespace(entry) in self.namespaces
        }  # fmt: skip

    def run(
        self,
        *words: str,
        with_sandbox: bool = False,
        as_root: bool = False,
        stdin: str = "",
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program on the machine, with the variables of the service and these.

        It runs beside the service, as its account, and with_sandbox in folders as those of the
        unit but not the same; as_root as whoever administers the machine.
        """
        command = Command(list(words), failure_is_ignored=False, has_full_privileges=as_root)
        return subprocess.run(
            self._words(command, with_sandbox=with_sandbox),
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
            env=self._environment() | variables,
        )

    def manage(self, *arguments: str, stdin: str = "", **variables: str) -> str:
        """Run a command of manage.py as an administrator does, and return what it prints."""
        done = self.run(PYTHON, "manage.py", *arguments, stdin=stdin, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, path: str = "/", host: str = "portal.example.gov.vn") -> tuple[int, str]:
        """Ask the site past nginx, as nginx does. Return status and text; 0 if nobody answers."""
        headers = {"Host": host, "X-Forwarded-Proto": "https", "User-Agent": FIREFOX}
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            client.request("GET", path, headers=headers)
            answer = client.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            client.close()

    # --- What systemd does ------------------------------------------------------------------------

    def _supervise(self) -> None:
        interval = self.unit.seconds("Unit", "StartLimitIntervalSec", "10s")
        burst = int(self.unit.last("Unit", "StartLimitBurst", "5"))
        pause = self.unit.seconds("Service", "RestartSec", "100ms")
        started: deque[float] = deque(maxlen=burst)
        while self._wanted.is_set():
            now = time.monotonic()
            if interval and len(started) == burst and now - started[0] < interval:
                self._become("failed", "start request repeated too quickly")
                return
            started.append(now)
            result = self._run_once()
            if not self._wanted.is_set() or not self._restarts_after(result):
                failed = result not in {"success", "stopped"}
                self._become("failed" if failed else "inactive after success", result)
                return
            self._become("waiting for a restart", result)
            self._wait_until_unwanted(pause)
        self._become("inactive after success", "stopped")

    def _restarts_after(self, result: str) -> bool:
        policy = self.unit.last("Service", "Restart", "no")
        assert policy in {"no", "always", "on-failure"}, f"Restart={policy} is not known"
        return policy == "always" or (policy == "on-failure" and result != "success")

    def _run_once(self) -> str:
        """Run what the unit says until it ends or is to stop. Return the result."""
        self._become("activating", "")
        private = self.machine.folder / "private-tmp"
        shutil.rmtree(private, ignore_errors=True)
        private.mkdir()
        private.chmod(0o1777)
        result = "success"
        try:
            for command in self.unit.commands("ExecStartPre"):
                if (result := self._until_its_end(command)) != "success":
                    return result
            for command in self.unit.commands("ExecStart"):
                if (result := self._main(command)) != "success":
                    return result
            return result
        finally:
            self._end_the_rest()
            shutil.rmtree(private, ignore_errors=True)
            for name in " ".join(self.unit.every("Service", "RuntimeDirectory")).split():
                shutil.rmtree(self.machine.folder / "run" / name, ignore_errors=True)

    def _main(self, command: Command) -> str:
        kind = self.unit.last("Service", "Type", "simple")
        assert kind in {"simple", "exec", "notify", "oneshot"}, f"Type={kind} is not known"
        if kind == "oneshot":
            return self._until_its_end(command)
        self._begin(command, self.listener)
        self.starts += 1
        timeout = self.unit.seconds("Service", "TimeoutStartSec", "90s")
        until = time.monotonic() + timeout
        if kind != "notify":
            self._become("active", "")
        while self._wanted.is_set() and self.is_running():
            # Read to the end, in every state: whoever tells must not wait in a full queue.
            if self._is_ready() and self.state == "activating":
                self._become("active", "")
            if self.state == "activating" and time.monotonic() > until:
                self._terminate()
                return "timeout"
            self._wait_until_unwanted(0.02)
        if self.is_running():
            self._terminate()
            return "stopped"
        result = self._result(command)
        return "protocol" if (result, self.state) == ("success", "activating") else result

    def _until_its_end(self, command: Command) -> str:
        self._begin(command)
        while self.is_running():
            if not self._wanted.is_set():
                self._terminate()
                return "stopped"
            self._wait_until_unwanted(0.02)
        return self._result(command)

    def is_running(self) -> bool:
        """Whether the main process runs."""
        return self.process is not None and self.process.poll() is None

    def _result(self, command: Command) -> str:
        assert self.process is not None
        code = self.process.returncode
        if code == 0 or code in {-n for n in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)}:
            return "success"
        self._say(f"{command.arguments[0]} ended with {code}")
        return "success" if command.failure_is_ignored else f"exit code {code}"

    def _is_ready(self) -> bool:
        """Whether the main process has sent READY=1 by now, as sd_notify(3) says."""
        is_ready = False
        with contextlib.suppress(BlockingIOError):
            while True:
                text, ancillary, *_ = self.notified.recvmsg(4096, 64, socket.MSG_DONTWAIT)
                pid = struct.unpack("3i", ancillary[0][2])[0]
                self._say(f"told by {pid}: {text.decode()!r}")
                is_ready |= b"READY=1" in text.split(b"\n") and pid == self.main_pid
        return is_ready

    def _terminate(self) -> None:
        """End the main process, or all, as KillMode= says: asked first, killed after a time."""
        assert self.process is not None
        mode = self.unit.last("Service", "KillMode", "control-group")
        assert mode in {"control-group", "mixed"}, f"KillMode={mode} is not known"
        for pid in {self.main_pid} if mode == "mixed" else self.processes():
            kill(pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.unit.seconds("Service", "TimeoutStopSec", "90s"))
            return
        self._say("State 'stop-sigterm' timed out. Killing.")
        kill(self.main_pid, signal.SIGKILL)
        self.process.wait()

    def _end_the_rest(self) -> None:
        """End what the main process left behind."""
        until = time.monotonic() + self.unit.seconds("Service", "TimeoutStopSec", "90s")
        if self.unit.last("Service", "KillMode", "control-group") == "control-group":
            for pid in self.processes():
                kill(pid, signal.SIGTERM)
            while self.processes() and time.monotonic() < until:
                time.sleep(0.02)
        for pid in (left := self.processes()):
            self._say(f"Killing process {pid} with signal SIGKILL.")
            kill(pid, signal.SIGKILL)
        if left:
            wait_for(lambda: not self.processes())
        held = list(self.namespaces.values())
        self.namespaces.clear()
        for descriptor in held:
            os.close(descriptor)

    # --- One process ------------------------------------------------------------------------------

    def _begin(self, command: Command, listener: socket.socket | None = None) -> None:
        """Start a process of the unit. It keeps its process id through all that prepares it."""
        entered = self.machine.folder / "entered"
        entered.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._words(
                    command,
                    with_sandbox=not command.has_full_privileges,
                    first=f"echo > {entered}; read -r; exec </dev/null",
                    listener=listener,
                ),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._environment(),
                pass_fds=[listener.fileno()] if listener else [],
                start_new_session=True,
            )
        assert self.process.stdin is not None
        with self.process.stdin:  # for whose end it waits, in its new namespace
            wait_for(lambda: entered.exists() or not self.is_running(), PATIENCE)
            if self.is_running():
                self._hold_namespace()

    def _hold_namespace(self) -> None:
        """Remember the mount namespace of the main process until all of its processes ended."""
        descriptor = os.open(f"/proc/{self.main_pid}/ns/mnt", os.O_RDONLY)
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        assert name != namespace(Path("/proc/self")), "it is still in that of the tests"
        self.namespaces[name] = descriptor

    def _words(
        self,
        command: Command,
        *,
        with_sandbox: bool,
        first: str = ":",
        listener: socket.socket | None = None,
    ) -> list[str]:
        lines = [
            first,
            sandbox.script(self.machine, self.unit, with_sandbox=with_sandbox),
        ]
        if listener is not None:
            number = listener.fileno()
            if number != 3:
                lines.append(f"exec 3<&{number} {number}<&-")
            lines.append("export LISTEN_FDS=1 LISTEN_PID=$$")
        words = [] if command.has_full_privileges else sandbox.privileges(self.unit)
        if with_sandbox:
            words += [*LAUNCHER, self._limits()]
        lines.append('exec "$@"')
        return [
            *("unshare", "--mount", "--propagation", "private"),
            *("bash", "-c", "\n".join(lines), "unit", *words, *command.arguments),
        ]

    def _limits(self) -> str:
        return seccomp.limits(
            self.unit.every("Service", "SystemCallFilter"),
            self.unit.last("Service", "SystemCallErrorNumber", ""),
            " ".join(self.unit.every("Service", "RestrictAddressFamilies")).split(),
            [name for name in RESTRICTIONS if self.unit.flag(name)],
        )

    def _environment(self) -> dict[str, str]:
        """What systemd gives a service of an account; nothing of the environment of the tests."""
        user = self.unit.last("Service", "User", "root")
        variables = {
            "PATH": sandbox.PATH,
            "LANG": "C.UTF-8",
            "USER": user,
            "LOGNAME": user,
            "HOME": "/srv/congtin",
            "SHELL": "/usr/sbin/nologin",
        }
        if self.unit.last("Service", "Type", "simple") == "notify":
            variables["NOTIFY_SOCKET"] = "@" + self.notified.getsockname()[1:].decode()
        if folders := " ".join(self.unit.every("Service", "RuntimeDirectory")).split():
            variables["RUNTIME_DIRECTORY"] = ":".join(f"/run/{folder}" for folder in folders)
        for line in self.unit.every("Service", "Environment"):
            name, _, value = line.partition("=")
            variables[name] = value
        for path in self.unit.every("Service", "EnvironmentFile"):
            assert path == "/etc/congtin.env", f"{path} is not known"
            variables |= read_environment(self.machine.variables)
        return variables

    def _listen(self, path: Path) -> socket.socket | None:
        if not path.exists():
            return None
        (address,) = read_unit(path).every("Socket", "ListenStream")
        assert address.startswith("127.0.0.1:"), f"ListenStream={address} is not known"
        listener = hold_port()
        listener.listen(4096)
        return listener

    def _become(self, state: str, result: str) -> None:
        self.state = state
        self._say(f"{state}: {result}" if result else state)

    def _say(self, sentence: str) -> None:
        with self.log.open("a") as log:
            log.write(f"systemd: {self.unit.path.name} {sentence}\n")

    def _wait_until_unwanted(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._wanted.is_set(), seconds)


def namespace(process: Path) -> str:
    """The mount namespace of a process, empty for one that has ended."""
    try:
        return os.readlink(process / "ns" / "mnt")
    except OSError:
        return ""


def kill(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
