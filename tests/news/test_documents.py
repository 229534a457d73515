"""Attachments and songs: what is taken in, what is refused, and under which name it is kept."""

import hashlib
import io
import struct
import time
import tracemalloc
import unicodedata
import zipfile
from contextlib import suppress
from datetime import date
from urllib.parse import unquote_to_bytes

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import translation
from PIL import Image

from news import documents, text
from news.uploads import UploadRefused

DAY = date(2026, 11, 3)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def archive(*names, first=None):
    """Return a zip with a small file under each name; `first` is an ODF media type."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        if first:
            opened.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name in names:
            opened.writestr(name, "<x/>")
    return buffer.getvalue()


def ole(*streams):
    return OLE + b"".join(stream.encode("utf-16-le") + bytes(64) for stream in streams)


def picture(file_format, **options):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 180, 40)).save(buffer, file_format, **options)
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
PPTX = archive("[Content_Types].xml", "ppt/presentation.xml")
MP3 = b"\xff\xfb\x90\x00" + bytes(413)
TAGGED_MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + "Bài ca".encode().ljust(10) + MP3
OGG_PAGE = b"OggS\x00\x02" + bytes(20) + b"\x01\x1e"
M4A = struct.pack(">I", 24) + b"ftypM4A \x00\x00\x00\x00M4A mp42"

GENUINE = {
    "pdf": b"%PDF-1.7\n",
    "docx": DOCX,
    "xlsx": XLSX,
    "pptx": PPTX,
    "odt": archive("content.xml", first=ODT),
    "ods": archive("content.xml", first=ODS),
    "doc": ole("Root Entry", "WordDocument"),
    "xls": ole("Root Entry", "Workbook"),
    "ppt": ole("Root Entry", "PowerPoint Document"),
    "zip": archive("Phụ lục 1.pdf"),
    "rtf": rb"{\rtf1 Th\u244?ng b\u225?o}",
    "txt": "Thông báo".encode(),
    "csv": "\ufeffHọ tên;Tổ dân phố\r\n".encode(),
    "jpg": picture("JPEG"),
    "jpeg": picture("JPEG"),
    "png": picture("PNG"),
    "mp3": MP3,
}
GENUINE_AUDIO = {
    "mp3": TAGGED_MP3,
    "ogg": OGG_PAGE + b"\x01vorbis" + bytes(30),
    "oga": OGG_PAGE + b"\x01vorbis" + bytes(30),
    "opus": OGG_PAGE + b"OpusHead" + bytes(30),
    "m4a": M4A,
}


def upload(content, name):
    return ContentFile(content, name=name)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def storage(tmp_path):
    return FileSystemStorage(location=tmp_path)


@pytest.fixture
def refusal(storage, tmp_path):
    """Give a function that returns the code of a refusal, after which nothing may be stored."""

    def refuse(content, name, store=documents.store_document):
        started = time.process_time()
        with pytest.raises(UploadRefused) as refused:
            store(upload(content, name), "Tệp", storage, DAY)
        assert time.process_time() - started < 2
        assert files(tmp_path) == {}
        return refused.value.code

    return refuse


# What is taken in -----------------------------------------------------------------------------


def test_every_accepted_extension_has_an_example_here():
    assert set(GENUINE) == set(documents._DOCUMENTS)
    assert set(GENUINE_AUDIO) == set(documents._AUDIO)


@pytest.mark.parametrize("extension", sorted(set(GENUINE) - {"jpg", "jpeg", "png"}))
def test_a_genuine_document_is_kept_byte_for_byte_under_our_name(storage, tmp_path, extension):
    content = GENUINE[extension]
    stored = documents.store_document(
        upload(content, f"ban-goc.{extension.upper()}"), "Thông báo số 12", storage, DAY
    )
    digest = hashlib.sha256(content).hexdigest()
    assert stored.path == f"tep/2026/11/thong-bao-so-12-{digest[:8]}.{extension}"
    assert (stored.size, stored.extension, stored.sha256) == (len(content), extension, digest)
    assert files(tmp_path) == {stored.path: content}


@pytest.mark.parametrize(("extension", "content"), GENUINE_AUDIO.items())
def test_a_genuine_song_is_kept_byte_for_byte_under_our_name(storage, tmp_path, extension, content):
    stored = documents.store_audio(
        upload(content, f"01.{extension}"), "Chiều trên sông Lam Yên", storage, DAY
    )
    assert stored.path.startswith("am-thanh/2026/11/chieu-tren-song-lam-yen-")
    assert stored.content_type.startswith("audio/")
    assert files(tmp_path) == {stored.path: content}


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [
        ("pdf", "application/pdf"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("ods", ODS),
        ("xls", "application/vnd.ms-excel"),
        ("txt", "text/plain"),
        ("png", "image/png"),
    ],
)
def test_the_type_is_that_of_the_extension(storage, extension, content_type):
    stored = documents.store_document(
        upload(GENUINE[extension], f"a.{extension}"), "Tệp", storage, DAY
    )
    assert stored.content_type == content_type


def test_text_saved_by_excel_as_unicode_is_taken(storage):
    content = "Họ tên\tĐịa chỉ".encode("utf-16")
    assert documents.store_document(upload(content, "a.txt"), "Tệp", storage, DAY).size


def test_a_document_of_libreoffice_with_empty_lists_of_macros_is_taken(storage):
    content = archive(
        "Basic/script-lc.xml", "Basic/Standard/script-lb.xml", "content.xml", first=ODT
    )
    assert documents.store_document(upload(content, "a.odt"), "Tệp", storage, DAY).size


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_scanned_page_is_written_anew_at_full_size_without_its_hidden_data(
    storage, tmp_path, file_format
):
    exif = Image.Exif()
    exif[0x010E] = "<script>"
    exif.get_ifd(0x8825)[1] = "N"
    buffer = io.BytesIO()
    Image.new("RGBA", (3000, 2000), (90, 90, 90, 255)).convert("RGB").save(
        buffer, file_format, exif=exif
    )
    extension = "jpg" if file_format == "JPEG" else "png"
    documents.store_document(
        upload(buffer.getvalue(), f"trang-1.{extension}"), "Trang 1", storage, DAY
    )
    [content] = files(tmp_path).values()
    assert b"<script>" in buffer.getvalue()
    assert b"<script>" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == (file_format, (3000, 2000))
        assert not image.getexif()


# What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "cai-dat.exe",
        "trang.html",
        "hinh.svg",
        "mau.docm",
        "mau.xlsm",
        "khong-duoi",
        "",
        ".pdf",
        "bao-cao.pdf.exe",
        "bao-cao.pdf\u202etxt.exe",
    ],
)
def test_other_extensions_are_refused(refusal, name):
    assert refusal(b"%PDF-1.7\n", name) == "kind"


def test_the_refusal_of_an_extension_names_the_accepted_ones(storage):
    with translation.override("en"), pytest.raises(UploadRefused) as refused:
        documents.store_audio(upload(b"RIFF", "bai-hat.wav"), "Bài hát", storage, DAY)
    assert refused.value.messages == [
        "Files of this kind are not accepted. Accepted are: mp3, ogg, oga, opus, m4a."
    ]


@pytest.mark.parametrize("extension", sorted(set(GENUINE) - {"txt", "csv", "jpg", "jpeg", "png"}))
@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00" + bytes(99), b"<html><script>", b"PK", OLE, b"\xff\xfe<\x00"]
)
def test_a_document_that_is_something_else_is_refused(refusal, extension, content):
    assert refusal(content, f"a.{extension}") == "content"


@pytest.mark.parametrize("extension", GENUINE_AUDIO)
@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00" + bytes(99), b"RIFF", b"ID3", b"\xff\xd8\xff\xe0"]
)
def test_a_song_that_is_something_else_is_refused(refusal, extension, content):
    assert refusal(content, f"a.{extension}", documents.store_audio) == "content"


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("docx", XLSX),
        ("xlsx", DOCX),
        ("pptx", DOCX),
        ("docx", archive("word/document.xml")),
        ("docx", ole("EncryptedPackage")),
        ("odt", archive("content.xml", first=ODS)),
        ("odt", archive("content.xml", first=ODT + "-template")),
        ("odt", archive("mimetype", "content.xml")),
        ("odt", archive(first=ODT)),
        ("doc", ole("Workbook")),
        ("zip", b"PK\x05\x06" + bytes(18)),
        ("ogg", OGG_PAGE + b"\x80theora"),
        # A frame of an unknown version, of layer II, of no bit rate, of no sampling rate.
        ("mp3", b"\xff\xeb\x90\x00" + bytes(413)),
        ("mp3", b"\xff\xfd\x90\x00" + bytes(413)),
        ("mp3", b"\xff\xfb\xf0\x00" + bytes(413)),
        ("mp3", b"\xff\xfb\x9c\x00" + bytes(413)),
        ("m4a", struct.pack(">I", 24) + b"ftypheic" + bytes(12)),
    ],
)
def test_the_inner_parts_must_be_those_of_the_extension(refusal, extension, content):
    store = documents.store_audio if extension in GENUINE_AUDIO else documents.store_document
    assert refusal(content, f"a.{extension}", store) == "content"


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("xlsx", archive("[Content_Types].xml", "xl/workbook.xml", "xl/VBAPROJECT.BIN")),
        ("pptx", archive("[Content_Types].xml", "ppt/presentation.xml", "ppt\\vbaProject.bin")),
        ("odt", archive("Basic/Standard/Module1.xml", "content.xml", first=ODT)),
        ("odt", archive("Basic\\Standard\\Module1.xml", "content.xml", first=ODT)),
        ("ods", archive("Scripts/python/a.py", "content.xml", first=ODS)),
        ("doc", ole("WordDocument", "_VBA_PROJECT")),
        ("xls", ole("Workbook", "_VBA_PROJECT_CUR")),
    ],
)
def test_a_document_with_macros_is_refused(refusal, extension, content):
    assert refusal(content, f"a.{extension}") == "macros"


def test_text_that_is_not_unicode_is_refused(refusal):
    # What an old typewriter programme wrote for "Cộng hòa xã hội" (TCVN3).
    assert refusal(b"C\xe9ng h\xdfa x\xb7 h\xe9i", "a.txt") == "encoding"


def test_text_with_nul_bytes_is_refused(refusal):
    assert refusal(b"a\x00b", "a.csv") == "content"


def test_a_damaged_scan_is_refused(refusal):
    assert refusal(picture("JPEG")[:200], "a.jpg") == "damaged"


@pytest.mark.parametrize(
    ("store", "name", "limit"),
    [
        (documents.store_document, "a.pdf", documents.MAX_DOCUMENT_BYTES),
        (documents.store_audio, "a.mp3", documents.MAX_AUDIO_BYTES),
    ],
)
def test_a_file_above_the_limit_is_refused(refusal, store, name, limit):
    assert refusal(b"%PDF-" + bytes(limit), name, store) == "too_large"


# Archives that mean harm ----------------------------------------------------------------------


def test_a_zip_bomb_is_never_unpacked(storage):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        opened.writestr("nulls", bytes(200_000_000))
    content = buffer.getvalue()
    tracemalloc.start()
    documents.store_document(upload(content, "a.zip"), "Tệp", storage, DAY)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * len(content) < 10_000_000


def test_an_archive_of_too_many_files_is_refused(refusal):
    names = [str(number) for number in range(documents.MAX_ARCHIVE_ENTRIES + 1)]
    assert refusal(archive(*names), "a.zip") == "too_many_entries"


def test_a_directory_is_not_read_beyond_what_it_claims():
    directory = (b"PK\x01\x02" + bytes(42)) * 500_000
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, len(directory), 4, 0)
    content = b"PK\x03\x04" + directory + end
    tracemalloc.start()
    names = documents._archive_names(content)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(names) == 1
    assert peak < 10_000


@pytest.mark.parametrize("length", [4, 24, 45])
def test_an_entry_of_a_directory_that_runs_into_the_end_is_none(length):
    directory = b"PK\x01\x02" + bytes(length - 4)
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, length, 4, 0)
    assert documents._archive_names(b"PK\x03\x04" + directory + end) == []


@pytest.mark.parametrize("missing", range(1, 23))
def test_an_archive_without_its_end_is_none(missing):
    assert documents._archive_names(archive("a", "b")[:-missing]) == []


@pytest.mark.parametrize("position", range(1, 23))
def test_a_broken_end_of_an_archive_never_yields_more_than_is_there(position):
    for value in (0, 1, 0x27, 0x7F, 0xFF):
        content = bytearray(archive("a", "b"))
        content[-position] = value
        with suppress(UploadRefused):
            assert len(documents._archive_names(bytes(content))) <= 2


# Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        unicodedata.normalize("NFD", "Quyết định số 12.pdf"),
        "../../etc/passwd.pdf",
        "..\\..\\windows\\anh.pdf",
        "CON.pdf",
        "….pdf",
        "ă" * 300 + ".pdf",
        "anh\u202efdp.pdf",
        "anh\x00.pdf",
        "a?b#c%2e%2e.pdf",
        "\ud800.pdf",
        "tep.PDF ",
    ],
)
@pytest.mark.parametrize("as_title", [True, False])
def test_nothing_of_a_hostile_name_reaches_the_disk(storage, tmp_path, name, as_title):
    stored = documents.store_document(
        upload(GENUINE["pdf"], name), name if as_title else " ", storage, DAY
    )
    folder, _slash, file_name = stored.path.rpartition("/")
    stem = file_name.removesuffix(f"-{stored.sha256[:8]}.pdf")
    assert folder == "tep/2026/11"
    assert stem == text.slugify(stem)
    assert len(stored.path) <= 120
    assert list(files(tmp_path)) == [stored.path]


def test_a_title_keeps_its_number_and_a_blank_one_gives_way_to_the_file_name(storage):
    def path(title):
        return documents.store_document(
            upload(GENUINE["pdf"], "Ban ky.pdf"), title, storage, DAY
        ).path

    assert path("15/2023/NQ-HĐND").startswith("tep/2026/11/15-2023-nq-hdnd-")
    assert path("  ").startswith("tep/2026/11/ban-ky-")


def test_the_same_document_sent_twice_is_stored_once(storage, tmp_path):
    first = documents.store_document(upload(GENUINE["pdf"], "a.pdf"), "Tệp", storage, DAY)
    before = (tmp_path / first.path).stat().st_mtime_ns
    second = documents.store_document(upload(GENUINE["pdf"], "a.pdf"), "Tệp", storage, DAY)
    assert second == first
    assert (tmp_path / first.path).stat().st_mtime_ns == before
    assert len(files(tmp_path)) == 1


def test_a_failing_disk_leaves_no_half_document(tmp_path):
    class FullDisk(FileSystemStorage):
        def _save(self, name, content):
            super()._save(name, ContentFile(content.read(3)))
            raise OSError(28, "No space left on device")

    with pytest.raises(UploadRefused, match="ổ đĩa đã đầy"):
        documents.store_document(
            upload(GENUINE["pdf"], "a.pdf"), "Tệp", FullDisk(location=tmp_path), DAY
        )
    assert files(tmp_path) == {}


def test_a_disk_that_fails_in_deleting_too_is_reported_by_its_first_failure(tmp_path):
    class BrokenDisk(FileSystemStorage):
        is_full = False

        def _save(self, name, content):
            self.is_full = True
            raise OSError(28, "No space left on device")

        def delete(self, name):
            if self.is_full:
                raise OSError(5, "Input/output error")

    with pytest.raises(UploadRefused, match="ổ đĩa đã đầy"):
        documents.store_document(
            upload(GENUINE["pdf"], "a.pdf"), "Tệp", BrokenDisk(location=tmp_path), DAY
        )


# The name of a download -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Bao cao", "attachment; filename=\"bao-cao.pdf\"; filename*=UTF-8''Bao%20cao.pdf"),
        (
            "Nghị quyết 15/2023/NQ-HĐND",
            'attachment; filename="nghi-quyet-15-2023-nq-hdnd.pdf"; '
            "filename*=UTF-8''Ngh%E1%BB%8B%20quy%E1%BA%BFt%2015-2023-NQ-H%C4%90ND.pdf",
        ),
        ("…/\\", "attachment; filename=\"tep.pdf\"; filename*=UTF-8''%E2%80%A6.pdf"),
        ("", "attachment; filename=\"tep.pdf\"; filename*=UTF-8''tep.pdf"),
        (
            'a"b\r\nSet-Cookie: x=1',
            'attachment; filename="a-b-set-cookie-x-1.pdf"; '
            "filename*=UTF-8''a-b%20Set-Cookie-%20x%3D1.pdf",
        ),
    ],
)
def test_a_download_is_named_by_its_title_in_both_forms(title, expected):
    assert documents.download_name(title, "pdf") == expected


@pytest.mark.parametrize("title", ["ế" * 400, "a" * 400, "\ud800" * 5, "\x00\u202e"])
def test_the_name_of_a_download_fits_any_file_system(title):
    value = documents.download_name(title, "docx")
    assert value.isascii()
    assert len(unquote_to_bytes(value.partition("filename*=UTF-8''")[2])) <= 200
