"""Restoring a backup into an empty site: whole, or not at all.

The database is loaded in one transaction, the last step that can fail. Before it files are written
to MEDIA_ROOT/.restoring, and then moved to their places. As long as that folder is there and the
database is empty, all files in MEDIA_ROOT are of a restore that did not come to its end: the next
one removes them and begins again. If the database has tables, it was loaded, and the files belong
to it although nobody was left to remove the folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from news.formats import file_size
from portal.backups import BackupError, Progress
from portal.backups.archive import MEGABYTE, Archive, open_archive
from portal.backups.making import NOT_MEDIA, RESTORING, count_rows
from portal.backups.manifest import DUMP, MEDIA, Manifest
from portal.backups.programs import END_LOADING, load_dump
from portal.version import VERSION

# About one a second.
MIGRATE_ATTEMPTS = 1800
# What belongs to an extension counts as nothing: whoever makes a database may put them in.
TABLES = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e')
"""


def restore_backup(path: Path, progress: Progress, tell: Callable[[str], None]) -> Manifest:
    """Restore a backup into this site, whose database and media are empty; `complete` follows.

    Args:
        path: of the file.
        tell: given sentences for whoever waits.

    Returns the manifest of the backup. Raises BackupError, OSError; until the database is loaded
    it and the media are then empty as before.
    """
    media = Path(settings.MEDIA_ROOT).resolve()
    with open_archive(path) as archive, _only_one():
        manifest = archive.manifest
        check_version(manifest)
        check_empty(media)
        server = connection.connection.info.server_version // 10000
        if manifest.postgresql > server:
            tell(
                _(
                    "The backup comes from PostgreSQL %(newer)s, the database here is PostgreSQL "
                    "%(older)s. This version of the portal can nevertheless be restored there; if "
                    "the database refuses it all the same, everything stays empty, and PostgreSQL "
                    "%(newer)s is needed."
                )
                % {"newer": manifest.postgresql, "older": server}
            )
        archive.check(_("Checking the backup"), progress)
        check_space(media, manifest)
        _load(archive, media, max(manifest.pg_dump, server), progress)
    return manifest


def complete(manifest: Manifest) -> None:
    """Check what was restored, and bring it up to date. Raises BackupError, DatabaseError."""
    check_counts(manifest)
    # Nobody reads yet, but autovacuum may be at work on a large table that was just filled.
    call_command("migrate", verbosity=0, interactive=False, attempts=MIGRATE_ATTEMPTS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # else the first readers wait for plans made without knowledge


def _load(archive: Archive, media: Path, at_least: int, progress: Progress) -> None:
    mark = media / RESTORING
    try:
        mark.mkdir(parents=True)
        _extract(archive, mark, progress)
        with TemporaryFile(dir=mark) as dump, archive.open(DUMP) as stored:
            shutil.copyfileobj(stored, dump, MEGABYTE)
            os.sync()
            for entry in list(mark.iterdir()):
                entry.rename(media / entry.name)
            size = dump.tell()
            load_dump(connection, at_least, dump, lambda done: progress(_("Database"), done, size))
    except BaseException:
        settle(media)
        raise
    mark.rmdir()


def _extract(archive: Archive, folder: Path, progress: Progress) -> None:
    """Write the files below a folder; their names were checked with the manifest."""
    parts = archive.manifest.media()
    done, total = 0, sum(part.size for part in parts.values())
    for name, part in parts.items():
        path = folder / name.removeprefix(MEDIA)
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, path.open("xb") as file:
            shutil.copyfileobj(source, file, MEGABYTE)
        path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        os.utime(path, (archive.modified_at(name),) * 2)
        done += part.size
        progress(_("Pictures and documents"), done, total)


def settle(media: Path) -> None:
    """Remove what a restore has left: its files, unless the database was loaded, and the mark last.

    Raises DatabaseError, and has then removed nothing.
    """
    if not (media / RESTORING).exists():
        return
    if not has_tables():
        for path in media.iterdir():
            if path.name not in NOT_MEDIA:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(media / RESTORING)


def has_tables() -> bool:
    """Whether the database holds anything. No session loads it any longer when this returns."""
    with connection.cursor() as cursor:
        cursor.execute(END_LOADING)
        cursor.execute(TABLES)
        return bool(cursor.fetchone()[0])


# --- What is checked before -----------------------------------------------------------------------


@contextmanager
def _only_one() -> Iterator[None]:
    """Let no second restore work on this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('portal_restore'))")
        if not cursor.fetchone()[0]:
            raise BackupError(_("Another restore of this site is running."))
        # The limits are those of a request.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('portal_restore'))")


def check_version(manifest: Manifest) -> None:
    """Raise BackupError if a later version of the portal made the backup."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    known = {f"{app}.{name}" for app, name in migrations}
    for migration in migrations.values():
        known |= {f"{app}.{name}" for app, name in migration.replaces}
    if set(manifest.migrations) - known:
        raise BackupError(
            _(
                "The backup was made by version %(theirs)s of the portal, which knows more than "
                "this one (%(ours)s). Bring the code up to date first."
            )
            % {"theirs": manifest.version, "ours": VERSION}
        )


def check_empty(media: Path) -> None:
    """Raise BackupError, which says how to empty it, if the site holds anything.

    What an interrupted restore has left is removed.
    """
    settle(media)
    if has_tables():
        found = connection.settings_dict
        if folder := found.get("DATA_FOLDER"):
            how = _("remove the folder %(folder)s") % {"folder": Path(folder) / "postgres"}
        else:
            how = _("dropdb %(name)s && createdb --owner=%(user)s %(name)s") % {
                "name": found["NAME"],
                "user": found["USER"] or "…",
            }
        raise BackupError(
            _(
                "A backup is restored into an empty site, and this database has tables. If they "
                "are not needed: stop the site, make a backup of it, then %(how)s."
            )
            % {"how": how}
        )
    if media.exists() and any(path.name not in NOT_MEDIA for path in media.iterdir()):
        raise BackupError(
            _(
                "A backup is restored into an empty site, and there are files in %(folder)s. If "
                "they are not needed, remove them, or move them elsewhere."
            )
            % {"folder": media}
        )


def check_space(media: Path, manifest: Manifest) -> None:
    """Raise BackupError if the files, and the dump for a while, do not fit."""
    media.mkdir(parents=True, exist_ok=True)
    needed = manifest.parts[DUMP].size + sum(part.size for part in manifest.media().values())
    free = shutil.disk_usage(media).free
    if free < needed:
        raise BackupError(
            _("Free space in %(folder)s: %(free)s; needed: %(needed)s.")
            % {"folder": media, "free": file_size(free), "needed": file_size(needed)}
        )


def check_counts(manifest: Manifest) -> None:
    """Raise BackupError unless each table has the rows it had."""
    found = count_rows(connection)
    wrong = [
        f"{table}: {found.get(table)} ≠ {count}"
        for table, count in manifest.counts.items()
        if found.get(table) != count
    ]
    if wrong:
        raise BackupError(
            _("The restored database has other rows than the backup: %(tables)s.")
            % {"tables": "; ".join(wrong)}
        )
