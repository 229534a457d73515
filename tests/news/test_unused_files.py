"""Files that an upload has left without a row are deleted; all others are kept."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from news import documents, images, services, unused_files
from news.models import Article, Image
from news.renditions import MasterName
from portal.models import Song
from portal.services.songs import save_song
from tests.factories import make_article, make_image, picture_upload

pytestmark = pytest.mark.django_db(transaction=True)


def stored() -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def let_pass(hours: float) -> None:
    """Make all files so much older."""
    for name in stored():
        path = Path(settings.MEDIA_ROOT, name)
        at = path.stat().st_mtime - hours * 3600
        os.utime(path, (at, at))


def purge(**options: Any) -> str:
    out = io.StringIO()
    call_command("purge_unused_files", stdout=out, **options)
    return out.getvalue()


PHOTO = picture_upload("bo-lai.jpg", (1500, 1000)).read()


def photo() -> ContentFile:
    return ContentFile(PHOTO, name="bo-lai.jpg")


def orphan() -> images.StoredImage:
    """A picture as a process leaves it that is killed before its row is committed."""
    return images.store_image(images.decode_image(photo()), "bo-lai.jpg")


def copies(path: str) -> list[str]:
    master = MasterName.parse(path)
    assert master is not None
    return [copy.path for copy in master.renditions()]


def document(content: bytes = b"%PDF-1.4 x") -> ContentFile:
    return ContentFile(content, name="quyet-dinh.pdf")


def test_files_without_a_row_go_and_those_with_one_stay() -> None:
    make_image()
    services.add_attachment(article=make_article(), upload=document(), title="Quyết định")
    sound = ContentFile(b"ID3" + b"\0" * 2000, name="a.mp3")
    save_song(song=Song(title="Bài hát", position=0), upload=sound)
    used = stored()
    orphan()
    documents.store_document(document(b"%PDF-1.4 y"), "Bỏ lại")
    documents.store_audio(ContentFile(b"ID3" + b"\1" * 2000, name="b.mp3"), "Bỏ lại")
    assert len(stored() - used) > 4
    let_pass(hours=25)
    assert "Đã xóa các tệp tải lên không còn dùng: " in purge()
    assert stored() == used


def test_upload_of_today_may_still_get_its_row() -> None:
    orphan()
    let_pass(hours=23)
    left = stored()
    purge()
    assert stored() == left


def test_upload_of_which_a_copy_was_just_written_stays_whole() -> None:
    make_image()
    path = orphan().path
    let_pass(hours=25)
    left = stored()
    Path(settings.MEDIA_ROOT, copies(path)[0]).touch()
    purge()
    assert stored() == left


def test_dry_run_names_them_and_deletes_nothing() -> None:
    path = orphan().path
    let_pass(hours=25)
    left = stored()
    assert {path, *copies(path)} <= set(purge(dry_run=True).splitlines())
    assert stored() == left


def test_what_others_have_put_there_is_not_ours() -> None:
    for name in ("images/2026/11/logo.png", "images/logo-3f9a2c1b.png", "khac/a-3f9a2c1b.pdf"):
        default_storage.save(name, ContentFile(b"x"))
    let_pass(hours=25)
    left = stored()
    purge()
    assert stored() == left


def test_picture_that_a_text_shows_stays_even_without_its_row() -> None:
    path = orphan().path
    make_article(body=f'<p>Ảnh</p><img src="/media/{path}" alt="Cầu">')
    assert path in Article.objects.get().body
    let_pass(hours=25)
    left = stored()
    purge()
    assert stored() == left


def send_photo() -> Image:
    return services.add_image(
        upload=photo(), alt="Cầu", is_decorative=False, caption="", credit="", by=None
    )


def test_file_that_is_sent_again_meanwhile_stays() -> None:
    make_image()
    path = orphan().path
    documents.store_document(document(), "Bỏ lại")
    let_pass(hours=25)
    left = {name for name in stored() if name.startswith("images/")}
    purging = unused_files.purge_unused_files()
    # Documents come last in the list of folders, so first.
    assert next(purging)[0].startswith("tep/")
    assert send_photo().file.name == path
    assert not [*purging]
    assert stored() == left


def test_file_that_vanishes_meanwhile_does_not_end_the_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_image()
    used = stored()
    gone = documents.store_document(document(), "Bỏ lại").path
    documents.store_document(document(b"%PDF-1.4 y"), "Bỏ lại")
    let_pass(hours=25)
    get_modified_time = type(default_storage._wrapped).get_modified_time

    def vanish(storage: Any, name: str) -> Any:
        default_storage.delete(gone)
        return get_modified_time(storage, name)

    monkeypatch.setattr(type(default_storage._wrapped), "get_modified_time", vanish)
    assert "không còn dùng: 1 tệp" in purge()
    assert stored() == used


# --- A stored master has all its copies -----------------------------------------------------------


@pytest.mark.parametrize("deleted", range(5))
def test_picture_is_whole_when_it_is_sent_again_after_a_sweep_that_broke_off(
    monkeypatch: pytest.MonkeyPatch, deleted: int
) -> None:
    make_image()
    path = orphan().path
    let_pass(hours=25)
    delete, done = type(default_storage._wrapped).delete, []

    def delete_some(storage: Any, name: str) -> None:
        if len(done) == deleted:
            raise OSError(5, "Input/output error", name)
        done.append(name)
        delete(storage, name)

    with monkeypatch.context() as patch:
        patch.setattr(type(default_storage._wrapped), "delete", delete_some)
        with pytest.raises(CommandError, match="Input/output error"):
            purge()
    assert done[:1] == [path][:deleted]
    assert send_photo().file.name == path
    assert {path, *copies(path)} <= stored()


def test_copies_without_their_master_go() -> None:
    make_image()
    used = stored()
    default_storage.delete(orphan().path)
    let_pass(hours=25)
    purge()
    assert stored() == used


def test_picture_that_lacks_a_copy_gets_it_when_it_is_sent_again() -> None:
    path = orphan().path
    default_storage.delete(copies(path)[1])
    assert orphan().path == path
    assert {path, *copies(path)} == stored()


def test_copy_that_is_swept_while_its_picture_is_sent_is_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = images.store_image

    def store_and_sweep(*args: Any) -> images.StoredImage:
        monkeypatch.undo()
        result = store(*args)
        default_storage.delete(copies(result.path)[1])
        return result

    monkeypatch.setattr(images, "store_image", store_and_sweep)
    path = send_photo().file.name
    assert {path, *copies(path)} == stored()


# --- The brake ------------------------------------------------------------------------------------


def test_nothing_goes_if_the_database_names_none_of_the_files() -> None:
    orphan()
    let_pass(hours=25)
    left = stored()
    # The row of another site: its file is not here.
    make_image()
    images.delete_image_files(Image.objects.get().file.name)
    with pytest.raises(CommandError, match="nhầm cơ sở dữ liệu") as refusal:
        purge()
    assert "1 trong 1" in str(refusal.value)
    assert refusal.value.returncode
    assert stored() == left
    purge(force=True)
    assert not stored()


def store_documents(count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        documents.store_document(document(b"%%PDF-1.4 %d" % number), "Bỏ lại")


def test_ten_uploads_go_whatever_their_share_and_eleven_do_not() -> None:
    make_image()
    used = stored()
    store_documents(10)
    let_pass(hours=25)
    purge()
    assert stored() == used
    store_documents(11)
    let_pass(hours=25)
    left = stored()
    with pytest.raises(CommandError, match="11 trong 12 tệp tải lên"):
        purge()
    assert stored() == left
    assert len(purge(dry_run=True).splitlines()) == 12
    purge(force=True)
    assert stored() == used


def test_a_tenth_of_the_uploads_goes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unused_files, "FEW", 1)
    article = make_article()
    for number in range(18):
        upload = document(b"%%PDF-1.4 dung %d" % number)
        services.add_attachment(article=article, upload=upload, title="Quyết định")
    used = stored()
    store_documents(2)
    let_pass(hours=25)
    purge()
    assert stored() == used
    store_documents(3)
    let_pass(hours=25)
    with pytest.raises(CommandError, match="3 trong 21"):
        purge()
