"""`manage.py restore FILE`: a backup into an empty site; see docs/backup.md."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from news.formats import number, updated_line
from portal.backups import BackupError
from portal.backups.reporting import TerminalProgress, reason_of
from portal.backups.restoring import complete, restore_backup


class Command(BaseCommand):
    help = "Restore a backup into a site whose database and media folder are empty."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        self._check_account()
        started = time.monotonic()
        progress = TerminalProgress(self.stderr)

        def tell(sentence: str) -> None:
            progress.end()
            self.stdout.write(sentence)

        try:
            manifest = restore_backup(file, progress, tell)
        except (BackupError, OSError, DatabaseError) as error:
            raise CommandError(
                _("The restore was not completed. %(reason)s") % {"reason": reason_of(error)}
            ) from error
        finally:
            progress.end()
        self.stdout.write(_("Database: bringing up to date …"))
        try:
            complete(manifest)
        except (BackupError, OSError, DatabaseError) as error:
            raise CommandError(
                _(
                    "Database and files are restored, but not yet checked and brought up to date. "
                    "%(reason)s"
                )
                % {"reason": reason_of(error)}
            ) from error
        self.stdout.write(
            _(
                "Restored: %(rows)s rows in %(tables)s tables, %(files)s files, as of %(moment)s; "
                "%(seconds)s s. All counts are those of the backup."
            )
            % {
                "rows": number(sum(manifest.counts.values())),
                "tables": number(len(manifest.counts)),
                "files": number(len(manifest.media())),
                "moment": updated_line(datetime.fromisoformat(manifest.made_at)),
                "seconds": number(time.monotonic() - started, 1),
            }
        )
        if manifest.missing_files:
            self.stdout.write(
                _("Files that were missing already when the backup was made: %(files)s")
                % {"files": ", ".join(manifest.missing_files)}
            )

    def _check_account(self) -> None:
        """What root writes, the account of the site could not change afterwards."""
        folder = settings.PORTAL_DATA
        if os.geteuid() == 0 and folder.exists() and folder.stat().st_uid != 0:
            raise CommandError(
                _("Run this as the account that the folder %(folder)s belongs to, not as root.")
                % {"folder": folder}
            )
