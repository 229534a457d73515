"""What a page sends once somebody looks at it, and the picture that stands in without a script.

Both are answered from memory, before nearly all of the middleware: see `portal.middleware.Beacon`.
"""

from __future__ import annotations

import json
import time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from stats import recording
from stats.recorder import recorder

# An id has 18 digits at most.
MAX_BODY = 32
# The smallest picture there is: one transparent point, GIF89a.
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


def visit(request: HttpRequest) -> HttpResponse:
    """Count a page view and answer with the figures that move; `csrf_exempt`, same origin only.

    The body is the id of the article, or nothing. What this process does not know freshly is left
    out of the answer: the page keeps what is printed in it.
    """
    if request.method != "POST":
        return _private(HttpResponseNotAllowed(["POST"]))
    try:
        is_large = int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY
    except ValueError:
        is_large = True
    if is_large:
        return _private(HttpResponse(status=413))
    article = recording.parse_article_id(request.body.decode("latin-1"))
    if article is None:
        return _private(HttpResponse(status=400))
    _count(request, article)
    return _private(HttpResponse(json.dumps(_known(article)), content_type="application/json"))


def pixel(request: HttpRequest) -> HttpResponse:
    """Count the page view of somebody without scripts, and answer with an invisible picture.

    The one address that counts on GET. A picture can be put into any page, so a browser that says
    it stands in a foreign one is not counted.
    """
    if request.method not in {"GET", "HEAD"}:
        return _private(HttpResponseNotAllowed(["GET", "HEAD"]))
    article = recording.parse_article_id(request.GET.get("bai", ""))
    is_ours = request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin"
    if request.method == "GET" and article is not None and is_ours:
        _count(request, article)
    return _private(HttpResponse(PIXEL, content_type="image/gif"))


def _count(request: HttpRequest, article: int) -> None:
    meta = request.META
    kind = recording.kind_of(meta)
    if kind is None:
        return
    at = time.time()
    recorder.add(
        kind,
        recording.visitor_key(meta, at),
        at,
        article,
        recording.visitor_key(meta, at, article) if article else b"",
    )


def _known(article: int) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if (figures := recorder.figures()) is not None:
        # Not asdict(): it copies deeply, and this runs thousands of times in a second.
        answer |= vars(figures)
        del answer["day"]
    if article and (known := recorder.article(article)) is not None:
        answer |= vars(known)
    return answer


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # Else the server would send it in three pieces, as a body of unknown length.
    response["Content-Length"] = str(len(response.content))
    return response
