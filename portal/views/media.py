"""Pictures, documents and songs. In front of a busy site nginx serves them; see deploy/."""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.generic import View

from news.documents import download_name
from news.models import Article, Attachment

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
# Shown inside a page; everything else is offered for saving and never runs in our name.
FOR_EVER = "public, max-age=31536000, immutable"
DOCUMENTS = "tep/"
INLINE_TYPES = {
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".pdf": "application/pdf",
}


def is_document(request: HttpRequest) -> bool:
    """Whether an address is that of an article's attachment."""
    return request.path_info.startswith(f"{settings.MEDIA_URL}{DOCUMENTS}")


def readable_attachment(request: HttpRequest, path: str) -> Attachment | None:
    """The attachment that is stored there, as long as its article may be read; staff see it after.

    The session is asked only where readers would get nothing.
    """
    stored = Attachment.objects.filter(file=path).only("title", "extension")
    if file := stored.filter(article__in=Article.objects.readable()).first():
        return file
    file = stored.first()
    return file if file and request.user.is_staff else None


def headers_of(path: str, attachment: Attachment | None) -> dict[str, str]:
    """What is told of a file with each answer; an attachment is saved under its title."""
    suffix = PurePosixPath(path).suffix.lower()
    is_shown = suffix in INLINE_TYPES
    headers = {
        "Content-Type": INLINE_TYPES.get(suffix, "application/octet-stream"),
        "Accept-Ranges": "bytes",
        # A document may be taken back, a picture is only shown.
        "Cache-Control": FOR_EVER if attachment is None else "private, no-cache",
        "ETag": f'"{hashlib.sha256(path.encode()).hexdigest()[:20]}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if attachment is not None:
        name = download_name(attachment.title, attachment.extension, is_shown=is_shown)
        headers["Content-Disposition"] = name
    elif not is_shown:
        headers["Content-Disposition"] = "attachment"
    return headers


class _Window:
    """The part of an open file that a Range asks for."""

    def __init__(self, file: Any, start: int, length: int) -> None:
        self.file, self.left = file, length
        file.seek(start)
        self.close = file.close

    def read(self, size: int = -1) -> bytes:
        size = self.left if size < 0 else min(size, self.left)
        data: bytes = self.file.read(size)
        self.left -= len(data)
        return data


class MediaView(View):
    """Serve one file of the media storage. A name never changes its content.

    One byte range is understood: without it some phones play no sound.
    """

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, path: str) -> HttpResponseBase:
        # The storage would read `anh/../tep/x.pdf` as well, past what is asked of documents.
        if posixpath.normpath(path) != path:
            raise Http404
        attachment = readable_attachment(request, path) if is_document(request) else None
        if attachment is None and is_document(request):
            raise Http404
        try:
            file = default_storage.open(path)
            size = default_storage.size(path)
        except (SuspiciousFileOperation, OSError, ValueError):
            raise Http404 from None
        headers = headers_of(path, attachment)
        whole = HttpResponse(headers=headers | {"Content-Length": str(size)})
        # The same name has the same content: it stands for it.
        answer = get_conditional_response(request, etag=headers["ETag"], response=whole)
        if answer is not whole or request.method == "HEAD":
            file.close()
            return answer or whole
        start, end, status = 0, size - 1, 200
        try:
            bounds = self.bounds(request.headers.get("Range", ""), size)
        except ValueError:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        if bounds is not None:
            start, end = bounds
            status = 206
            headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        headers["Content-Length"] = str(end - start + 1)
        part = _Window(file, start, end - start + 1)
        # Told no type, the answer would guess one.
        kind = headers.pop("Content-Type")
        return FileResponse(part, status=status, content_type=kind, headers=headers)

    @staticmethod
    def bounds(asked: str, size: int) -> tuple[int, int] | None:
        """Return the first and last byte of a Range header (RFC 9110, section 14).

        None if the header is of a kind we do not know or makes no sense, and is to be ignored.
        Raises ValueError if no byte of it lies in the file.
        """
        match = _RANGE.fullmatch(asked.strip())
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
