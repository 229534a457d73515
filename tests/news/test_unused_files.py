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
from django.core.management import call_command

from news import documents, images, services
from news.models import Article, Image
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


def test_dry_run_names_them_and_deletes_nothing() -> None:
    path = orphan().path
    let_pass(hours=25)
    left = stored()
    assert path in purge(dry_run=True).splitlines()
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


def test_file_that_is_sent_again_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    path = orphan().path
    let_pass(hours=25)
    get_size = type(default_storage._wrapped).size

    def send_again(storage: Any, name: str) -> int:
        if not Image.objects.exists():
            services.add_image(
                upload=photo(),
                alt="Cầu", is_decorative=False, caption="", credit="", by=None,
            )  # fmt: skip
        return get_size(storage, name)

    monkeypatch.setattr(type(default_storage._wrapped), "size", send_again)
    left = stored()
    purge()
    assert Image.objects.get().file.name == path
    assert stored() == left
