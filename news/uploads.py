"""Reading and writing of uploads, pictures and documents alike.

A file is stored under a name of ours: a folder for the month, a safe stem, and the beginning of
its SHA-256. So no part of a hostile name reaches the disk, and the same file is stored once.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import PurePosixPath
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils import timezone
from django.utils.translation import gettext as _

from news import failures

MEGABYTE = 1024 * 1024
"""Bytes, as Windows counts: a file that it shows with 10 MB passes a limit of 10 MB."""

Write = Callable[[str, bytes], None]

logger = logging.getLogger(__name__)


class UploadRefused(ValidationError):  # noqa: N818 – an answer to the sender, not a fault
    """A refused file; the message is shown to the sender."""


@contextmanager
def storage_at_work() -> Iterator[None]:
    """Turn a failure of the disk into UploadRefused for the sender, and a line in the log.

    So whoever stores an upload shows it as a form error, as that of a file which is too large.
    """
    try:
        yield
    except OSError as error:
        logger.error("an upload could not be stored: %s", error)
        raise UploadRefused(failures.sentence_of(error), code="storage") from error


def read_content(upload: File | IO[bytes], max_bytes: int) -> bytes:
    """Return the whole content of an upload of at most `max_bytes` bytes.

    Raises UploadRefused if it is empty or larger. Never reads more than the limit, whatever size
    the upload claims.
    """
    upload.seek(0)
    content = upload.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise UploadRefused(
            _("The file is larger than %(limit)d MB.") % {"limit": max_bytes // MEGABYTE},
            code="too_large",
        )
    if not content:
        raise UploadRefused(_("The file is empty."), code="empty")
    return content


def file_extension(name: str) -> str:
    """Return the extension of a file name in lower case, without the dot; "" if it has none."""
    return PurePosixPath(name.replace("\\", "/").strip()).suffix[1:].lower()


def stored_stem(folder: str, stem: str, content: bytes, now: date | None = None) -> str:
    """Return the storage path of a file without its extension.

    `stem` must be safe (`text.file_name`, `text.slugify`); `now` is the local day whose month names
    the folder (default: today).
    """
    day = now or timezone.localdate()
    return f"{folder}/{day:%Y/%m}/{stem}-{hashlib.sha256(content).hexdigest()[:8]}"


def is_stored(storage: Storage, path: str, content: bytes) -> bool:
    """Whether the storage has exactly this content under this path.

    A path ends in a hash of the content, so other content was left half written by a crash.
    """
    if not storage.exists(path):
        return False
    with storage.open(path) as stored:
        return stored.read(len(content) + 1) == content


@contextmanager
def all_or_nothing(storage: Storage) -> Iterator[Write]:
    """Yield a function that writes files; after any error, delete what it wrote.

    The error is raised, that of a disk as `storage_at_work` does. Files that were stored before are
    left.
    """
    written: list[str] = []

    def write(path: str, content: bytes) -> None:
        if is_stored(storage, path, content):
            return
        storage.delete(path)
        written.append(path)
        saved_as = storage.save(path, ContentFile(content))
        if saved_as != path:
            # The same file was stored by another request in the meantime: keep that one.
            written.remove(path)
            storage.delete(saved_as)

    try:
        with storage_at_work():
            yield write
    except BaseException:
        for path in reversed(written):
            # Report the first error: a storage that fails may fail here too.
            with suppress(Exception):
                storage.delete(path)
        raise
