"""Files of the media storage that no row names: what a process left that was killed in an upload.

An upload writes its files before its row, and a transaction that is rolled back or dies with its
process leaves them. So do deletions that a disk refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import Storage, default_storage
from django.db import models
from django.utils import timezone

from news.library import picture_names_in_rich_text
from news.renditions import MasterName
from news.stored_files import file_rows_locked

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


def _used_files(one: str = "") -> set[str]:
    """The paths that rows name, with the smaller copies; of a path `one`, those of its rows."""
    master = re.sub(r"\.w\d+(?=\.webp$)", "", one)
    named = set() if one else picture_names_in_rich_text()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                rows = model._default_manager.exclude(**{field.name: ""})
                rows = rows.filter(**{field.name: master}) if one else rows
                named.update(rows.values_list(field.name, flat=True))
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
