"""Whether pages can be served, and what is missing: the answer of /readyz.

What keeps pages from being served has *failed*, so a load balancer sends nobody here. What only
needs a person's attention is a *warning*: with one host gone, the others would be next.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from portal.monitoring.timed_call import TimedCall
from portal.services.backups import is_backup_overdue, last_backup_at

FREE_BYTES = 2 * 1024**3  # less is a warning: some 200 of the largest pictures
OK = "ok"

Checks = dict[str, str]


def readiness() -> tuple[bool, Checks]:
    """Whether this process can serve pages, and one word or sentence on each thing it needs.

    Answers within 3 seconds, also if the database or the folder of the media hang.
    """
    # Read before, as it takes time only once and waits for nobody.
    migrations_of_the_code()
    checks = _within_its_time(_database_checks, "database") | _within_its_time(
        _file_checks, "media"
    )
    return not any(text.startswith("failed") for text in checks.values()), checks


def _within_its_time(ask: Callable[[], Checks], name: str) -> Checks:
    try:
        return ask()
    except TimeoutError:
        return {name: "failed: no answer"}
    except (DatabaseError, InterfaceError, OSError):
        return {name: "failed: not reachable"}


@cache
def migrations_of_the_code() -> set[tuple[str, str]]:
    """App and name of all migrations of this version."""
    return set(MigrationLoader(None).disk_migrations)


def check_database() -> Checks:
    """Ask the database for its migrations and the newest backup.

    Raises:
        django.db.Error: it cannot be reached.
    """
    # Those of a newer version that runs beside this one do not matter.
    missing = migrations_of_the_code() - set(MigrationRecorder(connection).applied_migrations())
    checks = {"database": OK, "migrations": OK, "backup": OK}
    if missing:
        return checks | {"migrations": f"failed: {len(missing)} missing", "backup": "unknown"}
    if is_backup_overdue(last_backup_at()):
        checks["backup"] = "warning: none lately"
    return checks


def check_files() -> Checks:
    """Look at the folders that pages are made of and that uploads go to."""
    checks = {"static_files": OK, "error_pages": OK, "media": OK, "free_space": OK}
    manifest = getattr(staticfiles_storage, "manifest_name", None)
    if manifest and not (settings.STATIC_ROOT / manifest).exists():
        checks["static_files"] = "failed: not collected"
    if not (settings.ERROR_PAGES_ROOT / settings.LANGUAGE_CODE / "503.html").exists():
        checks["error_pages"] = "warning: not written for nginx"
    media = nearest_folder(Path(settings.MEDIA_ROOT))
    if not os.access(media, os.W_OK | os.X_OK):
        checks["media"] = "failed: not writable"
    if shutil.disk_usage(media).free < FREE_BYTES:
        checks["free_space"] = "warning: low"
    return checks


def nearest_folder(path: Path) -> Path:
    """The folder itself or, before the first upload makes it, the one above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


_database_checks = TimedCall(check_database, seconds=1.5)
_file_checks = TimedCall(check_files, seconds=1.0)
