"""The beacon of a page that somebody looks at, and the pixel for browsers without script.

Both are answered from memory, before most of the middleware: see `portal.middleware.Beacon`.
"""

from __future__ import annotations

import json
import time

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from stats import recording
from stats.recorder import recorder

# An id has 18 digits at most.
MAX_BODY = 32
# The smallest GIF: one transparent pixel.
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


def visit(request: HttpRequest) -> HttpResponse:
    """Count a page view and answer with the current figures; `csrf_exempt`, same origin only.

    The body is the id of the article, or empty. Figures that this process has not read lately are
    left out of the answer: the page keeps the printed ones.
    """
    if request.method != "POST":
        return _without_cache(HttpResponseNotAllowed(["POST"]))
    try:
        is_large = int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY
    except ValueError:
        is_large = True
    if is_large:
        return _without_cache(HttpResponse(status=413))
    article = recording.parse_article_id(request.body.decode("latin-1"))
    if article is None:
        return _without_cache(HttpResponse(status=400))
    _count_page_view(request, article)
    return _without_cache(
        HttpResponse(json.dumps(_current_figures(article)), content_type="application/json")
    )


def pixel(request: HttpRequest) -> HttpResponse:
    """Count the page view of a browser without script, and answer with an invisible picture.

    The only address that counts on GET. Any site can embed the picture, so a request that the
    browser marks as cross-site is not counted.
    """
    if request.method not in {"GET", "HEAD"}:
        return _without_cache(HttpResponseNotAllowed(["GET", "HEAD"]))
    article = recording.parse_article_id(request.GET.get("bai", ""))
    is_ours = request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin"
    if request.method == "GET" and article is not None and is_ours:
        _count_page_view(request, article)
    return _without_cache(HttpResponse(PIXEL, content_type="image/gif"))


def _count_page_view(request: HttpRequest, article: int) -> None:
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


def _current_figures(article: int) -> dict[str, object]:
    answer: dict[str, object] = {}
    if (figures := recorder.figures()) is not None:
        # vars() and not asdict(), which copies deeply: this runs thousands of times a second.
        answer |= vars(figures)
        del answer["day"]
    if article and (article_figures := recorder.article(article)) is not None:
        answer |= vars(article_figures)
    return answer


def _without_cache(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # Without a length the server would send the body in chunks.
    response["Content-Length"] = str(len(response.content))
    return response
