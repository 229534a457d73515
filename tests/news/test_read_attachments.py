"""Reading the PDF files that were attached before search read them."""

from __future__ import annotations

import io
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from news import services
from news.models import Attachment, AttachmentText
from news.search.finding import Filters, find_articles, time_limit
from news.search.query import parse
from tests.factories import make_article

pytestmark = pytest.mark.django_db

DECISION = Path(settings.BASE_DIR, "tests", "fixtures", "quyet-dinh.pdf")


def attach(name: str, content: bytes | None = None) -> Attachment:
    """A file as it lay there before search knew of it."""
    content = DECISION.read_bytes() + name.encode() if content is None else content
    upload = SimpleUploadedFile(name, content, "application/pdf")
    with patch("news.pdf.extract_text", return_value=""):
        return services.add_attachment(article=make_article(), upload=upload, title=name)


def read(**options: bool) -> tuple[str, str]:
    told, noted = io.StringIO(), io.StringIO()
    call_command("read_attachments", stdout=told, stderr=noted, **options)
    return told.getvalue(), noted.getvalue()


def found(words: str) -> list[int]:
    with time_limit():
        return find_articles(parse(words), Filters()).articles


def test_words_of_an_old_file_are_found_from_then_on() -> None:
    file = attach("qd.pdf")
    assert found('"bến thuyền"') == []
    told, noted = read()
    assert "Có văn bản: 1" in told
    assert noted == ""
    assert found('"bến thuyền"') == [file.article_id]


def test_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    attach("qd.pdf")
    attach("quet.pdf", b"%PDF-1.7\n%%EOF")
    told, noted = read()
    assert "Không có văn bản: 1" in told
    assert "quet" in noted
    asked: list[bytes] = []
    monkeypatch.setattr("news.pdf.extract_text", lambda content: asked.append(content) or "")
    read()
    assert asked == []
    read(again=True)
    assert len(asked) == 1


def test_missing_file_is_reported_and_does_not_stop_the_others() -> None:
    lost, kept = attach("mat.pdf"), attach("con.pdf")
    default_storage.delete(lost.file.name)
    told, noted = read()
    assert f"{lost.file.name}: không mở được" in noted
    assert "Có văn bản: 1" in told
    assert [text.attachment for text in AttachmentText.objects.all()] == [kept]


def test_file_that_is_removed_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    file = attach("qd.pdf")

    def remove(content: bytes) -> str:
        Attachment.objects.filter(pk=file.pk).delete()
        return "lời"

    monkeypatch.setattr("news.pdf.extract_text", remove)
    read()
    assert not AttachmentText.objects.exists()


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("news.management.commands.read_attachments.PROGRESS_EVERY", 1)
    attach("mot.pdf")
    attach("hai.pdf")
    _told, noted = read()
    assert "1/2 tệp" in noted
