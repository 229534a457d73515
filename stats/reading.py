"""Queries of the public pages: most read articles, and totals by day, month and year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import IntegerField, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth, TruncYear
from django.db.models.functions.datetime import TruncBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from news.models import Article
from stats.models import DailyArticleViews, DailyTotal, HourlyArticleViews

# The periods of the lists, by their days; one day is counted by the hour.
PERIODS: dict[int, str | Promise] = {1: _("24 hours"), 7: _("7 days"), 30: _("30 days")}


@dataclass(frozen=True)
class MostReadArticle:
    """An article in a list of the most read."""

    id: int
    title: str
    url: str
    views: int


@dataclass(frozen=True)
class MostReadList:
    """The most read articles of a period, the most read first."""

    days: int
    label: str | Promise
    articles: list[MostReadArticle]


def most_read(count: int, at: datetime | None = None) -> list[MostReadList]:
    """The most read published articles of each period; one statement.

    Args:
        count: how many of each period.
        at: the end of the periods; default: now. “24 hours” are this hour and the 24 before it.

    Returns:
        The lists of the periods in which anything was read.
    """
    at = at or timezone.now()
    parts = [_most_read_rows(days, at)[:count] for days in PERIODS]
    found: dict[int, list[MostReadArticle]] = {days: [] for days in PERIODS}
    for days, pk, title, slug, views in parts[0].union(*parts[1:], all=True):
        url = reverse("news:article-detail", args=[slug, pk])
        found[days].append(MostReadArticle(pk, title, url, views))
    for articles in found.values():
        articles.sort(key=lambda article: (article.views, article.id), reverse=True)
    return [MostReadList(days, PERIODS[days], found[days]) for days in PERIODS if found[days]]


def _most_read_rows(days: int, at: datetime) -> QuerySet[Any, tuple[int, int, str, str, int]]:
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
class PeriodTotal:
    """The visits and page views of a month or a year."""

    first: date
    visits: int
    page_views: int


def last_daily_totals(count: int, at: datetime | None = None) -> list[DailyTotal]:
    """The last `count` days, the oldest first; a day without a row counts 0."""
    today = timezone.localdate(at)
    first = today - timedelta(days=count - 1)
    rows = {row.day: row for row in DailyTotal.objects.filter(day__gte=first, day__lte=today)}
    every = (first + timedelta(days=n) for n in range(count))
    return [rows.get(day) or DailyTotal(day=day) for day in every]


def monthly_totals(count: int, at: datetime | None = None) -> list[PeriodTotal]:
    """The last `count` months in which anything was counted, the newest first."""
    return _totals_by(TruncMonth("day"), at)[:count]


def yearly_totals(at: datetime | None = None) -> list[PeriodTotal]:
    """All years in which anything was counted, the newest first."""
    return _totals_by(TruncYear("day"), at)


def _totals_by(start: TruncBase, at: datetime | None) -> list[PeriodTotal]:
    rows = (
        DailyTotal.objects.filter(day__lte=timezone.localdate(at))
        .order_by()
        .annotate(first=start)
        .values("first")
        .annotate(visits=Sum("visits"), page_views=Sum("page_views"))
        .order_by("-first")
    )
    return [PeriodTotal(row["first"], row["visits"], row["page_views"]) for row in rows]
