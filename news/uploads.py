"""What every upload goes through, picture or document: reading within a limit, writing whole.

The name of a stored file is ours: a folder for the month, a safe stem, and the beginning of the
file's own SHA-256. So nothing of a hostile name reaches the disk, and the same file sent twice
has the same name and is stored once.
"""

import hashlib
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

MEGABYTE = 1024 * 1024
"""Bytes, as Windows counts them: a file shown there as 10 MB passes a limit of 10 MB."""

Write = Callable[[str, bytes], None]


class UploadRefused(ValidationError):  # noqa: N818 – an answer to the sender, not a fault
    """A file that is not taken in; its message is a sentence for the person who sent it."""


def read(upload: File | IO[bytes], max_bytes: int) -> bytes:
    """Return the whole content of an upload of at most `max_bytes` bytes.

    Raises UploadRefused where it is empty or larger; no more than the limit is ever read, whatever
    size the upload claims.
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


def extension(name: str) -> str:
    """Return the extension of a file name, lower case, without the dot; "" where it has none."""
    return PurePosixPath(name.replace("\\", "/").strip()).suffix[1:].lower()


def stored_stem(folder: str, stem: str, content: bytes, now: date | None = None) -> str:
    """Return the beginning of a storage path, all but the extension, for a file.

    `stem` is made safe already (`text.file_name`, `text.slugify`); `now` is the local day whose
    month names the folder, today where it is not given.
    """
    day = now or timezone.localdate()
    return f"{folder}/{day:%Y/%m}/{stem}-{hashlib.sha256(content).hexdigest()[:8]}"


def is_stored(storage: Storage, path: str, content: bytes) -> bool:
    """Say whether the storage holds exactly this content under this path.

    A path ends in a fingerprint, so other content under it is what a crash left half written.
    """
    if not storage.exists(path):
        return False
    with storage.open(path) as stored:
        return stored.read(len(content) + 1) == content


@contextmanager
def all_or_nothing(storage: Storage) -> Iterator[Write]:
    """Give a function that writes files; where anything fails, what it wrote is removed again.

    Every error of the storage is passed on. Files that stood there whole are left alone.
    """
    written: list[str] = []

    def write(path: str, content: bytes) -> None:
        if is_stored(storage, path, content):
            return
        storage.delete(path)
        written.append(path)
        saved_as = storage.save(path, ContentFile(content))
        if saved_as != path:
            # Somebody sent the same file in the same moment: theirs stands, ours is one too many.
            written.remove(path)
            storage.delete(saved_as)

    try:
        yield write
    except BaseException:
        for path in reversed(written):
            # The first error is the one to report; a storage that fails may fail here as well.
            with suppress(Exception):
                storage.delete(path)
        raise
