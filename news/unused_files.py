"""Files of the media storage that no row names: what a process left that was killed in an upload.

An upload writes its files before its row, and a transaction that is rolled back or dies with its
process leaves them. So do deletions that a disk refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from news.images import delete_image_files
from news.library import picture_names_in_rich_text
from news.renditions import MasterName
from news.stored_files import file_rows_locked, files_of_rows

KEPT = timedelta(days=1)
"""No form of staff takes so long, and no import."""

FEW = 10
"""So many uploads are deleted whatever their share: few are left even by a bad day."""

LARGEST_SHARE = 0.1
"""Of all uploads. Where more seem unused, it is likelier that this is not their database."""

FOLDERS = ("images", "tep", "am-thanh")
# The names that `uploads.stored_stem` gives, and nothing that somebody has copied there by hand.
_OURS = re.compile(
    r"(?P<stem>[a-z-]+/\d{4}/\d{2}/[^/]+-[0-9a-f]{8}(-\d+x\d+)?)(\.w\d+)?\.[a-z0-9]+"
)


class StoredFile(NamedTuple):
    """A file in the storage, with its size in bytes."""

    path: str
    size: int
    modified_at: datetime


Uploads = dict[str, list[StoredFile]]
"""The files of each upload by what their names have in common: a picture with its copies is one."""


def purge_unused_files(
    *,
    is_dry_run: bool = False,
    is_forced: bool = False,
    now: datetime | None = None,
    storage: Storage = default_storage,
) -> Iterator[tuple[str, int]]:
    """Delete the files older than `KEPT` that no row and no rich text names.

    Yields the path and the size in bytes of each. With `is_dry_run` nothing is deleted. Raises
    OSError if the storage fails, and, unless `is_forced`, ValidationError before anything is
    deleted if so much would go that this cannot be the database of these files.
    """
    uploads = _stored_uploads(storage)
    used = _used_files()
    unused = _unused(uploads, used, older_than=(now or timezone.now()) - KEPT)
    if not is_dry_run and not is_forced:
        _check_is_little(unused, uploads, used)
    for stem, files in unused.items():
        with file_rows_locked():
            # Asked again: the same file may have been sent once more since, and is stored once.
            used = _used_files(stem)
            left = [file for file in files if file.path not in used]
            for file in left if not is_dry_run else []:
                delete_image_files(file.path, storage)
        for file in left:
            yield file.path, file.size


def _unused(uploads: Uploads, used: set[str], older_than: datetime) -> Uploads:
    """The files that nobody uses of each upload, a master before its copies."""
    unused = {}
    for stem, files in uploads.items():
        left = [file for file in files if file.path not in used]
        if left and max(file.modified_at for file in left) <= older_than:
            unused[stem] = sorted(left, key=lambda file: MasterName.parse(file.path) is None)
    return unused


def _check_is_little(unused: Uploads, uploads: Uploads, used: set[str]) -> None:
    """Raise ValidationError if no file is used, or if too large a share of the uploads is not."""
    is_one_used = any(file.path in used for files in uploads.values() for file in files)
    allowed = max(FEW, len(uploads) * LARGEST_SHARE) if is_one_used else 0
    if len(unused) > allowed:
        raise ValidationError(
            _(
                "Nothing was deleted: the database does not name %(unused)d of %(stored)d uploads, "
                "so it may be the wrong one (DATABASE_URL). Look at them with --dry-run; if they "
                "are left over indeed, run this again with --force."
            )
            % {"unused": len(unused), "stored": len(uploads)}
        )


def _used_files(stem: str | None = None) -> set[str]:
    """The paths that rows name, with the smaller copies; of one upload, those of its rows."""
    named = files_of_rows(stem)
    if not stem:
        named |= picture_names_in_rich_text()
    masters = filter(None, map(MasterName.parse, named))
    return named | {copy.path for master in masters for copy in master.renditions()}


def _stored_uploads(storage: Storage) -> Uploads:
    uploads = defaultdict(list)
    for path in _stored_paths(storage):
        if match := _OURS.fullmatch(path):
            with suppress(FileNotFoundError):  # deleted since it was listed
                size, modified_at = storage.size(path), storage.get_modified_time(path)
                uploads[match["stem"]].append(StoredFile(path, size, modified_at))
    return uploads


def _stored_paths(storage: Storage) -> Iterator[str]:
    folders = list(FOLDERS)
    while folders:
        folder = folders.pop()
        if not storage.exists(folder):
            continue
        below, files = storage.listdir(folder)
        folders += [f"{folder}/{name}" for name in below]
        yield from (f"{folder}/{name}" for name in files)
