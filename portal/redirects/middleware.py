"""The answer to a missing address: a redirect, "gone", or a 404 that is counted."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseGone, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.urls import reverse
from django.utils import translation

from news.old_addresses import old_path
from portal.models.redirects import TargetRow, find_target_rows
from portal.redirects.missing_addresses import count_missing_address
from portal.redirects.targets import in_current_language

logger = logging.getLogger(__name__)

_ARTICLE = "news:article-detail"
_FEED = re.compile(r"/(?P<kind>rss|atom)/(?P<tag>the/)?(?P<slug>[-\w]+)\.xml", re.ASCII)


class OldAddresses:
    """Answer a missing address by its redirect (301), as gone (410), or count it (404).

    It takes one statement to look an address up and one to count it, and only after a 404. Two
    kinds of addresses are looked up although there is a page:

    - `/?p=12`: a query of the home page may name a page of an earlier site.
    - `/tin-tuc/other-words-12`: an article answers to its number with any slug before it. With
      another slug than its own, this may be an article of an earlier site with that number.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.common = CommonMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        is_home_query = _is_home(request) and bool(request.META.get("QUERY_STRING"))
        if is_home_query and (answer := self._answer(request)):
            return answer
        response = self.get_response(request)
        if _corrects_the_slug(request, response):
            return self._answer(request) or response
        if response.status_code != 404 or is_home_query or self._is_admin(request):
            return response
        if connection.connection is None and not settings.DEBUG:
            # The 404 page could not reach the database; another attempt would fail as well.
            return response
        answer = self._answer(request)
        if answer is not None:
            return answer
        # CommonMiddleware will redirect to the same address with a slash: that one is not missing.
        if not self.common.should_redirect_with_slash(request):
            count_missing_address(
                request.get_full_path(),
                referrer=request.META.get("HTTP_REFERER", ""),
                own_host=request.get_host(),
            )
        return response

    def _is_admin(self, request: HttpRequest) -> bool:
        return request.path_info.startswith(reverse("admin:index"))

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        paths, feed = old_paths_of(request), _FEED.fullmatch(request.path_info)
        # A feed has no redirect of its own: it moves with its category or tag.
        if not (paths or feed):
            return None
        of_list = f"/{'the' if feed['tag'] else 'chuyen-muc'}/{feed['slug']}" if feed else ""
        try:
            rows = find_target_rows([*paths, of_list])
        except DatabaseError as error:
            logger.warning("redirect lookup failed: %s", type(error).__name__)
            return None
        for path in paths:
            if path in rows:
                return answer_of(rows[path])
        if feed and of_list in rows:
            return _feed_answer(feed["kind"], rows[of_list])
        return None


def _is_home(request: HttpRequest) -> bool:
    language = translation.get_language_from_path(request.path_info)
    return request.path_info in {"/", f"/{language}/"}


def _corrects_the_slug(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the view of an article redirects to its own slug."""
    match = request.resolver_match
    return response.status_code == 301 and bool(match and match.view_name == _ARTICLE)


def old_paths_of(request: HttpRequest) -> list[str]:
    """The paths under which a request may be stored: as requested, then without its language."""
    requested = request.get_full_path()
    language = translation.get_language_from_path(request.path_info)
    with_language = "" if language and _is_home(request) else old_path(requested)
    without_language = ""
    if language and language != settings.LANGUAGE_CODE:
        without_language = old_path(requested.removeprefix(f"/{language}"))
    return [path for path in (with_language, without_language) if path]


def _feed_answer(kind: str, row: TargetRow) -> HttpResponse | None:
    for name in ("category", "tag"):
        if row[f"{name}_slug"]:
            return _redirect(reverse(f"data:{kind}-{name}", args=[row[f"{name}_slug"]]))
    return None


def answer_of(row: TargetRow) -> HttpResponse | None:
    """The answer for a row of `find_target_rows`; None if readers would find nothing there."""
    if row["article_id"]:
        if row["is_readable"]:
            url = reverse(_ARTICLE, args=[row["article_slug"], row["article_id"]])
        elif row["is_unpublished"] and row["replacement_id"]:
            url = reverse(_ARTICLE, args=[row["replacement_slug"], row["replacement_id"]])
        else:
            return HttpResponseGone() if row["is_unpublished"] else None
    elif row["page_slug"]:
        if not row["is_public"]:
            return None
        url = reverse("page", args=[row["page_slug"]])
    else:
        url = _url_of_list(row) or in_current_language(str(row["to"]))
    return _redirect(url)


def _redirect(url: str) -> HttpResponse:
    response = HttpResponsePermanentRedirect(url)
    # Cached for an hour only, so that a corrected redirect reaches the browsers.
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _url_of_list(row: TargetRow) -> str:
    for name in ("category", "tag", "series", "author"):
        if row[f"{name}_slug"]:
            return reverse(f"news:{name}", args=[row[f"{name}_slug"]])
    return ""
