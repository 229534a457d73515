"""PostgreSQL's own programs: which one fits, and how each is told where the database is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo

from portal.backups import BackupError
from portal.backups.archive import MEGABYTE
from portal.postgresql import EmbeddedPostgresError
from portal.postgresql.binaries import binary

# Where Debian installs the programs of each major version. /usr/bin has a script that chooses one.
DEBIAN = Path("/usr/lib/postgresql")
# A stolen backup lets nobody into the newsroom: who logs in again gets a new session.
WITHOUT_ROWS = ["django_session"]
# Waiting for a table that is being altered keeps nobody else waiting; for ever would be too long.
LOCK_WAIT = "5min"
# An index is made several times as fast as with the default of 64 MB.
PREAMBLE = (
    b"BEGIN;\nSET maintenance_work_mem = '256MB';\nSET application_name = 'portal_restore';\n"
)
# A session that was left behind would go on to its end, and might still commit.
END_LOADING = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'portal_restore'
"""
# The exit status of psql; whether the server received a COMMIT is then unknown.
CONNECTION_LOST = 2
# What pg_restore 17 and later write into every script; earlier servers refuse it.
TRANSACTION_TIMEOUT = b"\nSET transaction_timeout = 0;\n"


@dataclass(frozen=True)
class Program:
    path: Path
    version: int
    """The major version."""


def find_program(name: str, at_least: int) -> Program:
    """The installed program that is the oldest of those new enough.

    Not the newest: what a program has written is read by none that is older.

    Args:
        at_least: major version of PostgreSQL.

    Raises BackupError, which says what to install.
    """
    found = [Program(path, _major_version(path)) for path in _candidates(name)]
    fitting = [program for program in found if program.version >= at_least]
    if not fitting:
        raise BackupError(
            _(
                "The program %(name)s of PostgreSQL %(version)s or newer is needed. "
                "Install it (Debian: apt-get install postgresql-client-%(version)s)."
            )
            % {"name": name, "version": at_least}
        )
    return min(fitting, key=lambda program: program.version)


def _candidates(name: str) -> Iterator[Path]:
    yield from sorted(DEBIAN.glob(f"*/bin/{name}"))
    if path := shutil.which(name):
        yield Path(path)
    with suppress(EmbeddedPostgresError):
        yield binary(name)


