"""Songs with their sound files."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import transaction

from news import documents
from news.services import Upload
from news.stored_files import delete_orphaned_file, file_rows_locked, remove_unused_files
from news.transactions import retry_on_conflict
from portal.models import Song


@retry_on_conflict
def save_song(*, song: Song, upload: Upload | None = None) -> Song:
    """Save a song and, if one was uploaded, its sound file in place of the earlier one.

    Raises ValidationError if the file is not of an accepted format, or if the song has neither
    file nor link. The stored file is then deleted again.
    """
    earlier = song.file.name
    stored = documents.store_audio(upload, song.title) if upload is not None else None
    try:
        with file_rows_locked():
            if stored is not None:
                if upload is not None and not default_storage.exists(stored.path):
                    documents.store_audio(upload, song.title)  # deleted meanwhile
                song.file = stored.path
            song.full_clean()
            song.save(force_update=not song._state.adding)
            if stored is not None and earlier:
                remove_unused_files(Song, [earlier])
    except BaseException:
        if stored is not None:
            song.file = earlier
            delete_orphaned_file(Song, stored.path, default_storage.delete)
        raise
    return song


@retry_on_conflict
@transaction.atomic
def delete_song(*, song: Song) -> None:
    """Delete a song and its file."""
    path = song.file.name
    song.delete()
    remove_unused_files(Song, [path])
