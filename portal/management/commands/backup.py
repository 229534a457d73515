"""`manage.py backup FOLDER`: database, files and settings in one file; see docs/backup.md."""

from __future__ import annotations

import shlex
import time
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from news.formats import file_size, number
from portal.backups import BackupError
from portal.backups.making import Made, check_files, delete_older, make_backup
from portal.backups.reporting import TerminalProgress, reason_of
from portal.services.backups import record_backup


class Command(BaseCommand):
    help = "Make a backup of the database and the files in a folder, and delete the oldest there."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument(
            "--keep",
            metavar="N",
            type=int,
            default=settings.BACKUPS_TO_KEEP,
            help="how many backups to leave in the folder, the new one included "
            "(default: BACKUPS_TO_KEEP, %(default)s)",
        )

    def handle(self, *args: object, folder: Path, keep: int, **options: object) -> None:
        if keep < 1:
            raise CommandError(_("At least one backup has to be kept."))
        started = time.monotonic()
        progress = TerminalProgress(self.stderr)
        try:
            self._check_folder(folder)
            made = make_backup(folder, progress)
            check_files(made)
        except (BackupError, OSError, DatabaseError) as error:
            raise CommandError(
                _("The backup has failed. %(reason)s The earlier ones are untouched.")
                % {"reason": reason_of(error)}
            ) from error
        finally:
            progress.end()
        seconds = time.monotonic() - started
        self._report(made, seconds)
        try:
            record_backup(name=made.path.name, size=made.size, seconds=seconds)
        except DatabaseError as error:
            raise CommandError(
                _(
                    "The backup is whole, but the site could not note it, and older ones were not "
                    "deleted. %(reason)s"
                )
                % {"reason": reason_of(error)}
            ) from error
        try:
            deleted = delete_older(folder, keep)
        except OSError as error:
            raise CommandError(
                _("The backup is whole, but older ones could not be deleted. %(reason)s")
                % {"reason": reason_of(error)}
            ) from error
        names = ", ".join(path.name for path in deleted)
        self.stdout.write(_("Deleted: %(names)s") % {"names": names or _("nothing")})

    def _check_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        if folder.exists():
            raise CommandError(_("%(path)s is not a folder.") % {"path": folder})
        raise CommandError(
            _("There is no folder %(folder)s. Make it first: mkdir -m 700 %(quoted)s")
            % {"folder": folder, "quoted": shlex.quote(str(folder))}
        )

    def _report(self, made: Made, seconds: float) -> None:
        manifest = made.manifest
        self.stdout.write(
            _("Backup: %(path)s, %(size)s, %(seconds)s s; read back and found whole.")
            % {"path": made.path, "size": file_size(made.size), "seconds": number(seconds, 1)}
        )
        self.stdout.write(
            _("Rows: %(rows)s in %(tables)s tables; files: %(files)s.")
            % {
                "rows": number(sum(manifest.counts.values())),
                "tables": number(len(manifest.counts)),
                "files": number(len(manifest.media())),
            }
        )
        if manifest.missing_files:
            self.stdout.write(
                _("Files that articles name, but that are missing in the media folder: %(files)s")
                % {"files": ", ".join(manifest.missing_files)}
            )
