from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from news.models import Article, OldAddress
from news.old_addresses import old_path


class OldAddresses:
    """Lead an address of an earlier site, or an earlier slug, to the article it once showed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        found = (
            OldAddress.objects.filter(
                path=old_path(request.get_full_path()), article__in=Article.objects.readable()
            )
            .select_related("article")
            .first()
        )
        if found is None:
            return response
        return HttpResponsePermanentRedirect(found.article.get_absolute_url())
