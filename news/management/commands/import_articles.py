"""`manage.py import_articles FILE…`: articles from JSON Lines or a WordPress export.

What becomes of what is told in docs/import.md.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from news.importing import jsonl, wxr
from news.importing.records import Entry, RefusedError, moment
from news.importing.service import OUTCOMES, Importer, Options
from news.models import Category

MEGABYTE = 1024 * 1024
COLUMNS = ["file", "line", "id", "outcome", "reason"]


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

    def handle(self, *args: Any, **given: Any) -> None:
        started = time.monotonic()
        options = _options(given)
        with closing(_Report(given["report"] and Path(given["report"]))) as report:
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
            self._sum_up(importer, report, time.monotonic() - started, options)
        if broken:
            raise CommandError(_("Not read to the end: %(files)s") % {"files": _joined(broken)})
        if given["strict"] and importer.counts["refused"]:
            raise CommandError(
                _("Records refused: %(count)d.") % {"count": importer.counts["refused"]}
            )

    def _import_file(
        self, path: Path, importer: Importer, report: _Report, progress: _Progress
    ) -> bool:
        """Import one file; returns whether it was read to its end."""
        report.file = str(path)
        try:
            with path.open("rb") as file:
                counted = _CountedFile(file)
                for done in importer.run(_reader(counted)(counted)):
                    progress.step(done, counted.done)
                progress.next_file(counted.done)
        except OSError as error:
            reason = error.strerror or str(error)
        except RefusedError as error:
            reason = str(error)
        else:
            return True
        progress.end()
        self.stderr.write(f"{path}: {reason}")
        report.add(0, "", "refused", reason)
        return False

    def _sum_up(
        self, importer: Importer, report: _Report, seconds: float, options: Options
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
            undated = moment(given["undated"])
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


def _joined(paths: list[Path]) -> str:
    return ", ".join(map(str, paths))


# --- Files --------------------------------------------------------------------------------------


class _CountedFile:
    """A file that knows how many bytes of it were read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.done = 0

    def peek(self) -> bytes:
        return self._file.peek(512)  # type: ignore[attr-defined]

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.done += len(piece)
        return piece

    def readline(self, size: int = -1) -> bytes:
        line = self._file.readline(size)
        self.done += len(line)
        return line


def _reader(file: _CountedFile) -> Callable[[Any], Iterator[Entry]]:
    """Choose the reader by what the file begins with; its name does not count.

    Raises RefusedError where it is neither.
    """
    start = file.peek()
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError(_("The file is in UTF-16; save it as UTF-8."))
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise RefusedError(_("The file is empty."))
    if start.startswith(b"<"):
        return wxr.read
    if start.startswith(b"["):
        raise RefusedError(_("The file is one JSON list; JSON Lines has one article a line."))
    if start.startswith(b"{"):
        return jsonl.read
    raise RefusedError(_("The file is neither JSON Lines nor a WordPress export."))


# --- Report -------------------------------------------------------------------------------------


class _Report:
    """The list of refused, skipped and doubtful records: CSV for a spreadsheet, or JSON Lines.

    A path that was asked for is opened at once, so that an import does not fail at its end; the
    usual one only when there is something to write.
    """

    def __init__(self, path: Path | None) -> None:
        self.file: str = ""
        self.rows = 0
        self._stream: TextIO | None = None
        self.path = path or _usual_path()
        if path:
            self._open()

    def _open(self) -> TextIO:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Excel takes a CSV file for UTF-8 only by its byte order mark.
            encoding = "utf-8" if self._is_json else "utf-8-sig"
            self._stream = self.path.open("w", encoding=encoding, newline="")
        except OSError as error:
            raise CommandError(
                _("The report cannot be written: %(error)s") % {"error": error}
            ) from error
        if not self._is_json:
            csv.writer(self._stream).writerow(COLUMNS)
        return self._stream

    @property
    def _is_json(self) -> bool:
        return self.path.suffix.lower() in (".jsonl", ".json")

    def add(self, line: int, import_id: str, outcome: str, reason: str) -> None:
        stream = self._stream or self._open()
        values = [self.file, line, import_id, outcome, reason]
        if self._is_json:
            row = dict(zip(COLUMNS, values, strict=True))
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        else:
            csv.writer(stream).writerow(map(_harmless, values))
        self.rows += 1

    def close(self) -> None:
        if self._stream:
            self._stream.close()


def _usual_path() -> Path:
    stamp = timezone.localtime().strftime("%Y-%m-%d-%H%M%S")
    folder = Path(getattr(settings, "PORTAL_DATA", "."))
    return folder / "import-reports" / f"{stamp}-{os.getpid()}.csv"


def _harmless(value: object) -> object:
    # A spreadsheet would run what begins so as a formula.
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


# --- Progress -----------------------------------------------------------------------------------


class _Progress:
    """A line that moves on a terminal; elsewhere a plain line every few seconds."""

    def __init__(self, stream: Any, paths: list[Path], verbosity: int) -> None:
        self._stream = stream
        self._is_terminal = bool(getattr(stream, "isatty", lambda: False)())
        self._every = 0.2 if self._is_terminal else 5
        self._is_quiet = verbosity == 0
        self._total = sum(path.stat().st_size for path in paths if path.is_file())
        self._records = 0
        self._before = 0  # bytes of the files that are done
        self._started = self._last = time.monotonic()
        self._is_open = False

    def step(self, records: int, done: int) -> None:
        self._records += records
        now = time.monotonic()
        if self._is_quiet or now - self._last < self._every:
            return
        self._last = now
        line = _("%(count)d records, %(rate)d a second, %(done).1f of %(total).1f MB") % {
            "count": self._records,
            "rate": self._records / max(now - self._started, 0.001),
            "done": (self._before + done) / MEGABYTE,
            "total": self._total / MEGABYTE,
        }
        self._stream.write(f"\r{line}\x1b[K" if self._is_terminal else line, ending=self._ending)
        self._stream.flush()
        self._is_open = self._is_terminal

    @property
    def _ending(self) -> str:
        return "" if self._is_terminal else "\n"

    def next_file(self, size: int) -> None:
        self._before += size

    def end(self) -> None:
        """Leave the moving line, so that what is written next stands on its own."""
        if self._is_open:
            self._stream.write("")
            self._is_open = False
