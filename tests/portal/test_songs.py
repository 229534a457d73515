"""A song and its sound file: both are stored, or neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from portal.models import Song
from portal.services import songs
from portal.services.songs import delete_song, save_song

# The first frame of an MP3 file, and silence.
MP3 = b"\xff\xfb\x90\x00" + bytes(413)

pytestmark = pytest.mark.django_db(transaction=True)


def mp3(frames: int = 3) -> SimpleUploadedFile:
    return SimpleUploadedFile("bai-hat.mp3", MP3 * frames)


def stored_files() -> list[str]:
    root = Path(default_storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_song_is_stored_with_its_file_and_the_next_one_replaces_it() -> None:
    song = save_song(song=Song(title="Về Yên Hà"), upload=mp3())
    earlier = song.file.name
    assert stored_files() == [earlier]
    save_song(song=song, upload=mp3(4))
    assert song.file.name != earlier
    assert stored_files() == [song.file.name]
    delete_song(song=song)
    assert stored_files() == []


def test_song_that_cannot_be_saved_leaves_no_file() -> None:
    with pytest.raises(ValidationError) as refusal:
        save_song(song=Song(title=""), upload=mp3())
    assert "title" in refusal.value.message_dict
    assert stored_files() == []
    assert not Song.objects.exists()


def test_change_that_cannot_be_saved_keeps_the_earlier_file() -> None:
    song = save_song(song=Song(title="Về Yên Hà"), upload=mp3())
    earlier = song.file.name
    song.title = ""
    with pytest.raises(ValidationError):
        save_song(song=song, upload=mp3(4))
    assert song.file.name == earlier
    song.refresh_from_db()
    assert (song.title, song.file.name) == ("Về Yên Hà", earlier)
    assert stored_files() == [earlier]


def test_change_that_is_rolled_back_keeps_the_earlier_file() -> None:
    song = save_song(song=Song(title="Về Yên Hà"), upload=mp3())
    earlier = song.file.name
    with transaction.atomic():
        save_song(song=song, upload=mp3(4))
        transaction.set_rollback(True)
    song.refresh_from_db()
    assert song.file.name == earlier
    assert earlier in stored_files()


def test_file_that_another_song_uses_is_kept() -> None:
    one, other = (save_song(song=Song(title=title), upload=mp3()) for title in ("Một", "Một"))
    assert one.file.name == other.file.name
    delete_song(song=one)
    assert stored_files() == [other.file.name]


def test_file_that_was_deleted_meanwhile_is_stored_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another song with the same file is deleted after the file has been found stored."""
    store, times = songs.documents.store_audio, []

    def store_and_delete(*args: object, **kwargs: object) -> object:
        stored = store(*args, **kwargs)
        times.append(stored.path)
        if len(times) == 1:
            default_storage.delete(stored.path)
        return stored

    monkeypatch.setattr(songs.documents, "store_audio", store_and_delete)
    song = save_song(song=Song(title="Về Yên Hà"), upload=mp3())
    assert times == [song.file.name] * 2
    assert stored_files() == [song.file.name]


def test_song_needs_a_file_or_a_link() -> None:
    with pytest.raises(ValidationError):
        save_song(song=Song(title="Về Yên Hà"))
    assert save_song(song=Song(title="Về Yên Hà", link="https://example.vn/bai-hat")).pk
