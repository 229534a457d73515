"""Making a backup while the site runs.

Files are written once and never changed, under names of their own; a row that names a file is
written after it, and a file is deleted after its row (`news/stored_files.py`). So this order gives
a database and files that fit:

1. All files are copied. This may take long, and nobody waits for it.
2. With the lock of `file_rows_locked`, under which alone rows of files are written and files
   deleted, a snapshot of the database is taken, and what has come since is copied. This is short.
   The lock is given back; what has gone since is left out of the manifest.
3. pg_dump writes that snapshot, however long it takes.

The database first and then the files would lack a file that was deleted in between; files first
without the second look would lack those that came with the last rows.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from news.formats import file_size, number
from news.stored_files import file_rows_locked, files_of_rows
from portal.backups import BackupError, Progress
from portal.backups.archive import Writer, open_archive
from portal.backups.manifest import DUMP, MEDIA, SETTINGS, Manifest
from portal.backups.programs import (
    LOCK_WAIT,
    WITHOUT_ROWS,
    Program,
    dump_database,
    find_program,
    list_dump,
)
from portal.backups.variables import settings_text
from portal.version import VERSION

NAME = re.compile(r"congtin-\d{8}-\d{6}\.tar")
PARTIAL = ".partial"
# Below the media folder, what a restore has not yet brought to its end.
RESTORING = ".restoring"
# Of the files that rows name. A few may be lost for good, and each night must not fail for them.
MISSING_PERCENT = 10
# No files of the site: those, and what a file system puts at the top of its disk.
NOT_MEDIA = {RESTORING, "lost+found"}
# A file that nobody has written to for so long is no longer being written.
SETTLED = timedelta(minutes=10)
# Left free for the site, where it lives on the disk of the backups.
KEPT_FREE = 1024**3


class StoredFile(NamedTuple):
    """What tells whether a file is still the one that was copied."""

    size: int
    inode: int
    modified_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> StoredFile:
        return cls(found.st_size, found.st_ino, found.st_mtime_ns)


class Made(NamedTuple):
    path: Path
    size: int
    manifest: Manifest
    named_files: int
    """How many files the rows of the backup name."""


def make_backup(folder: Path, progress: Progress) -> Made:
    """Write a backup of the site into an existing folder, check it, and give it its name.

    Until then it is called `….partial`; whatever happens, the others in the folder stay as they
    are. Raises BackupError, OSError.
    """
    media = Path(settings.MEDIA_ROOT).resolve()
    if folder.resolve() == media or media in folder.resolve().parents:
        raise BackupError(_("The folder lies among the public files. Choose another."))
    with _only_one(folder), _snapshot_connection() as reader:
        version = reader.connection.info.server_version // 10000
        program = find_program("pg_dump", version)
        check_space(folder, media, reader)
        now = timezone.now()
        path = _free_name(folder, now)
        partial = path.with_name(path.name + PARTIAL)
        try:
            manifest, named_files = _write(partial, media, reader, program, progress)
            _check(partial, manifest, progress)
            partial.rename(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync_folder(folder)
    return Made(path, path.stat().st_size, manifest, named_files)


def check_files(made: Made) -> None:
    """Raise BackupError if so many files are missing that the media folder itself must be wrong."""
    missing = made.manifest.missing_files
    if len(missing) * 100 > made.named_files * MISSING_PERCENT:
        raise BackupError(
            _(
                "In the media folder %(media)s, %(missing)s of the %(named)s files that the data "
                "name are missing, among them %(file)s. The backup without them is kept all the "
                "same: %(path)s."
            )
            % {
                "media": settings.MEDIA_ROOT,
                "missing": number(len(missing)),
                "named": number(made.named_files),
                "file": missing[0],
                "path": made.path,
            }
        )


def delete_older(folder: Path, keep: int) -> list[Path]:
    """Delete all backups in a folder but the newest `keep`; return those deleted."""
    backups = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    older = backups[: -max(keep, 1)]
    for path in older:
        path.unlink()
    return older


# --- The folder -----------------------------------------------------------------------------------


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, and remove what a killed backup left behind."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(_("Another backup is being written into this folder.")) from None
        for path in folder.glob(f"*{PARTIAL}"):
            if NAME.fullmatch(path.name.removesuffix(PARTIAL)):
                path.unlink()
        yield


def check_space(folder: Path, media: Path, connection: BaseDatabaseWrapper) -> None:
    """Raise BackupError if the backup would hardly fit.

    The dump is compressed and holds no indexes: it is well below half of the database. For a moment
    it is there twice.
    """
    needed = sum(stored.size for stored in stored_files(media).values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        needed += cursor.fetchone()[0]
    disk = folder.stat().st_dev
    if any(path.exists() and path.stat().st_dev == disk for path in (media, settings.PORTAL_DATA)):
        needed += KEPT_FREE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            _(
                "Free space in %(folder)s: %(free)s; a backup may need %(needed)s. Make room, or "
                "keep fewer backups."
            )
            % {
                "folder": folder,
                "free": file_size(free),
                "needed": file_size(needed),
            }
        )


def _free_name(folder: Path, now: datetime) -> Path:
    while True:
        path = folder / f"congtin-{timezone.localtime(now):%Y%m%d-%H%M%S}.tar"
        if not path.exists():
            return path
        now += timedelta(seconds=1)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- Files ----------------------------------------------------------------------------------------


def stored_files(media: Path) -> dict[str, StoredFile]:
    """The files below a folder, by their path in it, links followed. Raises OSError."""
    return dict(_stat(media, _names(media)))


def _names(media: Path) -> set[str]:
    return set(_walk(str(media))) if media.exists() else set()


def _walk(folder: str, path: str = "") -> Iterator[str]:
    # os.walk takes twice as long, and others wait while the second look is taken.
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield path + entry.name
            elif path or entry.name not in NOT_MEDIA:
                yield from _walk(entry.path, f"{path}{entry.name}/")


def _stat(media: Path, names: Iterable[str]) -> Iterator[tuple[str, StoredFile]]:
    for name in names:
        with suppress(FileNotFoundError):  # deleted meanwhile
            found = os.stat(f"{media}/{name}")
            if stat.S_ISREG(found.st_mode):
                yield name, StoredFile.of(found)


class _MediaCopy:
    """Copies files into the archive, those that are new at each look.

    At the second look, while others wait, of most files the name alone is looked at: with 100,000
    of them it takes a fraction of a second instead of some seconds.
    """

    def __init__(self, archive: Writer, media: Path, progress: Progress) -> None:
        self.archive, self.media, self.progress = archive, media, progress
        self.copied: dict[str, StoredFile] = {}
        self._settled_before = time.time_ns() - int(SETTLED.total_seconds() * 1e9)

    def look(self) -> None:
        names = _names(self.media)
        settled = {name for name in names if self._is_settled(name)}
        found = dict(_stat(self.media, names - settled))
        for gone in self.copied.keys() - settled - found.keys():
            self._forget(gone)
        new = [name for name in sorted(found) if self.copied.get(name) != found[name]]
        done, total = 0, sum(found[name].size for name in new)
        for name in new:
            try:
                file = (self.media / name).open("rb")
            except FileNotFoundError:
                self._forget(name)  # deleted meanwhile
                continue
            with file:
                self.copied[name] = StoredFile.of(os.fstat(file.fileno()))
                self.archive.add(MEDIA + name, file)
            done += self.copied[name].size
            self.progress(_("Pictures and documents"), done, total)

    def _is_settled(self, name: str) -> bool:
        """Whether it was copied, and for some minutes before had not been written to."""
        copied = self.copied.get(name)
        return copied is not None and copied.modified_ns < self._settled_before

    def _forget(self, name: str) -> None:
        """Its content stays in the archive, but the manifest does not know it."""
        if self.copied.pop(name, None) is not None:
            del self.archive.parts[MEDIA + name]


# --- The database ---------------------------------------------------------------------------------


@contextmanager
def _snapshot_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection beside Django's own, for the transaction that keeps the snapshot."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        for each in (connection, connections[DEFAULT_DB_ALIAS]):
            with each.cursor() as cursor:
                # The limits are those of a request.
                cursor.execute("SET statement_timeout = 0")
                cursor.execute("SET idle_in_transaction_session_timeout = 0")
                cursor.execute(f"SET lock_timeout = '{LOCK_WAIT}'")
        yield connection
    finally:
        connection.close()


def _take_snapshot(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def count_rows(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """The rows of each table whose rows a backup holds."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - set(WITHOUT_ROWS))
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = int(cursor.fetchone()[0])
    return counts


