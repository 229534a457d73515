"""Text layers of PDF files, and files that would do harm."""

from __future__ import annotations

import time
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from news import pdf, services
from news.models import AttachmentText
from tests.factories import make_article

DECISION = Path(settings.BASE_DIR, "tests", "fixtures", "quyet-dinh.pdf")


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        start,
    )


def page_with(stream: bytes) -> bytes:
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
        b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
    )


def test_vietnamese_text_of_a_pdf_is_read() -> None:
    text = pdf.extract_text(DECISION.read_bytes())
    assert "Số: 128/QĐ-UBND" in text
    assert "thành lập tổ kiểm tra bến thuyền" in text


def bomb() -> bytes:
    """Two hundred kilobytes that unpack to two hundred megabytes of text."""
    packer = zlib.compressobj(9)
    line = b"BT /F 9 Tf (cho Ha) Tj ET\n" * 40_000
    packed = b"".join(packer.compress(line) for _ in range(200))
    return page_with(packed + packer.flush())


def circle() -> bytes:
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 9>>")


def deep() -> bytes:
    return page_with(zlib.compress(b"[" * 500_000))


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"%PDF-" + bytes(range(256)) * 400, circle(), deep(), bomb()],
    ids=["empty", "head alone", "noise", "circle", "deep", "bomb"],
)
def test_hostile_file_has_no_text_and_takes_bounded_time(content: bytes) -> None:
    started = time.monotonic()
    assert pdf.extract_text(content) == ""
    assert time.monotonic() - started < 3 * pdf.SECONDS + 60  # a busy machine is no failure


@pytest.mark.django_db
def test_text_is_kept_with_the_attachment_and_goes_with_it() -> None:
    upload = SimpleUploadedFile("qd.pdf", DECISION.read_bytes(), "application/pdf")
    file = services.add_attachment(article=make_article(), upload=upload, title="Quyết định")
    assert "bến thuyền" in AttachmentText.objects.get(attachment=file).text
    services.remove_attachment(attachment=file)
    assert not AttachmentText.objects.exists()
