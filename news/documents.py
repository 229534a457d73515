"""Attachments and songs: checked by extension and content, stored under a name of ours.

Nothing is unpacked and no program is started: a document is recognised by its first bytes and, if
it is an archive, by the names in its directory.
"""

import hashlib
import io
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import IO
from urllib.parse import quote

from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.utils.translation import gettext as _

from news import images, text, uploads

MAX_DOCUMENT_BYTES = 25 * uploads.MEGABYTE
"""A scanned decision of a hundred pages has about 20 MB. The content is held in memory once."""

MAX_AUDIO_BYTES = 20 * uploads.MEGABYTE
"""A song of eight minutes at 320 kbit/s."""

MAX_ARCHIVE_ENTRIES = 10_000
"""A workbook of a hundred sheets full of pictures has about a thousand."""

MAX_NAME_BYTES = 180
"""Length of the name offered for a download: file systems allow 255 bytes, and Windows 260
characters with the folders."""


class DocumentRefused(uploads.UploadRefused):
    """A refused document or song; the message is shown to the sender."""


@dataclass(frozen=True)
class StoredDocument:
    """A stored file: path in the storage, size in bytes, extension without dot, type, SHA-256."""

    path: str
    size: int
    extension: str
    content_type: str
    sha256: str


@dataclass(frozen=True)
class _Kind:
    """What a file of one extension must be: `is_genuine` checks the content alone."""

    content_type: str
    is_genuine: Callable[[bytes], bool]


def store_document(
    upload: File | IO[bytes],
    title: str,
    storage: Storage = default_storage,
    now: date | None = None,
) -> StoredDocument:
    """Check an attachment and write it; return what was stored.

    The extension of `upload.name` says what it claims to be. The stored name is made from `title`
    or, if that is blank, from `upload.name`; `now` is the local day for the folder. JPEG and PNG
    are re-encoded at full size, so that no metadata is published; other files are stored as they
    are. Raises UploadRefused; after an error of the storage nothing is left.
    """
    return _store("tep", _DOCUMENTS, MAX_DOCUMENT_BYTES, upload, title, storage, now)


def store_audio(
    upload: File | IO[bytes],
    title: str,
    storage: Storage = default_storage,
    now: date | None = None,
) -> StoredDocument:
    """Check a song (MP3, Ogg, M4A) and write it as it is; see `store_document`."""
    return _store("am-thanh", _AUDIO, MAX_AUDIO_BYTES, upload, title, storage, now)


def _store(
    folder: str,
    kinds: dict[str, _Kind],
    max_bytes: int,
    upload: File | IO[bytes],
    title: str,
    storage: Storage,
    now: date | None,
) -> StoredDocument:
    name = getattr(upload, "name", None) or ""
    extension = uploads.file_extension(name)
    kind = kinds.get(extension)
    if kind is None:
        raise DocumentRefused(
            _("Files of this kind are not accepted. Accepted are: %(kinds)s.")
            % {"kinds": ", ".join(kinds)},
            code="kind",
        )
    if extension in _PICTURE_FORMATS:
        content = _reencoded_picture(upload, _PICTURE_FORMATS[extension])
    else:
        content = uploads.read_content(upload, max_bytes)
    if not kind.is_genuine(content):
        raise DocumentRefused(
            _(
                "The content is not that of a .%(extension)s file: it is damaged, renamed or "
                "locked with a password."
            )
            % {"extension": extension},
            code="content",
        )
    # A title may have slashes and dots (15/2023/NQ-HĐND), which file_name() takes for a path.
    slug = text.slugify(title, fallback=text.file_name(name), max_length=80)
    path = f"{uploads.stored_stem(folder, slug, content, now)}.{extension}"
    with uploads.all_or_nothing(storage) as write:
        write(path, content)
    return StoredDocument(
        path=path,
        size=len(content),
        extension=extension,
        content_type=kind.content_type,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def download_name(title: str, extension: str, *, is_shown: bool = False) -> str:
    """Return the `Content-Disposition` value that saves a file under its title.

    With `is_shown` the browser opens the file in its own viewer. Both forms of RFC 6266 are given,
    the ASCII one first, for programs that know no other; `content_disposition_header` of Django
    gives only one of them.
    """
    # Windows forbids these characters in a name.
    plain = re.sub(r'[\\/:*?"<>|]+', "-", text.normalize_line(title))
    plain = plain.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip(" .-")
    fallback = text.slugify(title, fallback="tep")
    name = quote(f"{plain or fallback}.{extension}", safe="")
    kind = "inline" if is_shown else "attachment"
    return f"{kind}; filename=\"{fallback}.{extension}\"; filename*=UTF-8''{name}"


# Office documents -----------------------------------------------------------------------------


def _is_office_open_xml(folder: str) -> Callable[[bytes], bool]:
    """Check a docx, xlsx or pptx: an archive with the list of parts and a part in its folder."""

    def is_genuine(content: bytes) -> bool:
        names = _archive_names(content)
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise _has_macros()
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)

    return is_genuine


