"""Listings: which published article is listed in which category, kept by triggers.

Triggers (triggers.py) write these tables whenever an article, its categories or the tree
change, however the change was made. So a page deep in a list costs as much as the first one: the
counts per month lead to the month, and an index to the rows. See ADR 0003.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, models
from django.db.models import Count, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.functional import cached_property

from news.models import triggers
from news.models.articles import Article, is_shown
from news.models.categories import Category


class ListingQuerySet(models.QuerySet["Listing"]):
    def hidden(self, at: datetime) -> ListingQuerySet:
        """Rows that are not `visible`, those of scheduled or expired articles.

        Not written as a negation: the few rows are found by the indexes.
        """
        return self.filter(Q(published_at__gt=at) | Q(expires_at__lte=at))

    def visible(self, at: datetime) -> ListingQuerySet:
        return self.filter(is_shown(at))

    def shown_in(
        self, category: Category | OuterRef | int | None, at: datetime | None = None
    ) -> ListingQuerySet:
        """The rows of a category (of the site, if None) that its list shows at `at` (now)."""
        return self.filter(category=category).visible(at or timezone.now())

    def newest_first(self) -> ListingQuerySet:
        """In the order of the index `news_listing_newest`.

        NOTE: the category is named though it is the same in all rows. PostgreSQL takes `= 5` for a
        constant when it looks for an ordered index, but not `IS NULL`, and would sort the whole
        site for its newest 20 articles.
        """
        return self.order_by("category_id", "-published_at", "-article")


class Listing(models.Model):
    """A published article in its category or in one above it; in the list of the site if null."""

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


def lock_listings() -> None:
    """Take the lock of the listings and the search until the end of the transaction.

    Its place among the other locks: docs/database.md. Triggers take the same.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('news_listing'))")


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


class ListedArticles:
    """The articles of a category (or of the site, if None), newest first, as a sequence.

    For a paginator: its length and any slice cost the same on page 1 and on page 5,000, three
    statements together, since rows are skipped within one month only.

    Args:
        category: with the categories below it.
        month: a day of the only month to show; all months if None.
        at: the moment to show; now if None.
    """

    def __init__(
        self, category: Category | None, *, month: date | None = None, at: datetime | None = None
    ) -> None:
        self.category = category
        self.month = month.replace(day=1) if month else None
        self.at = at or timezone.now()

    @cached_property
    def months(self) -> list[MonthCount]:
        counted = months(self.category, self.at)
        return [m for m in counted if self.month in (None, m.month)]

    def __len__(self) -> int:
        return sum(month.count for month in self.months)

    def __getitem__(self, part: slice) -> list[Article]:
        skip, size = part.start, part.stop - part.start
        if size <= 0:
            return []
        rows = Listing.objects.shown_in(self.category, self.at)
        if self.month:
            rows = rows.filter(published_at__gte=start_of_month(self.month))
        for month in self.months:
            if skip < month.count:
                rows = rows.filter(published_at__lt=start_of_month(next_month(month.month)))
                break
            skip -= month.count
        chosen = rows.newest_first()[skip : skip + size].values("article")
        return list(Article.objects.for_lists().filter(pk__in=chosen).newest_first())
