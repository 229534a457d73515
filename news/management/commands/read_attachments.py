"""`manage.py read_attachments`: extract the text of PDF files that have none stored yet.

docs/import.md says when to run it.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from news import pdf
from news.failures import reason_of_system
from news.models import Attachment, AttachmentText
from news.models.listings import lock_listings
from news.transactions import retry_on_conflict

PROGRESS_EVERY = 25


class Command(BaseCommand):
    help = "Read the text of attached PDF files that search does not know yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="also those in which no text was found before"
        )

    def handle(self, *args: str, **given: Any) -> None:
        files = Attachment.objects.filter(extension="pdf", extracted=None)
        if given["again"]:
            files |= Attachment.objects.filter(extension="pdf", extracted__text="")
        total = files.count()
        counts: Counter[str] = Counter()
        for file in files.order_by("pk").iterator(chunk_size=100):
            counts[self._store_text(file)] += 1
            if given["verbosity"] and counts.total() % PROGRESS_EVERY == 0:
                done = {"done": counts.total(), "total": total}
                self.stderr.write(_("%(done)d of %(total)d files") % done)
        self.stdout.write(
            _("With text: %(found)d. Without text: %(empty)d. Not opened: %(failed)d.")
            % {name: counts[name] for name in ("found", "empty", "failed")}
        )

    def _store_text(self, file: Attachment) -> str:
        """Extract and store the text of one file; return the outcome."""
        try:
            with default_storage.open(str(file.file)) as content:
                text = pdf.extract_text(content.read())
        except OSError as error:
            self.stderr.write(
                _("%(path)s: cannot be opened: %(reason)s")
                % {"path": file.file.name, "reason": reason_of_system(error)}
            )
            return "failed"
        if not store_text(file, text):
            return "gone"
        if text:
            return "found"
        # The empty text is stored, so that the file is not read again each time.
        self.stderr.write(
            _("%(path)s: no text in it; perhaps it is scanned") % {"path": file.file.name}
        )
        return "empty"


@retry_on_conflict
@transaction.atomic
def store_text(file: Attachment, text: str) -> bool:
    """Store the text of a file; return whether the file is still there.

    One transaction for each file, so that an interruption keeps what was extracted. The listings
    are locked first: the search, which is written with the text, is below them.
    """
    lock_listings()
    if not Attachment.objects.select_for_update(no_key=True).filter(pk=file.pk).exists():
        return False
    AttachmentText.objects.update_or_create(attachment=file, defaults={"text": text})
    return True
