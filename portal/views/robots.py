"""robots.txt, the index of all sitemaps, and the sitemap of categories and simple pages."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from news import sitemaps
from news.models import Category, Listing
from portal.models import Page

# There is no end of search results, and they are the most expensive pages: crawlers must not
# request them, not even to read their noindex. English addresses are allowed, so that crawlers
# read there that the Vietnamese page is the canonical one.
DISALLOWED = ("/admin/", "/tim-kiem", "/en/admin/", "/en/tim-kiem")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in DISALLOWED),
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}",
        f"Sitemap: {request.build_absolute_uri(reverse('data:sitemap-fresh'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """All sitemaps: that of `sitemap_pages` first, then the articles by month."""
    full = request.build_absolute_uri
    parts = [sitemaps.Address(full(part.path), part.changed) for part in sitemaps.month_parts()]
    pages = sitemaps.Address(full(reverse("sitemap-pages")))
    return sitemaps.sitemap_response(request, "news/sitemap_index.xml", [pages, *parts])


@require_safe
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The home page, categories with the date of their newest article, and simple pages.

    An English address is listed only if the page has been translated.
    """
    full = request.build_absolute_uri
    categories = _categories()
    newest = max((at for _category, at in categories if at), default=None)
    found = [
        sitemaps.Address(full(reverse("home")), newest),
        sitemaps.Address(full(reverse("news:newest")), newest),
        sitemaps.Address(full(reverse("news:archive"))),
        sitemaps.Address(full(reverse("site-map"))),
        *(sitemaps.Address(full(c.get_absolute_url()), at) for c, at in categories),
    ]
    for page in Page.objects.filter(is_public=True).defer("body"):
        found.append(sitemaps.Address(full(page.get_absolute_url()), page.updated_at))
        if page.body_en:
            with translation.override("en"):
                found.append(sitemaps.Address(full(page.get_absolute_url()), page.updated_at))
    return sitemaps.sitemap_response(request, "news/sitemap.xml", found)


def _categories() -> list[tuple[Category, datetime | None]]:
    """The categories, each with the time of its newest article."""
    listed = Listing.objects.shown_in(OuterRef("pk"))
    newest = listed.newest_first().values("published_at")[:1]
    found = Category.objects.annotate(newest=Subquery(newest))
    return [(category, category.newest) for category in found]
