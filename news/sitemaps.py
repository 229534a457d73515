"""Sitemaps of the articles: the whole archive by month, and the news of the last two days.

The format is that of https://www.sitemaps.org/protocol.html (0.9) with the picture and news
extensions of Google. The sitemap of a month reads at most `PART_SIZE` articles of that month, the
sitemap index one row of a database index for each month: neither cost grows with the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, Func, OuterRef, Subquery, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from news.models import Article, Listing, ListingMonth
from news.models.articles import ArticleQuerySet
from news.models.listings import months, next_month, start_of_month
from news.structured import last_change, rfc3339

PART_SIZE = 1000
"""The most articles in one sitemap; the protocol allows 50,000."""
FRESH = timedelta(hours=48)
MOST_FRESH = 1000
"""Google's limits for a news sitemap: two days and this many articles."""
CORRECTIONS = 300
"""How many of the latest corrections count for the date of their month in the sitemap index."""


@dataclass(frozen=True)
class Address:
    """One entry of a sitemap: an absolute address, and what is known of its page."""

    url: str
    changed: datetime | None = None
    picture: str = ""
    title: str = ""
    published_at: datetime | None = None

    @property
    def lastmod(self) -> str:
        return rfc3339(self.changed) or ""

    @property
    def publication_date(self) -> str:
        return rfc3339(self.published_at) or ""


@dataclass(frozen=True)
class MonthPart:
    """The sitemap of a month or of a part of it: its path, and its last change."""

    path: str
    changed: datetime | None


class _EndOfMonth(Func):
    """The first moment after a month, given by its first day, in the site's time zone."""

    output_field = DateTimeField()
    template = "((%(expressions)s))"
    arg_joiner = " + interval '1 month') AT TIME ZONE ("


def month_parts(at: datetime | None = None) -> Iterator[MonthPart]:
    """Yield the sitemaps of the archive at the moment `at` (now), newest first; four statements."""
    at = at or timezone.now()
    published = _newest_of_months(at)
    corrected = _corrections_of_months(at)
    for counted in months(None, at):
        dates = [when[counted.month] for when in (published, corrected) if counted.month in when]
        for part in range(-(-counted.count // PART_SIZE)):
            yield MonthPart(month_path(counted.month, part + 1), max(dates, default=None))


def month_path(month: date, part: int = 1) -> str:
    words: dict[str, object] = {"year": f"{month.year:04}", "month": f"{month.month:02}"}
    return reverse("data:sitemap-month", kwargs=words | ({"part": part} if part > 1 else {}))


def _newest_of_months(at: datetime) -> dict[date, datetime]:
    end = _EndOfMonth(OuterRef("month"), Value(settings.TIME_ZONE))
    newest = (
        Listing.objects.shown_in(None, at)
        .filter(published_at__lt=end)
        .newest_first()
        .values("published_at")[:1]
    )
    rows = ListingMonth.objects.filter(category=None, count__gt=0)
    return dict(rows.values_list("month", Subquery(newest)))


def _corrections_of_months(at: datetime) -> dict[date, datetime]:
    """Months in which an article was corrected lately, with the time of the last correction."""
    latest = Article.objects.published(at).filter(updated_at__isnull=False)
    found: dict[date, datetime] = {}
    for article in latest.order_by("-updated_at").only("published_at", "updated_at")[:CORRECTIONS]:
        if article.updated_at:
            month = timezone.localdate(article.published_at).replace(day=1)
            found.setdefault(month, article.updated_at)
    return found


def sitemap_response(request: HttpRequest, template: str, addresses: list[Address]) -> HttpResponse:
    """Answer with a sitemap or a sitemap index."""
    text = render_to_string(template, {"addresses": addresses}, request)
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


class SitemapView(View):
    http_method_names = ["get", "head"]
    template_name = "news/sitemap.xml"

    def articles(self) -> ArticleQuerySet:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        rows = self.articles().only(
            "slug", "title", "published_at", "updated_at", "lead_image__file"
        )
        full = request.build_absolute_uri
        site = full("/")[:-1]
        addresses = [
            Address(
                url=site + article.get_absolute_url(),
                changed=last_change(article),
                picture=full(article.lead_image.url) if article.lead_image else "",
                title=article.title,
                published_at=article.published_at,
            )
            for article in rows.select_related("lead_image")
        ]
        # The schema wants one address at least: two days without news lead to the list of news.
        return sitemap_response(
            request, self.template_name, addresses or [Address(full(reverse("news:newest")))]
        )


class MonthView(SitemapView):
    """The articles of one month, in parts of at most `PART_SIZE`; a part that is empty is a 404."""

    def articles(self) -> ArticleQuerySet:
        at = timezone.now()
        try:
            month = date(int(self.kwargs["year"]), int(self.kwargs["month"]), 1)
            start, end = start_of_month(month), start_of_month(next_month(month))
        except (ValueError, OverflowError):
            raise Http404 from None
        skip = (int(self.kwargs.get("part", 1)) - 1) * PART_SIZE
        chosen = list(
            Listing.objects.shown_in(None, at)
            .filter(published_at__gte=start, published_at__lt=end)
            .newest_first()
            .values_list("article", flat=True)[skip : skip + PART_SIZE]
        )
        if not chosen:
            raise Http404
        return Article.objects.published(at).filter(pk__in=chosen).newest_first()


class FreshNewsView(SitemapView):
    """What was published in the last 48 hours, as search engines for news ask for it."""

    template_name = "news/sitemap_fresh.xml"

    def articles(self) -> ArticleQuerySet:
        at = timezone.now()
        published = Article.objects.published(at).filter(published_at__gt=at - FRESH)
        return published.newest_first()[:MOST_FRESH]
