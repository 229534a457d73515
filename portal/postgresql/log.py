"""The log file of the embedded server."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from portal.postgresql.files import open_file

LOG_MAX = 2_000_000  # bytes; a longer log is emptied at the next start


class ServerLog:
    def __init__(self, path: Path):
        self.path = path

    @contextlib.contextmanager
    def open(self) -> Iterator[int]:
        descriptor = open_file(self.path)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def size(self) -> int:
        return self.path.stat().st_size

    def trim(self) -> None:
        with self.open() as descriptor:
            if os.fstat(descriptor).st_size > LOG_MAX:
                os.ftruncate(descriptor, 0)

    def last_lines(self, offset: int) -> str:
        """The last eight lines of what was written since the log was `offset` bytes long."""
        with self.open() as descriptor:
            text = os.pread(descriptor, 20_000, offset).decode(errors="replace")
        return "\n".join(text.strip().splitlines()[-8:])
