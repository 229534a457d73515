"""What whoever makes or restores a backup is shown."""

from __future__ import annotations

import time

from django.core.management.base import OutputWrapper
from django.db import DatabaseError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from psycopg.errors import UndefinedColumn, UndefinedTable

from news.failures import reason_of_system
from news.formats import file_size
from portal.backups import BackupError


class TerminalProgress:
    """One line that is written again and again; nothing where no terminal is."""

    EVERY = 0.2
    """Seconds between two lines."""

    def __init__(self, stream: OutputWrapper) -> None:
        self._stream, self._last = stream, float("-inf")
        self._is_open = False
        self._is_terminal = bool(getattr(stream, "isatty", lambda: False)())

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._is_terminal or (now - self._last < self.EVERY and done < total):
            return
        self._last, self._is_open = now, True
        line = f"{step}: {file_size(done)} / {file_size(total)}"
        self._stream.write(f"\r{line}\x1b[K", ending="")
        self._stream.flush()

    def end(self) -> None:
        """Remove the line, so that the next output begins one of its own."""
        if self._is_open:
            self._stream.write("\r\x1b[K", ending="")
            self._is_open = False


def reason_of(error: BackupError | OSError | DatabaseError) -> str:
    """The sentence that says why something failed."""
    if isinstance(error, OSError):
        reason = reason_of_system(error)
        return f"{error.filename}: {reason}." if error.filename else f"{capfirst(reason)}."
    if isinstance(error.__cause__, UndefinedTable | UndefinedColumn):
        return _(
            "The database has not been brought up to date by this version: run manage.py migrate "
            "first."
        )
    return str(error).strip()
