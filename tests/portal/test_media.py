"""Files of the media storage: who may read them, under which name they are saved, and how."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client, RequestFactory

from news.models import Attachment
from portal.views.media import MediaView
from tests.factories import make_article, make_image

pytestmark = pytest.mark.django_db


def make_file(name: str = "a.pdf", status: str = "published", title: str = "Quyết định") -> str:
    """Attach a file to an article of this status; the address of the file."""
    path = default_storage.save(f"tep/2026/11/{name}", ContentFile(b"%PDF-1.4 noi dung"))
    Attachment.objects.create(
        article=make_article(status=status), file=path, title=title,
        extension=name.rpartition(".")[2], content_type="", size=17, sha256="0" * 64,
    )  # fmt: skip
    return f"/media/{path}"


# --- Who may read -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [("published", 200), ("withdrawn", 200), ("unpublished", 404), ("draft", 404)],
)
def test_file_is_read_as_long_as_its_article(client: Client, status: str, code: int) -> None:
    response = client.get(make_file(status=status))
    response.close()
    assert response.status_code == code


def test_staff_still_see_the_file_of_an_article_that_was_taken_back(admin_client: Client) -> None:
    response = admin_client.get(make_file(status="unpublished"))
    response.close()
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "spelling",
    ["./tep", "anh/../tep", "tep/.", "tep/../tep", "/tep", "%2e/tep", "anh/%2e%2e/tep", "tep/"],
)
def test_no_other_spelling_of_an_address_leads_to_a_file_that_was_taken_back(
    client: Client, spelling: str
) -> None:
    default_storage.save("anh/a.webp", ContentFile(b"RIFF"))
    address = make_file(status="unpublished")
    assert client.get(address.replace("tep", spelling, 1)).status_code == 404


# --- How it is sent -----------------------------------------------------------------------------


def test_document_is_saved_under_its_title(client: Client) -> None:
    response = client.get(make_file("kh-1a2b.docx", title="Kế hoạch 15/2026"))
    response.close()
    assert response["Content-Disposition"] == (
        'attachment; filename="ke-hoach-15-2026.docx"; '
        "filename*=UTF-8''K%E1%BA%BF%20ho%E1%BA%A1ch%2015-2026.docx"
    )


def test_pdf_is_shown_and_is_saved_under_its_title_from_there(client: Client) -> None:
    response = client.get(make_file(title="Thông báo"))
    response.close()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('inline; filename="thong-bao.pdf"; ')


def test_picture_is_shown_and_kept_for_ever(client: Client) -> None:
    response = client.get(make_image().url)
    response.close()
    assert "Content-Disposition" not in response
    assert "immutable" in response["Cache-Control"]


def test_document_that_a_browser_has_already_is_not_sent_again(client: Client) -> None:
    address = make_file()
    first = client.get(address)
    assert b"".join(first.streaming_content) == b"%PDF-1.4 noi dung"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Attachment.objects.get().article.delete()
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 404


@pytest.mark.parametrize("asked", ["", "bytes=2-5"])
def test_head_tells_of_the_whole_file_and_sends_none_of_it(asked: str) -> None:
    """Ranges are of GET alone: RFC 9110, section 14.2."""
    image = make_image()
    request = RequestFactory().head(image.url, headers={"range": asked} if asked else {})
    # Asked without the test client, which takes the body of any answer to HEAD away.
    response = MediaView.as_view()(request, path=image.file.name)
    assert not response.streaming
    assert response.content == b""
    assert (response.status_code, response["Content-Length"]) == (200, str(image.size))
    assert response["Content-Type"] == "image/webp"


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.js", "a", "a.PDF.html"])
def test_file_that_a_browser_could_run_is_offered_for_saving(client: Client, name: str) -> None:
    path = default_storage.save(f"documents/{name}", ContentFile(b"<script>alert(1)</script>"))
    response = client.get(f"/media/{path}")
    response.close()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(("headers", "status"), [({}, 200), ({"range": "bytes=0-3"}, 206)])
def test_file_is_shown_in_a_sandbox(client: Client, headers: dict[str, str], status: int) -> None:
    path = default_storage.save("documents/a.pdf", ContentFile(b"%PDF-1.4 noi dung"))
    response = client.get(f"/media/{path}", headers=headers)
    response.close()
    assert response.status_code == status
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
