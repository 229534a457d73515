"""Listings: which published article stands on which shelf, kept by the database itself.

Triggers (triggers.py) write these tables whenever an article, its categories or the tree
change, however the change was made. So a page deep in a list costs as much as the first one: the
counts per month lead to the month, and an index to the rows. ADR 0003 tells why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from news.models import triggers
from news.models.articles import Article, ArticleQuerySet, is_shown
from news.models.categories import Category


class ListingQuerySet(models.QuerySet["Listing"]):
    def hidden(self, at: datetime) -> ListingQuerySet:
        """Rows that are not `visible`, those of scheduled or expired articles.

        Not written as a negation: the few rows are found by the indexes.
        """
        return self.filter(Q(published_at__gt=at) | Q(expires_at__lte=at))

    def visible(self, at: datetime) -> ListingQuerySet:
        return self.filter(is_shown(at))

    def newest_first(self) -> ListingQuerySet:
        """In the order of the index `news_listing_newest`.

        NOTE: the category is named though it is the same in all rows. PostgreSQL takes `= 5` for a
        constant when it looks for an ordered index, but not `IS NULL`, and would sort the whole
        site for its newest 20 articles.
        """
        return self.order_by("category_id", "-published_at", "-article")


class Listing(models.Model):
    """A published article on the shelf of one category or of one above it; of the site if null."""

    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, related_name="listings", db_index=False
    )
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="listings")
    published_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "article"],
                nulls_distinct=False,
                name="news_listing_once_per_category",
            )
        ]
        indexes = [
            # Serves every list: the page is found in the index alone.
            models.Index(
                fields=["category", "-published_at", "-article"],
                include=["expires_at"],
                name="news_listing_newest",
            ),
            models.Index(
                fields=["category", "expires_at"],
                condition=Q(expires_at__isnull=False),
                name="news_listing_expiring",
            ),
        ]
        triggers = triggers.LISTING

    def __str__(self) -> str:
        return f"{self.category_id}: {self.article_id}"


class ListingMonth(models.Model):
    """How many rows of `Listing` a category has in one month of Vietnamese time."""

    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    month = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "month"],
                nulls_distinct=False,
                name="news_listingmonth_once_per_category",
            )
        ]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.month:%Y-%m}"


def start_of_month(month: date) -> datetime:
    """The first moment of a month in the site's time zone."""
    return timezone.make_aware(datetime(month.year, month.month, 1))


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True)
class MonthCount:
    """How many articles of a list fall into one month; `month` is its first day."""

    month: date
    count: int


@dataclass(frozen=True)
class ArticlePage:
    """One page of a list of articles.

    `number` and `pages` count from 1; `total` is the number of articles in the whole list.
    """

    articles: list[Article]
    number: int
    pages: int
    total: int

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def previous_number(self) -> int:
        return self.number - 1

    @property
    def next_number(self) -> int:
        return self.number + 1


def page_number(raw: str | None) -> int:
    """Read the number of a page from an address.

    Raises PageNotAnInteger or EmptyPage for anything but the plain digits of 1, 2, 3 …
    """
    if raw is None:
        return 1
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9) or raw.startswith("0"):
        raise PageNotAnInteger(raw[:20])
    return int(raw)


def months(category: Category | None, at: datetime | None = None) -> list[MonthCount]:
    """Count what a category (or the site, if None) shows by month, newest first; 2 statements."""
    at = at or timezone.now()
    hidden = dict(
        Listing.objects.filter(category=category)
        .hidden(at)
        .annotate(month=TruncMonth("published_at", output_field=models.DateField()))
        .values("month")
        .annotate(n=Count("pk"))
        .values_list("month", "n")
    )
    rows = (
        ListingMonth.objects.filter(category=category, count__gt=0)
        .order_by("-month")
        .values_list("month", "count")
    )
    counted = (MonthCount(month, count - hidden.get(month, 0)) for month, count in rows)
    return [month for month in counted if month.count > 0]


def list_page(
    category: Category | None,
    number: int,
    size: int,
    *,
    within: date | None = None,
    at: datetime | None = None,
) -> ArticlePage:
    """Return one page of a category (or of the site, if None), newest first.

    The cost does not grow with `number`: rows are skipped within one month only. Three statements.

    Args:
        number: which page, from 1.
        size: articles a page.
        within: only the month of this day.
        at: the moment to show; now if None.

    Raises:
        EmptyPage: there is no such page. The first page of an empty list exists.
    """
    at = at or timezone.now()
    counted = months(category, at)
    if within is not None:
        counted = [m for m in counted if m.month == within.replace(day=1)]
    total = sum(m.count for m in counted)
    pages = max(1, -(-total // size))
    if not 1 <= number <= pages:
        raise EmptyPage(f"page {number} of {pages}")
    skip = (number - 1) * size
    rows = Listing.objects.filter(category=category).visible(at)
    if within is not None:
        rows = rows.filter(published_at__gte=start_of_month(within))
    for m in counted:
        if skip < m.count:
            rows = rows.filter(published_at__lt=start_of_month(next_month(m.month)))
            break
        skip -= m.count
    chosen = rows.newest_first()[skip : skip + size].values("article")
    articles = Article.objects.for_lists().filter(pk__in=chosen).newest_first()
    return ArticlePage(list(articles) if total else [], number, pages, total)


def page_of(articles: ArticleQuerySet, number: int, size: int) -> ArticlePage:
    """Return one page of any articles, newest first; two statements.

    For lists that stay short (a tag, a series, an author): the rows before the page are skipped
    one by one. Raises EmptyPage if there is no such page.
    """
    total = articles.count()
    pages = max(1, -(-total // size))
    if not 1 <= number <= pages:
        raise EmptyPage(f"page {number} of {pages}")
    start = (number - 1) * size
    found = articles.for_lists().newest_first()[start : start + size]
    return ArticlePage(list(found), number, pages, total)
