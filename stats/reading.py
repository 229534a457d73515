"""What the public pages read of the totals: most read articles, days, months and years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import IntegerField, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth, TruncYear
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news.models import Article
from stats.models import DailyArticleViews, DailyTotal, HourlyArticleViews

# Days of a period; the first is counted by the hour.
PERIODS: dict[int, Any] = {1: _("24 hours"), 7: _("7 days"), 30: _("30 days")}


@dataclass(frozen=True)
class ReadArticle:
    """An article in a list of the most read."""

    id: int
    title: str
    url: str
    views: int


@dataclass(frozen=True)
class Period:
    """The most read articles of some days, the most read first."""

    days: int
    label: Any
    articles: list[ReadArticle]


def most_read(count: int, at: datetime | None = None) -> list[Period]:
    """The most read articles of each period that lists may show; one statement.

    Args:
        count: how many of each period.
        at: the moment to show; now if None. “24 hours” are the current hour and the 24 before it.

    Returns:
        The periods in which anything was read.
    """
    at = at or timezone.now()
    parts = [_ranked(days, at)[:count] for days in PERIODS]
    found: dict[int, list[ReadArticle]] = {days: [] for days in PERIODS}
    for days, pk, title, slug, views in parts[0].union(*parts[1:], all=True):
        url = reverse("news:article-detail", args=[slug, pk])
        found[days].append(ReadArticle(pk, title, url, views))
    for articles in found.values():
        articles.sort(key=lambda article: (article.views, article.id), reverse=True)
    return [Period(days, PERIODS[days], found[days]) for days in PERIODS if found[days]]


def _ranked(days: int, at: datetime) -> QuerySet[Any, Any]:
    """Rows of days, id, title, slug and views of one period."""
    rows: QuerySet[Any]
    if days == 1:
        hour = at.replace(minute=0, second=0, microsecond=0)
        rows = HourlyArticleViews.objects.filter(hour__gte=hour - timedelta(hours=24))
    else:
        rows = DailyArticleViews.objects.last_days(days, at).filter(views__gt=0)
    return (
        rows.filter(article__in=Article.objects.published(at))
        .order_by()
        .values("article", "article__title", "article__slug")
        .annotate(total=Sum("views"), days=Value(days, output_field=IntegerField()))
        .order_by("-total", "-article")
        .values_list("days", "article", "article__title", "article__slug", "total")
    )


@dataclass(frozen=True)
class Span:
    """A month or a year, or everything before what is counted by days."""

    first: date
    visits: int
    page_views: int


def days(count: int, at: datetime | None = None) -> list[DailyTotal]:
    """The last `count` days, the oldest first; a day without a row has nothing but noughts."""
    today = timezone.localdate(at)
    first = today - timedelta(days=count - 1)
    rows = {row.day: row for row in DailyTotal.objects.filter(day__gte=first, day__lte=today)}
    every = (first + timedelta(days=n) for n in range(count))
    return [rows.get(day) or DailyTotal(day=day) for day in every]


def months(count: int, at: datetime | None = None) -> list[Span]:
    """The last `count` months in which anything was counted, the newest first."""
    return _spans(TruncMonth("day"), at)[:count]


def years(at: datetime | None = None) -> list[Span]:
    """All years in which anything was counted, the newest first."""
    return _spans(TruncYear("day"), at)


def _spans(start: Any, at: datetime | None) -> list[Span]:
    rows = (
        DailyTotal.objects.filter(day__lte=timezone.localdate(at))
        .order_by()
        .annotate(first=start)
        .values("first")
        .annotate(visits=Sum("visits"), page_views=Sum("page_views"))
        .order_by("-first")
    )
    return [Span(row["first"], row["visits"], row["page_views"]) for row in rows]
