"""The report of an import: the refused, skipped and doubtful records, as CSV or JSON Lines."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.utils import timezone

from news.failures import reason_of_system
from news.spreadsheets import without_formula

COLUMNS = ["file", "line", "id", "outcome", "reason"]


class ReportError(Exception):
    """The report cannot be written."""


class ReportFile:
    """Writes the report. `file` names the import file that the next rows are about.

    A given path is opened at once, so that an import does not fail at its end; the default one when
    the first row is written. Raises ReportError if it cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self.file = ""
        self.rows = 0
        self._stream: TextIO | None = None
        self.path = path or _default_path()
        if path:
            self._open()

    def _open(self) -> TextIO:
        # Excel takes a CSV file for UTF-8 only if it has a byte order mark.
        encoding = "utf-8" if self._is_json else "utf-8-sig"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("w", encoding=encoding, newline="")
        except OSError as error:
            raise ReportError(f"{self.path}: {reason_of_system(error)}") from error
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
            texts = [without_formula(v) if isinstance(v, str) else v for v in values]
            csv.writer(stream).writerow(texts)
        self.rows += 1

    def close(self) -> None:
        if self._stream:
            self._stream.close()


def _default_path() -> Path:
    stamp = timezone.localtime().strftime("%Y-%m-%d-%H%M%S")
    return settings.PORTAL_DATA / "import-reports" / f"{stamp}-{os.getpid()}.csv"
