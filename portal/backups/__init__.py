"""Making a backup of the site and restoring one; docs/backup.md is for whoever has to do it.

making       `make_backup`: the order in which database and files are read, and why
restoring    `restore_backup`: what is checked before, and what makes it whole or nothing
archive      the tar file, and what tells a whole one from a damaged one
manifest     its table of contents
programs     pg_dump, pg_restore and psql
variables    the settings, without secrets
"""

from __future__ import annotations

from typing import Protocol


class BackupError(Exception):
    """A backup cannot be made or restored; the message is a sentence for the administrator."""


class Progress(Protocol):
    """Told how far a step is: its name, and how many bytes of how many are done."""

    def __call__(self, step: str, done: int, total: int) -> None: ...
