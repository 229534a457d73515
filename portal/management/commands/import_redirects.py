"""`manage.py import_redirects FILE`: redirects from a CSV file; see docs/redirects.md."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from news.failures import reason_of_system
from portal.redirects.csv_table import decode_csv, parse_csv
from portal.redirects.planning import OUTCOMES, REFUSED, PlannedRedirect, plan_redirects
from portal.redirects.services import save_redirects


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

    def handle(
        self,
        *args: object,
        file: Path,
        dry_run: bool,
        skip_errors: bool,
        verbosity: int,
        **options: object,
    ) -> None:
        try:
            requests = parse_csv(decode_csv(file.read_bytes()))
        except OSError as error:
            raise CommandError(f"{file}: {reason_of_system(error)}") from error
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        if dry_run:
            plans = plan_redirects(requests)
        else:
            try:
                plans = save_redirects(requests=requests, by=None, skip_refused=skip_errors)
            except ValidationError as refusal:
                for message in refusal.messages:
                    self.stderr.write(message)
                raise CommandError(_("Nothing was written.")) from refusal
        self._report(plans, verbosity)
        if not skip_errors and any(plan.outcome == REFUSED for plan in plans):
            raise CommandError(_("Nothing was written."))

    def _report(self, plans: list[PlannedRedirect], verbosity: int) -> None:
        for plan in plans:
            line = plan.requested.line
            if plan.outcome == REFUSED:
                self.stderr.write(f"{line}: {plan.requested.old}: {plan.reason}")
            elif verbosity > 1 and plan.target is not None:
                self.stdout.write(f"{line}: {plan.path} → {plan.target.url}")
        counts = Counter(plan.outcome for plan in plans)
        for outcome, label in OUTCOMES.items():
            self.stdout.write(f"{label}: {counts[outcome]}")
