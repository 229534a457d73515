"""Pictures, documents and songs. In front of a busy site nginx serves them; see deploy/."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.generic import View

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


def may_read(request: HttpRequest, path: str) -> bool:
    """Whether an attachment may be read: it is gone with its article, though staff still see it."""
    if Attachment.objects.filter(file=path, article__in=Article.objects.readable()).exists():
        return True
    return Attachment.objects.filter(file=path).exists() and request.user.is_staff


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
        suffix = PurePosixPath(path).suffix.lower()
        if is_document(request) and not may_read(request, path):
            raise Http404
        try:
            file = default_storage.open(path)
            size = default_storage.size(path)
        except (SuspiciousFileOperation, OSError, ValueError):
            raise Http404 from None
        start, end, status = 0, size - 1, 200
        asked = request.headers.get("Range")
        if asked:
            try:
                bounds = self.bounds(asked, size)
            except ValueError:
                file.close()
                return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
            if bounds is not None:
                start, end = bounds
                status = 206
        response = FileResponse(
            _Window(file, start, end - start + 1),
            status=status,
            content_type=INLINE_TYPES.get(suffix, "application/octet-stream"),
        )
        response["Content-Length"] = str(end - start + 1)
        response["Accept-Ranges"] = "bytes"
        # The name never changes its content. A document may be taken back, a picture is only shown.
        response["Cache-Control"] = "private, no-cache" if is_document(request) else FOR_EVER
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        if status == 206:
            response["Content-Range"] = f"bytes {start}-{end}/{size}"
        if suffix not in INLINE_TYPES:
            response["Content-Disposition"] = "attachment"
        return response

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
