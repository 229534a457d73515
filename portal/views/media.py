"""Pictures, documents and songs. On a busy site nginx serves most of them: see deploy/."""

from __future__ import annotations

import posixpath
from typing import IO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.generic import View

from news.models import Article, Attachment
from portal.media import headers_of, is_attachment, parse_range


def readable_attachment(request: HttpRequest, path: str) -> Attachment | None:
    """The attachment stored at a path, if its article is readable or the visitor is staff.

    The session is read only if the article is not readable.
    """
    stored = Attachment.objects.filter(file=path).only("title", "extension")
    if file := stored.filter(article__in=Article.objects.readable()).first():
        return file
    file = stored.first()
    return file if file and request.user.is_staff else None


class _FilePart:
    """A part of an open file, with the methods that FileResponse needs."""

    def __init__(self, file: File | IO[bytes], start: int, length: int) -> None:
        self.file, self.remaining = file, length
        file.seek(start)
        self.close = file.close

    def read(self, size: int = -1) -> bytes:
        size = self.remaining if size < 0 else min(size, self.remaining)
        data: bytes = self.file.read(size)
        self.remaining -= len(data)
        return data


class MediaView(View):
    """Serve one file of the media storage. A name never changes its content.

    One byte range is supported: without it some phones play no sound.
    """

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, path: str) -> HttpResponseBase:
        # The storage would also open `anh/../tep/x.pdf`, which is_attachment does not recognise.
        if posixpath.normpath(path) != path:
            raise Http404
        attachment = None
        if is_attachment(request.path_info):
            attachment = readable_attachment(request, path)
            if attachment is None:
                raise Http404
        try:
            file = default_storage.open(path)
            size = default_storage.size(path)
        except (SuspiciousFileOperation, OSError, ValueError):
            raise Http404 from None
        headers = headers_of(path, attachment)
        whole = HttpResponse(headers=headers | {"Content-Length": str(size)})
        answer = get_conditional_response(request, etag=headers["ETag"], response=whole)
        if answer is not whole or request.method == "HEAD":
            file.close()
            return answer or whole
        start, end, status = 0, size - 1, 200
        try:
            bounds = parse_range(request.headers.get("Range", ""), size)
        except ValueError:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        if bounds is not None:
            start, end = bounds
            status = 206
            headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        headers["Content-Length"] = str(end - start + 1)
        part = _FilePart(file, start, end - start + 1)
        # FileResponse guesses a type unless it is given as an argument.
        content_type = headers.pop("Content-Type")
        return FileResponse(part, status=status, content_type=content_type, headers=headers)
