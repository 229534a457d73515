"""The database cluster: its files, and the server that works on them."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from portal.postgresql import EmbeddedPostgresError
from portal.postgresql.account import Account
from portal.postgresql.connection import DATABASE, PORT, ROLE, path_digest
from portal.postgresql.files import POLL_SECONDS, open_folder
from portal.postgresql.log import ServerLog
from portal.postgresql.processes import is_alive, postgres_processes

STOP_TIMEOUT = 20.0  # seconds for a clean stop; after that the server is cut off and recovers later

# Every account that may connect is named in pg_ident.conf. All others are refused, even one that
# can reach the socket.
PG_HBA = "local all all peer map=portal\n"
BOOTSTRAP_SQL = (
    f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n"
    f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template0 ENCODING 'UTF8';\n"
)
# The shell runs under the server's account, so that root writes nothing into a folder of another
# account. It ends at once, so init adopts the server and no zombie is left to us.
LAUNCH_SCRIPT = """
set -e
printf %s "$1" > "$0/pg_hba.conf"
printf %s "$2" > "$0/pg_ident.conf"
shift 2
"$@" < /dev/null >&2 &
echo $!
"""


def is_durable() -> bool:
    """Whether the database survives a power cut. Tests do without: PORTAL_POSTGRES_FSYNC=off."""
    return os.environ.get("PORTAL_POSTGRES_FSYNC", "on") != "off"


class Cluster:
    """The cluster in a folder `home`, with its socket in `socket_folder`.

    It does no locking: whoever starts or stops the server holds the lock (see `embedded`).
    """

    def __init__(self, home: Path, socket_folder: Path, account: Account):
        self.home = home
        self.folder = home / "cluster"
        self.socket_folder = socket_folder
        self.account = account
        self.log = ServerLog(home / "postgres.log")
        self.name = f"cong-tin-{path_digest(self.folder)}"  # shown in the list of processes

    def exists(self) -> bool:
        return self.folder.exists()

    def start(self, lock: int, deadline: float) -> None:
        """Make the cluster where there is none, start its server, and wait until it answers.

        Args:
            lock: the descriptor of the lock file that the caller holds.
            deadline: on the clock of `time.monotonic`.
        """
        if not self.exists():
            self._make(lock, deadline)
        log_offset = 0
        launched: int | None = None
        while not self.answers():
            if launched is not None and not is_alive(launched):
                raise EmbeddedPostgresError(
                    "The embedded PostgreSQL did not start. The last lines of its log"
                    f" ({self.log.path}):\n{self.log.last_lines(log_offset)}"
                )
            # As long as any process works in the cluster we wait for it: a server that others
            # started, one that is stopping, or what a killed one left behind.
            if launched is None and not self.processes():
                self.log.trim()
                log_offset = self.log.size()
                launched = self._launch()
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    "The embedded PostgreSQL does not answer yet; it may be recovering:"
                    f" see {self.log.path}. Processes: {sorted(self.processes()) or 'none'}."
                )
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop the server, and return when all its processes have ended."""
        # SIGINT, a fast shutdown, ends the sessions and leaves nothing to recover. SIGQUIT, an
        # immediate one, is like a power cut; it is for a server that does not obey.
        for order, timeout in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 5.0)):
            server = self.postmaster()
            if server is None:
                return
            os.kill(server, order)
            deadline = time.monotonic() + timeout
            while self.processes():
                if time.monotonic() > deadline:
                    break
                time.sleep(POLL_SECONDS)
            else:
                shutil.rmtree(self.socket_folder, ignore_errors=True)
                return

    def answers(self) -> bool:
        # Imported here, since settings import this package and many commands need no database.
        from psycopg.conninfo import make_conninfo
        from psycopg.pq import PGconn, Ping

        conninfo = make_conninfo(
            host=str(self.socket_folder), port=PORT, user=ROLE, dbname="postgres", connect_timeout=2
        )
        return PGconn.ping(conninfo.encode()) == Ping.OK

    def postmaster(self) -> int | None:
        """The process id of the running server, or None. Never that of another process."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if pid in self.processes() else None

    def processes(self) -> set[int]:
        return postgres_processes(self.folder, self.name)

    def _make(self, lock: int, deadline: float) -> None:
        """Make the cluster under another name, and rename it when it is complete."""
        for unfinished in self.home.glob("cluster.making*"):
            shutil.rmtree(unfinished)
        making = self.home / "cluster.making"
        self.account.make_private_folder(making)
        try:
            with open_folder(making) as descriptor:
                self._bootstrap(descriptor, lock, deadline)
            making.rename(self.folder)
            with open_folder(self.home) as home:
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

    def _bootstrap(self, folder: int, lock: int, deadline: float) -> None:
        """Fill an empty folder, given by its descriptor, with a cluster, our role and database."""
        path = f"/proc/self/fd/{folder}"
        # fmt: off
        initdb: list[str | Path] = [
            self.account.program("initdb"), "-D", path, "--username=postgres", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--text-search-config=simple", "--auth=reject",
            *([] if is_durable() else ["--no-sync"]),
        ]
        single_user: list[str | Path] = [
            self.account.program("postgres"), "--single", "-D", path, "-cexit_on_error=on",
            *self._options(), "postgres",
        ]
        # fmt: on
        for command, stdin in ((initdb, None), (single_user, BOOTSTRAP_SQL)):
            # The programs inherit the lock: if this process is killed, nobody else begins before
            # they have ended.
            self.account.run(
                command,
                stdin=stdin,
                timeout=max(deadline - time.monotonic(), 1),
                pass_fds=(folder, lock),
            )

    def _launch(self) -> int:
        """Start the server without waiting for it. Return its process id."""
        # No process works in the cluster, so this file is stale, even if a process has its pid.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        if self.socket_folder.exists():
            shutil.rmtree(self.socket_folder)
        self.account.make_private_folder(self.socket_folder)
        # The server gets its folders as open descriptors and needs no path to them: that may lead
        # through a folder like /root that its account cannot enter, may be too long for a socket,
        # or contain any character.
        with (
            open_folder(self.folder) as cluster,
            open_folder(self.socket_folder) as sockets,
            self.log.open() as log,
        ):
            cluster_path = f"/proc/self/fd/{cluster}"
            server: list[str | Path] = [
                self.account.program("postgres"),
                "-D",
                cluster_path,
                f"-cunix_socket_directories=/proc/self/fd/{sockets}",
                *self._options(),
            ]
            shell = ["/bin/sh", "-c", LAUNCH_SCRIPT, cluster_path, PG_HBA, self.account.pg_ident()]
            try:
                output = self.account.run(
                    [*shell, *server],
                    stderr=log,
                    pass_fds=(cluster, sockets),
                    start_new_session=True,  # Ctrl-C in the terminal must not reach the server
                )
            except subprocess.CalledProcessError as error:
                raise EmbeddedPostgresError(
                    f"The embedded PostgreSQL cannot write in {self.folder}: see {self.log.path}."
                ) from error
        return int(output)

    def _options(self) -> list[str]:
        options = {
            "cluster_name": self.name,
            "port": PORT,
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": 50,
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Log messages of the server itself only. Statements that fail are reported by the
            # client; logged here, they would let visitors fill the disk.
            "log_min_messages": "log",
            "log_checkpoints": "off",
        }
        if not is_durable():
            # Tests run on every core, and some of them with dozens of users at once.
            options |= {"fsync": "off", "full_page_writes": "off", "max_connections": 200}
        return [f"-c{name}={value}" for name, value in options.items()]
