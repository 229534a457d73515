"""`manage.py purge_unused_files`: delete the files that uploads have left without a row."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from news.failures import reason_of_system
from news.unused_files import purge_unused_files


class Command(BaseCommand):
    help = (
        "Delete the uploaded files older than a day that nothing names: a process was killed in "
        "the middle of an upload, or a disk refused to delete them. Deletes nothing if the "
        "database names none of the files, or if more than 10 % of the uploads and more than ten "
        "would go: then it is most likely not the database of these files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="name them, delete nothing")
        parser.add_argument(
            "--force", action="store_true", help="delete them however many they are"
        )

    def handle(self, *args: object, dry_run: bool, force: bool, **options: object) -> None:
        count = total = 0
        try:
            for path, size in purge_unused_files(is_dry_run=dry_run, is_forced=force):
                count, total = count + 1, total + size
                if dry_run:
                    self.stdout.write(path)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except OSError as error:
            raise CommandError(
                _("The disk is full or cannot be written to: %(path)s (%(error)s).")
                % {"path": error.filename, "error": reason_of_system(error)}
            ) from None
        sentence = _("Uploaded files that nothing uses, deleted: %(count)d (%(kilobytes)d KB).")
        if dry_run:
            sentence = _("Uploaded files that nothing uses: %(count)d (%(kilobytes)d KB).")
        self.stdout.write(sentence % {"count": count, "kilobytes": -(-total // 1024)})
