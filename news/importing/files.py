"""The files of an import: which reader takes a file, and how far it has been read."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader

from django.utils.translation import gettext as _

from news.importing import jsonl, wxr
from news.importing.records import Entry, RefusedError


class CountedFile(BufferedReader):
    """A binary file that counts the bytes read from it."""

    bytes_read = 0

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        self.bytes_read += len(chunk)
        return chunk

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        self.bytes_read += len(line)
        return line


def entries_of(file: CountedFile) -> Iterator[Entry]:
    """Yield the entries of a file, by the reader for its first bytes; its name does not count.

    Raises RefusedError if it is neither JSON Lines nor XML.
    """
    start = file.peek(512)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError(_("The file is in UTF-16; save it as UTF-8."))
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise RefusedError(_("The file is empty."))
    if start.startswith(b"<"):
        return wxr.read_entries(file)
    if start.startswith(b"["):
        raise RefusedError(_("The file is one JSON list; JSON Lines has one article a line."))
    if start.startswith(b"{"):
        return jsonl.read_entries(file)
    raise RefusedError(_("The file is neither JSON Lines nor a WordPress export."))