def _is_open_document(media_type: str) -> Callable[[bytes], bool]:
    """Check an odt or ods by its first entry, which says what it is.

    Source: OpenDocument 1.3 part 2, 3.3: an uncompressed file named "mimetype", without extra
    field, so that its text begins at byte 38.
    """
    expected = b"mimetype" + media_type.encode()

    def is_genuine(content: bytes) -> bool:
        names = _archive_names(content)
        if any(map(_is_macro_of_open_document, names)):
            raise _has_macros()
        # The next entry must follow, so that "…text-template" is not taken for "…text".
        return content[30 : 30 + len(expected) + 2] == expected + b"PK" and "content.xml" in names

    return is_genuine


def _is_macro_of_open_document(name: str) -> bool:
    # LibreOffice writes empty lists of macros into many documents.
    lists = ("/", "script-lb.xml", "script-lc.xml")
    return name.startswith(("Basic/", "Scripts/")) and not name.endswith(lists)


def _is_old_office(*streams: str) -> Callable[[bytes], bool]:
    """Check a doc, xls or ppt: an OLE file that names one of these streams."""
    wanted = [stream.encode("utf-16-le") for stream in streams]
    macros = "_VBA_PROJECT".encode("utf-16-le")

    def is_genuine(content: bytes) -> bool:
        if not content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            return False
        if macros in content:
            raise _has_macros()
        return any(stream in content for stream in wanted)

    return is_genuine


def _has_macros() -> DocumentRefused:
    return DocumentRefused(
        _("The document contains macros. Please save it without macros, or as PDF."),
        code="macros",
    )


def _archive_names(content: bytes) -> list[str]:
    """Return the names in a zip archive; none if it is not one.

    Reads only the directory at its end, and at most MAX_ARCHIVE_ENTRIES of it, while `zipfile`
    would follow any length that the file claims. Raises DocumentRefused if there are more. Archives
    in zip64 format are not accepted. Source: APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.16.
    """
    end = content.rfind(b"PK\x05\x06", -22 - 0xFFFF)
    if not content.startswith(b"PK\x03\x04") or end < 0 or end + 22 > len(content):
        return []
    entries, length = struct.unpack_from("<HL", content, end + 10)
    if entries > MAX_ARCHIVE_ENTRIES:
        raise DocumentRefused(
            _("The archive holds more than %(limit)d files.") % {"limit": MAX_ARCHIVE_ENTRIES},
            code="too_many_entries",
        )
    names = []
    position = end - length
    for _number in range(entries):
        if position < 0 or content[position : position + 4] != b"PK\x01\x02":
            return []
        if position + 46 > end:
            return []
        sizes = struct.unpack_from("<3H", content, position + 28)
        name = content[position + 46 : position + 46 + sizes[0]]
        # The names we look for are ASCII; others may have any encoding.
        names.append(name.decode("ascii", "replace").replace("\\", "/"))
        position += 46 + sum(sizes)
    return names


