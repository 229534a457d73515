"""What becomes of an address that is not there: it leads on, or it is counted."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseGone, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.urls import reverse
from django.utils import translation

from news.old_addresses import old_path
from portal.models.redirects import leading_from
from portal.redirects import missing, targets

logger = logging.getLogger(__name__)

_FEED = re.compile(r"/(?P<kind>rss|atom)/(?P<tag>the/)?(?P<slug>[-\w]+)\.xml", re.ASCII)


class OldAddresses:
    """Answer a missing address by its redirect (301), as gone (410), or count it (404).

    One statement to look it up and one to count it, and only after a 404. The exception is
    `/?p=12`: the home page answers there, so a query that may name a page of an earlier site is
    looked up first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.common = CommonMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        named_by_query = request.path_info == "/" and bool(request.META.get("QUERY_STRING"))
        if named_by_query and (answer := self._answer(request)):
            return answer
        response = self.get_response(request)
        if response.status_code != 404 or named_by_query or self._is_staff_page(request):
            return response
        if connection.connection is None and not settings.DEBUG:
            # Our page of the 404 asked the database in vain; asking again would only take time.
            return response
        answer = self._answer(request)
        if answer is not None:
            return answer
        # Without its slash the address is right; the answer will be the one that adds it.
        if not self.common.should_redirect_with_slash(request):
            missing.count(
                request.get_full_path(),
                referrer=request.META.get("HTTP_REFERER", ""),
                own_host=request.get_host(),
            )
        return response

    def _is_staff_page(self, request: HttpRequest) -> bool:
        return request.path_info.startswith(reverse("admin:index"))

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        paths, feed = paths_of(request), _FEED.fullmatch(request.path_info)
        # A feed moves with its list: a reader of news goes on without a redirect of its own.
        if not (paths or feed):
            return None
        of_list = f"/{'the' if feed['tag'] else 'chuyen-muc'}/{feed['slug']}" if feed else ""
        try:
            found = leading_from([*paths, of_list])
        except DatabaseError as error:
            logger.warning("an old address was not looked up: %s", type(error).__name__)
            return None
        # As it was asked for, before the same without its language.
        for path in filter(found.__contains__, paths):
            return answer_of(found[path])
        if feed and of_list in found:
            return _feed_answer(feed["kind"], found[of_list])
        return None


def paths_of(request: HttpRequest) -> list[str]:
    """The old paths under which a request may be kept: with the language in front, and without."""
    whole = old_path(request.get_full_path())
    paths = [whole] if whole else []
    language = translation.get_language_from_path(request.path_info)
    if language and language != settings.LANGUAGE_CODE and whole.startswith(f"/{language}/"):
        paths.append(whole.removeprefix(f"/{language}"))
    return paths


def _feed_answer(kind: str, row: dict[str, Any]) -> HttpResponse | None:
    for name in ("category", "tag"):
        if row[f"{name}_slug"]:
            return _permanently(reverse(f"data:{kind}-{name}", args=[row[f"{name}_slug"]]))
    return None


def answer_of(row: dict[str, Any]) -> HttpResponse | None:
    """The answer for a row of `leading_from`; None if nothing is left at its target."""
    if row["article_id"]:
        if row["is_readable"]:
            url = reverse("news:article-detail", args=[row["article_slug"], row["article_id"]])
        elif row["is_unpublished"] and row["heir"]:
            url = reverse("news:article-detail", args=[row["heir_slug"], row["heir"]])
        else:
            return HttpResponseGone() if row["is_unpublished"] else None
    elif row["page_slug"]:
        if not row["is_public"]:
            return None
        url = reverse("page", args=[row["page_slug"]])
    else:
        url = _url_of_list(row) or targets.here(row["to"])
    return _permanently(url)


def _permanently(url: str) -> HttpResponse:
    response = HttpResponsePermanentRedirect(url)
    # A wrong redirect that was put right must not live on in browsers.
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _url_of_list(row: dict[str, Any]) -> str:
    for name in ("category", "tag", "series", "author"):
        if row[f"{name}_slug"]:
            return reverse(f"news:{name}", args=[row[f"{name}_slug"]])
    return ""