def _major_version(path: Path) -> int:
    """0 if the program does not run."""
    try:
        answer = subprocess.run(  # noqa: S603 - a program found by its name
            [path, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(match[1]) if match else 0


def _connection_string(connection: BaseDatabaseWrapper) -> str:
    """Where the server is that this connection has reached, without the password."""
    given = connection.get_connection_params()
    for ours in ("password", "context", "cursor_factory", "prepare_threshold"):
        given.pop(ours, None)
    # Of several hosts the same one: only there is the snapshot known.
    reached = connection.connection.info
    return make_conninfo(**given | {"host": reached.host, "port": reached.port})


def _environment(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The password is not among the arguments, which every account of the machine can read."""
    password = connection.connection.info.password
    return os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})


def dump_database(
    program: Program, connection: BaseDatabaseWrapper, snapshot: str, target: IO[bytes]
) -> None:
    """Write the database as of an exported snapshot into a file. Raises BackupError."""
    command: list[str | Path] = [
        *(program.path, "--format=custom", "--no-password", f"--snapshot={snapshot}"),
        # Compressing takes a fifth of the time of the default level, 6, for a dump a third larger.
        *("--compress=1", f"--lock-wait-timeout={LOCK_WAIT}"),
        *(f"--exclude-table-data={table}" for table in WITHOUT_ROWS),
        f"--dbname={_connection_string(connection)}",
    ]
    answer = subprocess.run(  # noqa: S603
        command,
        env=_environment(connection),
        stdin=subprocess.DEVNULL,
        stdout=target,
        stderr=subprocess.PIPE,
        check=False,
    )
    if answer.returncode:
        raise BackupError(_("pg_dump failed: %(reason)s") % {"reason": _reason(answer.stderr)})


def list_dump(program: Program, dump: IO[bytes]) -> list[bytes]:
    """The lines of a dump's own table of contents. Raises BackupError if it is damaged.

    Args:
        dump: a file of the disk, at its beginning.
    """
    answer = subprocess.run(  # noqa: S603
        [program.path, "--list"], stdin=dump, capture_output=True, check=False
    )
    if answer.returncode:
        raise BackupError(
            _("pg_restore cannot read the database in the backup: %(reason)s")
            % {"reason": _reason(answer.stderr)}
        )
    return answer.stdout.splitlines()


def load_dump(
    connection: BaseDatabaseWrapper, at_least: int, dump: IO[bytes], report: Callable[[int], None]
) -> None:
    """Load a dump into an empty database, in one transaction. Raises BackupError.

    pg_restore writes the script, psql runs it. In between we begin and end the transaction: if this
    process is killed before it has handed over everything, psql reads no COMMIT, and the database
    stays empty. Later nobody can tell from here: ask the database, after END_LOADING.

    Args:
        connection: an open one, to the database.
        at_least: the major version of PostgreSQL that the programs must have.
        dump: a file of the disk.
        report: told how many bytes of the dump were read.
    """
    pg_restore, psql = (find_program(name, at_least) for name in ("pg_restore", "psql"))
    is_old = connection.connection.info.server_version < 170000
    dump.seek(0)
    # An extension that was there before is another's to comment.
    kept = [line for line in list_dump(pg_restore, dump) if b" COMMENT - EXTENSION " not in line]
    dump.seek(0)
    with NamedTemporaryFile() as contents, TemporaryFile() as errors:
        contents.write(b"\n".join(kept))
        contents.flush()
        read: list[str | Path] = [
            *(pg_restore.path, "--no-owner", "--no-privileges", "--file=-"),
            f"--use-list={contents.name}",
        ]
        write: list[str | Path] = [
            *(psql.path, "--no-psqlrc", "--quiet", "--no-password"),
            *("--set=ON_ERROR_STOP=1", f"--dbname={_connection_string(connection)}"),
        ]
        environment = _environment(connection)
        with (
            _running(read, stdin=dump, stdout=subprocess.PIPE, stderr=errors) as reader,
            _running(
                write,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=environment,
            ) as writer,
            suppress(BrokenPipeError),  # psql met an error and has ended: see below
        ):
            source, target = cast(IO[bytes], reader.stdout), cast(IO[bytes], writer.stdin)
            target.write(PREAMBLE)
            for piece in _script(source, without_transaction_timeout=is_old):
                target.write(piece)
                # pg_restore reads from the same open file, so it has one position for both.
                report(os.lseek(dump.fileno(), 0, os.SEEK_CUR))
            if reader.wait() == 0:
                target.write(b"COMMIT;\n")
                target.close()
        if reader.returncode or writer.returncode:
            errors.seek(0)
            raise BackupError(
                _why_not_loaded(writer.returncode) % {"reason": _reason(errors.read())}
            )


def _why_not_loaded(status: int) -> str:
    if status == CONNECTION_LOST:
        return _(
            "The connection to the database was lost: %(reason)s. Run the command again: it begins "
            "anew, or says that the database has tables, which are then those of the backup."
        )
    return _("The database was not restored, and is empty as before: %(reason)s")


def _script(source: IO[bytes], *, without_transaction_timeout: bool) -> Iterator[bytes]:
    beginning = source.read(MEGABYTE)
    if without_transaction_timeout:
        beginning = beginning.replace(TRANSACTION_TIMEOUT, b"\n", 1)
    yield beginning
    while piece := source.read(MEGABYTE):
        yield piece


@contextmanager
def _running(command: list[str | Path], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has ended when the block is left; after an error it is killed."""
    process = subprocess.Popen(command, **options)  # noqa: S603
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        for pipe in filter(None, (process.stdin, process.stdout)):
            with suppress(BrokenPipeError):
                pipe.close()
        try:
            process.wait()
        except BaseException:
            # psql may have COMMIT in its pipe, and the files are about to be removed.
            process.kill()
            process.wait()
            raise


def _reason(output: bytes) -> str:
    """The first error of what a program printed, else its last line."""
    lines = output.decode(errors="replace").strip().splitlines() or ["?"]
    errors = (line for line in lines if re.search(r"error:|ERROR:|FATAL:", line))
    return re.sub(r"^psql:<stdin>:\d+: ", "", next(errors, lines[-1]))
