"""Files of the media storage that no row names: what a process left that was killed in an upload.

An upload writes its files before its row, and a transaction that is rolled back or dies with its
process leaves them. So do deletions that a disk refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from news.library import picture_names_in_rich_text
from news.renditions import MasterName
from news.stored_files import file_rows_locked, files_of_rows

KEPT = timedelta(days=1)
"""No form of staff takes so long, and no import."""

FOLDERS = ("images", "tep", "am-thanh")
# The names that `uploads.stored_stem` gives, and nothing that somebody has copied there by hand.
_OURS = re.compile(r"[a-z-]+/\d{4}/\d{2}/[^/]+-[0-9a-f]{8}(-\d+x\d+)?(\.w\d+)?\.[a-z0-9]+")


def purge_unused_files(
    *, is_dry_run: bool = False, now: datetime | None = None, storage: Storage = default_storage
) -> Iterator[tuple[str, int]]:
    """Delete the files older than `KEPT` that no row and no rich text names.

    Yields the path and the size in bytes of each. With `is_dry_run` nothing is deleted. Raises
    OSError if the storage fails.
    """
    oldest = (now or timezone.now()) - KEPT
    used = _used_files()
    for path in _stored_files(storage):
        if path in used or not _OURS.fullmatch(path) or storage.get_modified_time(path) > oldest:
            continue
        size = storage.size(path)
        with file_rows_locked():
            # Asked again: the same file may have been sent once more since, and is stored once.
            if path in _used_files(path):
                continue
            if not is_dry_run:
                storage.delete(path)
        yield path, size


def _used_files(one: str | None = None) -> set[str]:
    """The paths that rows name, with the smaller copies; of a path `one`, those of its rows."""
    named = files_of_rows(re.sub(r"\.w\d+(?=\.webp$)", "", one) if one else None)
    if not one:
        named |= picture_names_in_rich_text()
    masters = filter(None, map(MasterName.parse, named))
    return named | {copy.path for master in masters for copy in master.renditions()}


def _stored_files(storage: Storage) -> Iterator[str]:
    folders = list(FOLDERS)
    while folders:
        folder = folders.pop()
        if not storage.exists(folder):
            continue
        below, files = storage.listdir(folder)
        folders += [f"{folder}/{name}" for name in below]
        yield from (f"{folder}/{name}" for name in files)
