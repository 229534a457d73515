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

_ARTICLE = "news:article-detail"
_FEED = re.compile(r"/(?P<kind>rss|atom)/(?P<tag>the/)?(?P<slug>[-\w]+)\.xml", re.ASCII)


class OldAddresses:
    """Answer a missing address by its redirect (301), as gone (410), or count it (404).

    One statement to look it up and one to count it, and only after a 404. There are two exceptions.
    At `/?p=12` the home page answers, so a query that may name a page of an earlier site is looked
    up first. And an article answers to its number whatever words stand before it: where the words
    are not its own, they may be those of an earlier site with numbers of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.common = CommonMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        named_by_query = _is_home(request) and bool(request.META.get("QUERY_STRING"))
        if named_by_query and (answer := self._answer(request)):
            return answer
        response = self.get_response(request)
        if _led_by_its_number(request, response):
            return self._answer(request) or response
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


def _is_home(request: HttpRequest) -> bool:
    language = translation.get_language_from_path(request.path_info)
    return request.path_info in {"/", f"/{language}/"}


def _led_by_its_number(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return response.status_code == 301 and bool(match and match.view_name == _ARTICLE)


def paths_of(request: HttpRequest) -> list[str]:
    """The old paths under which a request may be kept: with the language in front, and without."""
    asked = request.get_full_path()
    language = translation.get_language_from_path(request.path_info)
    whole = "" if language and _is_home(request) else old_path(asked)
    bare = ""
    if language and language != settings.LANGUAGE_CODE:
        bare = old_path(asked.removeprefix(f"/{language}"))
    return [path for path in (whole, bare) if path]


def _feed_answer(kind: str, row: dict[str, Any]) -> HttpResponse | None:
    for name in ("category", "tag"):
        if row[f"{name}_slug"]:
            return _permanently(reverse(f"data:{kind}-{name}", args=[row[f"{name}_slug"]]))
    return None


def answer_of(row: dict[str, Any]) -> HttpResponse | None:
    """The answer for a row of `leading_from`; None if nothing is left at its target."""
    if row["article_id"]:
        if row["is_readable"]:
            url = reverse(_ARTICLE, args=[row["article_slug"], row["article_id"]])
        elif row["is_unpublished"] and row["heir"]:
            url = reverse(_ARTICLE, args=[row["heir_slug"], row["heir"]])
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
