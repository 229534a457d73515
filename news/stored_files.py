"""Files in the storage and the rows that name them: neither is left without the other.

The path of a file ends in a hash of its content, so two rows may name the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from django.apps import apps
from django.core.files.storage import Storage, default_storage
from django.db import connection, models, transaction


@contextmanager
def file_rows_locked() -> Iterator[None]:
    """A transaction in which no other one writes or removes rows that name files.

    Without it a file that was found in the storage could be deleted before the row that names it
    is committed, and the same picture sent twice at once would make two rows. Decode and write
    files before: the lock is meant for a few statements.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('news_file_rows'))")
        yield


def files_of_rows(stem: str | None = None) -> set[str]:
    """The paths in the storage that a row of any table names; only those of `stem`, if given.

    `stem` is a path without its extension.
    """
    named: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                rows = model._default_manager.exclude(**{field.name: ""})
                rows = rows.filter(**{f"{field.name}__startswith": f"{stem}."}) if stem else rows
                named.update(rows.values_list(field.name, flat=True))
    return named - {None}


def remove_unused_files(
    model: type[models.Model],
    paths: Iterable[str | None],
    *,
    remove: Callable[[str], None] | None = None,
    storage: Storage = default_storage,
) -> None:
    """After the commit, delete those files that no row of the model names in its field `file`.

    A disk that fails is logged: the rows are gone, and `purge_unused_files` tries again.
    """

    def delete_files() -> None:
        for path in filter(None, paths):
            with file_rows_locked():
                if not model._default_manager.filter(file=path).exists():
                    (remove or storage.delete)(path)

    transaction.on_commit(delete_files, robust=True)


def delete_orphaned_file(
    model: type[models.Model], path: str, remove: Callable[[str], None]
) -> None:
    """Delete a file whose row could not be written. Raises nothing: the first error is reported.

    If an outer transaction is rolled back later, the file is left; the same upload finds it again.
    """
    with suppress(Exception), file_rows_locked():
        if not model._default_manager.filter(file=path).exists():
            remove(path)
