"""`manage.py import_articles FILE…`: articles from JSON Lines or a WordPress export.

docs/import.md says what becomes of each field.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import OperationalError
from django.utils.translation import gettext as _

from news.failures import reason_of_system
from news.importing.batch import Options
from news.importing.files import CountedFile, entries_of
from news.importing.records import RefusedError, parse_moment
from news.importing.report import ReportError, ReportFile
from news.importing.service import OUTCOMES, Importer
from news.models import Category

MEGABYTE = 1024 * 1024


class Command(BaseCommand):
    help = "Import articles from JSON Lines or from a WordPress export (WXR)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="write nothing, report what would happen"
        )
        parser.add_argument(
            "--undated",
            metavar="DAY",
            help="publish records without a date on this day (2023-03-14 or 14/03/2023); "
            "without it they become drafts",
        )
        parser.add_argument(
            "--category",
            metavar="SLUG",
            help="category of records that have none (else “Chưa phân loại”)",
        )
        parser.add_argument("--as-drafts", action="store_true", help="publish nothing")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="where a record has changed, overwrite changes that staff made to its article",
        )
        parser.add_argument(
            "--report",
            metavar="PATH",
            type=Path,
            help="where refused, skipped and doubtful records are listed (.csv or .jsonl)",
        )
        parser.add_argument(
            "--strict", action="store_true", help="exit with 1 if a record was refused"
        )

    def handle(self, *args: str, **given: Any) -> None:
        try:
            self._import_files(given)
        except ReportError as error:
            raise CommandError(
                _("The report cannot be written: %(error)s") % {"error": error}
            ) from error

    def _import_files(self, given: dict[str, Any]) -> None:
        started = time.monotonic()
        options = _options(given)
        with closing(ReportFile(given["report"] and Path(given["report"]))) as report:
            importer = Importer(options, report.add)
            progress = _Progress(self.stderr, given["files"], given["verbosity"])
            try:
                broken = [
                    path
                    for path in given["files"]
                    if not self._import_file(path, importer, report, progress)
                ]
            except KeyboardInterrupt:
                progress.end()
                self.stderr.write(
                    _("Stopped. What was written is whole; the same command goes on from here.")
                )
                sys.exit(130)
            except OperationalError as error:
                progress.end()
                raise CommandError(
                    _("The database gave out: %(error)s What was written is whole; try again.")
                    % {"error": error}
                ) from error
            progress.end()
            self._print_summary(importer, report, time.monotonic() - started, options)
        if broken:
            raise CommandError(
                _("Not read to the end: %(files)s") % {"files": ", ".join(map(str, broken))}
            )
        if given["strict"] and importer.counts["refused"]:
            raise CommandError(
                _("Records refused: %(count)d.") % {"count": importer.counts["refused"]}
            )

    def _import_file(
        self, path: Path, importer: Importer, report: ReportFile, progress: _Progress
    ) -> bool:
        """Import one file; return whether it was read to its end."""
        report.file = str(path)
        try:
            with CountedFile(path.open("rb", buffering=0)) as file:
                for records in importer.run(entries_of(file)):
                    progress.step(records, file.bytes_read)
                progress.next_file(file.bytes_read)
        except OSError as error:
            reason = reason_of_system(error)
        except RefusedError as error:
            reason = str(error)
        else:
            return True
        progress.end()
        self.stderr.write(f"{path}: {reason}")
        report.add(0, "", "refused", reason)
        return False

    def _print_summary(
        self, importer: Importer, report: ReportFile, seconds: float, options: Options
    ) -> None:
        if options.is_dry_run:
            self.stdout.write(_("Dry run: nothing was written. It would be:"))
        names = {
            "created": _("created"),
            "updated": _("updated"),
            "unchanged": _("unchanged"),
            "skipped": _("skipped"),
            "refused": _("refused"),
        }
        for outcome in OUTCOMES:
            self.stdout.write(f"  {names[outcome]}: {importer.counts[outcome]}")
        self.stdout.write(_("  seconds: %(seconds).1f") % {"seconds": seconds})
        if report.rows:
            self.stdout.write(
                _("%(count)d notes on single records: %(path)s")
                % {"count": report.rows, "path": report.path}
            )


def _options(given: dict[str, Any]) -> Options:
    undated = category = None
    if given["undated"]:
        try:
            undated = parse_moment(given["undated"])
        except RefusedError as error:
            raise CommandError(f"--undated: {error}") from error
    if given["category"]:
        category = Category.objects.filter(slug=given["category"]).first()
        if category is None:
            raise CommandError(
                _("There is no category with the slug “%(slug)s”.") % {"slug": given["category"]}
            )
    return Options(
        is_dry_run=given["dry_run"],
        undated=undated,
        category=category,
        as_drafts=given["as_drafts"],
        overwrite=given["overwrite"],
    )


# --- Progress -----------------------------------------------------------------------------------


class _Progress:
    """Progress: on a terminal a line that is rewritten, elsewhere a new line every few seconds."""

    def __init__(self, stream: OutputWrapper, paths: list[Path], verbosity: int) -> None:
        self._stream = stream
        self._is_terminal = bool(getattr(stream, "isatty", lambda: False)())
        self._every = 0.2 if self._is_terminal else 5
        self._is_quiet = verbosity == 0
        self._total = sum(path.stat().st_size for path in paths if path.is_file())
        self._records = 0
        self._bytes_before = 0  # of the files before this one
        self._started = self._last = time.monotonic()
        self._is_open = False

    def step(self, records: int, bytes_read: int) -> None:
        self._records += records
        now = time.monotonic()
        if self._is_quiet or now - self._last < self._every:
            return
        self._last = now
        line = _("%(count)d records, %(rate)d a second, %(done).1f of %(total).1f MB") % {
            "count": self._records,
            "rate": self._records / max(now - self._started, 0.001),
            "done": (self._bytes_before + bytes_read) / MEGABYTE,
            "total": self._total / MEGABYTE,
        }
        self._stream.write(f"\r{line}\x1b[K" if self._is_terminal else line, ending=self._ending)
        self._stream.flush()
        self._is_open = self._is_terminal

    @property
    def _ending(self) -> str:
        return "" if self._is_terminal else "\n"

    def next_file(self, size: int) -> None:
        self._bytes_before += size

    def end(self) -> None:
        """End the line of the terminal, so that the next output begins a new one."""
        if self._is_open:
            self._stream.write("")
            self._is_open = False