# Text, pictures, audio ------------------------------------------------------------------------


def _is_text(content: bytes) -> bool:
    """Accept UTF-8, and the UTF-16 that Excel saves as "Unicode text"."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        decoded = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentRefused(
            _("The text is not in Unicode. Please save the file as UTF-8."), code="encoding"
        ) from error
    return "\x00" not in decoded


def _reencoded_picture(upload: File | IO[bytes], picture_format: str) -> bytes:
    picture = images.decode_image(upload, side=None)
    if picture_format == "JPEG":
        picture = picture.convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, picture_format, quality=90)
    return buffer.getvalue()


def _is_mp3(content: bytes) -> bool:
    """Accept an ID3v2 tag, or the header of a frame of MPEG layer III."""
    if content.startswith(b"ID3"):
        return len(content) > 10
    if len(content) < 4 or content[0] != 0xFF:
        return False
    # Eleven bits set, version not reserved, layer III; bit rate and sampling rate not reserved.
    return (
        content[1] & 0xE6 == 0xE2
        and content[1] & 0x18 != 0x08
        and content[2] & 0xF0 not in (0x00, 0xF0)
        and content[2] & 0x0C != 0x0C
    )


def _is_ogg(content: bytes) -> bool:
    """Accept Ogg whose first packet, after a page header of 28 bytes, is Vorbis or Opus."""
    return content.startswith(b"OggS") and content[28:36].startswith((b"\x01vorbis", b"OpusHead"))


def _is_m4a(content: bytes) -> bool:
    """Accept MPEG-4 by the brand in its first box; telephones write the general ones.

    Source: the registered brands of ISO/IEC 14496-12 and of iTunes.
    """
    brands = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2")
    return content[4:8] == b"ftyp" and content[8:12] in brands


def _starts_with(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(prefixes)


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_PICTURE_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
_JPEG = _Kind("image/jpeg", _starts_with(b"\xff\xd8\xff"))

_AUDIO = {
    "mp3": _Kind("audio/mpeg", _is_mp3),
    "ogg": _Kind("audio/ogg", _is_ogg),
    "oga": _Kind("audio/ogg", _is_ogg),
    "opus": _Kind("audio/ogg", _is_ogg),
    "m4a": _Kind("audio/mp4", _is_m4a),
}

_DOCUMENTS = {
    "pdf": _Kind("application/pdf", _starts_with(b"%PDF-")),
    "docx": _Kind(f"{_OPEN_XML}wordprocessingml.document", _is_office_open_xml("word/")),
    "xlsx": _Kind(f"{_OPEN_XML}spreadsheetml.sheet", _is_office_open_xml("xl/")),
    "pptx": _Kind(f"{_OPEN_XML}presentationml.presentation", _is_office_open_xml("ppt/")),
    "odt": _Kind(f"{_OPEN_DOCUMENT}text", _is_open_document(f"{_OPEN_DOCUMENT}text")),
    "ods": _Kind(f"{_OPEN_DOCUMENT}spreadsheet", _is_open_document(f"{_OPEN_DOCUMENT}spreadsheet")),
    "doc": _Kind("application/msword", _is_old_office("WordDocument")),
    "xls": _Kind("application/vnd.ms-excel", _is_old_office("Workbook", "Book")),
    "ppt": _Kind("application/vnd.ms-powerpoint", _is_old_office("PowerPoint Document")),
    "zip": _Kind("application/zip", lambda content: bool(_archive_names(content))),
    "rtf": _Kind("application/rtf", _starts_with(b"{\\rtf")),
    "txt": _Kind("text/plain", _is_text),
    "csv": _Kind("text/csv", _is_text),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": _Kind("image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
    "mp3": _AUDIO["mp3"],
}
