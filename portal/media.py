"""How a file of the media storage is served: its headers, and the part that a Range asks for."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from django.conf import settings

from news.documents import download_name
from news.models import Attachment

DOCUMENTS = "tep/"  # where `Attachment` stores its files, below MEDIA_ROOT
IMMUTABLE = "public, max-age=31536000, immutable"
# Types that a page may show. All others are offered for saving, so that none is run by a browser
# with the rights of this site.
INLINE_TYPES = {
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".pdf": "application/pdf",
}

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def is_attachment(path_info: str) -> bool:
    """Whether a path of the site is that of an article's attachment."""
    return path_info.startswith(f"{settings.MEDIA_URL}{DOCUMENTS}")


def headers_of(path: str, attachment: Attachment | None) -> dict[str, str]:
    """The headers of every response for a file; an attachment is saved under its title.

    Args:
        path: below MEDIA_ROOT.
    """
    suffix = PurePosixPath(path).suffix.lower()
    is_inline = suffix in INLINE_TYPES
    headers = {
        "Content-Type": INLINE_TYPES.get(suffix, "application/octet-stream"),
        "Accept-Ranges": "bytes",
        # An attachment can be withdrawn with its article, so caches must ask again.
        "Cache-Control": IMMUTABLE if attachment is None else "private, no-cache",
        # A name never changes its content, so it identifies the content.
        "ETag": f'"{hashlib.sha256(path.encode()).hexdigest()[:20]}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if attachment is not None:
        name = download_name(attachment.title, attachment.extension, is_shown=is_inline)
        headers["Content-Disposition"] = name
    elif not is_inline:
        headers["Content-Disposition"] = "attachment"
    return headers


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a Range header (RFC 9110, section 14).

    None if the header is to be ignored: it is of a kind we do not know, or invalid.
    Raises ValueError if none of its bytes is in the file.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last or size - 1), size - 1)
        if last and int(last) < start:
            return None
    if start > end:
        raise ValueError
    return start, end
