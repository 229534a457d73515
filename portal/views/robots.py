"""What programs are told about the site as a whole: robots.txt and the list of sitemaps."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from news import sitemaps
from news.models import Category, Listing
from portal.models import Page

# The admin is nobody's reading; result pages have no end and are the dearest the site makes: rather
# than be read for their noindex, they are not to be asked for at all.
# English addresses stay open: a search engine must read there that the Vietnamese one counts.
CLOSED = ("/admin/", "/tim-kiem", "/en/admin/", "/en/tim-kiem")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}",
        f"Sitemap: {request.build_absolute_uri(reverse('data:sitemap-fresh'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The list of all sitemaps: the site's pages first, then the archive by month."""
    full = request.build_absolute_uri
    parts = [sitemaps.Address(full(part.path), part.changed) for part in sitemaps.month_parts()]
    pages = sitemaps.Address(full(reverse("sitemap-pages")))
    return sitemaps.render(request, "news/sitemap_index.xml", [pages, *parts])


@require_safe
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """Home, categories with the date of their newest article, and the simple pages.

    An English address stands here only where the page behind it has been translated.
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
    return sitemaps.render(request, "news/sitemap.xml", found)


def _categories() -> list[tuple[Category, datetime | None]]:
    """The categories, each with the time of the newest article on its shelf."""
    on_shelf = Listing.objects.filter(category=OuterRef("pk")).visible(timezone.now())
    newest = on_shelf.newest_first().values("published_at")[:1]
    found = Category.objects.annotate(newest=Subquery(newest))
    return [(category, category.newest) for category in found]