def _applied_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]


# --- The archive ----------------------------------------------------------------------------------


def _write(
    path: Path, media: Path, reader: BaseDatabaseWrapper, program: Program, progress: Progress
) -> tuple[Manifest, int]:
    """Return the manifest, and how many files the rows name."""
    archive = Writer(path)
    try:
        copy = _MediaCopy(archive, media, progress)
        copy.look()
        with file_rows_locked():
            snapshot = _take_snapshot(reader)
            made_at = timezone.now()
            copy.look()
            named = files_of_rows()
        counts = count_rows(reader)
        mtime = int(made_at.timestamp())
        archive.add_text(SETTINGS, settings_text(os.environ).encode(), mtime)
        progress(_("Database"), 0, 1)
        # It has no name, so a killed backup leaves nothing of it behind.
        with TemporaryFile(dir=path.parent) as dump:
            dump_database(program, reader, snapshot, dump)
            dump.seek(0)
            list_dump(find_program("pg_restore", program.version), dump)
            dump.seek(0)
            archive.add(DUMP, dump)
        manifest = Manifest(
            version=VERSION,
            made_at=made_at.isoformat(),
            postgresql=reader.connection.info.server_version // 10000,
            pg_dump=program.version,
            migrations=_applied_migrations(reader),
            counts=counts,
            parts=dict(archive.parts),
            missing_files=sorted(named - copy.copied.keys()),
        )
        archive.finish(manifest, mtime)
    finally:
        archive.close()
    return manifest, len(named)


def _check(path: Path, written: Manifest, progress: Progress) -> None:
    """Read the file back, and compare it with what was meant to be written. Raises BackupError."""
    with open_archive(path) as archive:
        if archive.manifest != written:
            raise BackupError(_("The manifest of the backup is damaged."))
        archive.check(_("Reading the backup back"), progress)
