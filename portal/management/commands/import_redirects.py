"""`manage.py import_redirects FILE`: redirects from a CSV file; see docs/redirects.md."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.redirects import services, table


class Command(BaseCommand):
    help = "Import redirects from a CSV file: old address, new address or number of an article."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="write nothing, report what would happen"
        )
        parser.add_argument(
            "--skip-errors", action="store_true", help="write the good lines although others fail"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            wishes = table.read(table.decode(given["file"].read_bytes()))
        except OSError as error:
            raise CommandError(f"{given['file']}: {error.strerror or error}") from error
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        skip = given["skip_errors"]
        if given["dry_run"]:
            steps = services.plan(wishes)
        else:
            try:
                steps = services.save_redirects(wishes=wishes, by=None, leave_out_refused=skip)
            except ValidationError as refusal:
                for message in refusal.messages:
                    self.stderr.write(message)
                raise CommandError(_("Nothing was written.")) from refusal
        self._tell(steps, given["verbosity"])
        if not skip and any(step.outcome == services.REFUSED for step in steps):
            raise CommandError(_("Nothing was written."))

    def _tell(self, steps: list[services.Step], verbosity: int) -> None:
        for step in steps:
            if step.outcome == services.REFUSED:
                self.stderr.write(f"{step.wish.line}: {step.wish.old}: {step.note}")
            elif verbosity > 1 and step.target is not None:
                self.stdout.write(f"{step.wish.line}: {step.path} → {step.target.url}")
        counts = Counter(step.outcome for step in steps)
        for outcome, words in services.OUTCOMES.items():
            self.stdout.write(f"{words}: {counts[outcome]}")
