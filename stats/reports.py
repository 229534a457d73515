"""What the newsroom reads of the counts: by day, week, month and year, by article, most read.

Days are days of Việt Nam; a week begins on Monday. Every function takes a number of statements
that does not depend on the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, CommentTally
from news.models import Article, Category
from ratings.models import Rating, RatingSummary
from stats.charts import MOST_COLUMNS
from stats.models import ArticleViews, DailyArticleViews, DailyTotal

# No site of ours is older; and a period before this one still has a date.
EARLIEST = date(2000, 1, 1)
# Rows that an export reads at once.
CHUNK = 1000


class Unit(models.TextChoices):
    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


def _end(day: date, unit: str) -> date:
    """The last day of the week, month or year of a day."""
    if unit == Unit.WEEK:
        return day + timedelta(days=6 - day.weekday())
    if unit == Unit.MONTH:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day.replace(month=12, day=31) if unit == Unit.YEAR else day


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days, just before these."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def parts(self, unit: str) -> Iterator[Part]:
        """The days, weeks, months or years in it, the earliest first, none beyond its ends."""
        first = self.first
        while first <= self.last:
            whole = _end(first, unit)
            yield Part(first, min(whole, self.last), unit)
            first = whole + timedelta(days=1)


@dataclass(frozen=True)
class Part(Period):
    """A day, a week, a month or a year, or what of it lies in a longer period."""

    unit: str

    def __str__(self) -> str:
        if self.unit == Unit.DAY:
            return f"{self.first:%d/%m/%Y}"
        names = {"month": f"{self.first:%m/%Y}", "year": f"{self.first:%Y}"}
        name = names.get(self.unit, "")
        begins = self.first.day == 1 and (self.unit == Unit.MONTH or self.first.month == 1)
        if name and begins and self.last == _end(self.first, self.unit):
            return name
        days = _span(self.first, self.last, with_year=not name)
        return f"{name} ({days})" if name else days


def _span(first: date, last: date, *, with_year: bool) -> str:
    end = "%d/%m/%Y" if with_year else "%d/%m"
    if first == last:
        return f"{last:{end}}"
    return f"{first:{end if first.year != last.year else '%d/%m'}}–{last:{end}}"


def last_days(days: int, today: date) -> Period:
    """So many days, today included."""
    return Period(today - timedelta(days=days - 1), today)


def quick_choices(today: date) -> list[tuple[Any, Period]]:
    """Periods that are asked for most, with their names."""
    return [
        (_("Today"), Period(today, today)),
        (_("7 days"), last_days(7, today)),
        (_("30 days"), last_days(30, today)),
        (_("This month"), Period(today.replace(day=1), today)),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
    ]


def drawn_unit(period: Period, unit: str) -> str:
    """The unit in which a chart shows a period: a longer one where columns would be too many."""
    days = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.YEAR: 365}
    for longer in Unit:
        if days[longer] >= days[Unit(unit)] and period.days / days[longer] <= MOST_COLUMNS:
            return longer
    return Unit.YEAR


def change(now: int, before: int) -> float | None:
    """By how many per cent a figure has changed; None where there was nothing to compare with."""
    return (now - before) * 100 / before if before else None


# --- Visits of the site -------------------------------------------------------------------------

COUNTS = ("visits", "page_views", "bot_visits", "bot_page_views")


@dataclass(frozen=True)
class Row:
    """The figures of a part of the period, in the order the report names them."""

    part: Part
    figures: tuple[int, ...]


def _summed(days: dict[date, tuple[int, ...]], parts: Iterable[Part], width: int) -> list[Row]:
    rows = []
    for part in parts:
        figures = [0] * width
        day = part.first
        while day <= part.last:
            for place, figure in enumerate(days.get(day, ())):
                figures[place] += figure
            day += timedelta(days=1)
        rows.append(Row(part, tuple(figures)))
    return rows


@dataclass(frozen=True)
class VisitReport:
    """Visits and page views of the site: `figures` in the order of `COUNTS`."""

    period: Period
    rows: list[Row]
    drawn: list[Row]
    totals: tuple[int, ...]
    before: tuple[int, ...] | None
    counted_since: date | None


def visit_report(period: Period, unit: str) -> VisitReport:
    """Read the visits of a period; two statements.

    Returns:
        The rows in `unit` and as a chart shows them, both from the earliest on; the totals, and
        those of the period before, or None if that one was not counted from its first day on.
    """
    read = DailyTotal.objects.filter(day__gte=period.before.first, day__lte=period.last)
    days = {row[0]: row[1:] for row in read.order_by().values_list("day", *COUNTS)}
    since = DailyTotal.objects.order_by().aggregate(day=Min("day"))["day"]
    before = None
    if since is not None and since <= period.before.first:
        before = _sums(days, period.before)
    return VisitReport(
        period=period,
        rows=_summed(days, period.parts(unit), len(COUNTS)),
        drawn=_summed(days, period.parts(drawn_unit(period, unit)), len(COUNTS)),
        totals=_sums(days, period),
        before=before,
        counted_since=since,
    )


def _sums(days: dict[date, tuple[int, ...]], period: Period) -> tuple[int, ...]:
    within = [figures for day, figures in days.items() if period.first <= day <= period.last]
    return tuple(sum(column) for column in zip(*within, strict=True)) or (0,) * len(COUNTS)


# --- Articles -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RankedArticle:
    """An article in the ranking: its place and views in the period, its standing today."""

    place: int
    article: Article
    views: int
    rating: RatingSummary
    comments: int


def in_category(category: Category) -> QuerySet[Article]:
    """The articles of a category and of all below it."""
    return Article.objects.filter(
        Q(category=category) | Q(category__parent=category) | Q(category__parent__parent=category)
    )


class Ranking:
    """The articles read in a period, the most read first."""

    def __init__(self, period: Period, category: Category | None = None) -> None:
        """Read the ids and the views; one statement, with a category two."""
        rows: Any = DailyArticleViews.objects.between(period.first, period.last).by_article()
        ranked = list(rows.values_list("article", "total"))
        if category is not None:
            # Not joined to the sums: the index by day alone answers for all articles at once, many
            # times faster than for some of them through the table.
            within = set(in_category(category).values_list("pk", flat=True))
            ranked = [row for row in ranked if row[0] in within]
        self.ranked = ranked

    def __len__(self) -> int:
        return len(self.ranked)

    def __getitem__(self, places: slice) -> list[RankedArticle]:
        """The articles of a page; one statement."""
        return list(_described(self.ranked[places], (places.start or 0) + 1))

    def __iter__(self) -> Iterator[RankedArticle]:
        """All of them, read by the thousand."""
        for start in range(0, len(self.ranked), CHUNK):
            yield from self[start : start + CHUNK]

    @property
    def views(self) -> int:
        return sum(views for _pk, views in self.ranked)


def _described(ranked: list[tuple[int, int]], first_place: int) -> Iterator[RankedArticle]:
    articles = (
        Article.objects.select_related("category", "rating_summary")
        .defer("body", "summary", "change_note")
        .annotate(comment_count=Coalesce("comment_tally__approved", 0))
    )
    found = articles.in_bulk([pk for pk, _views in ranked])
    for place, (pk, views) in enumerate(ranked, first_place):
        # An article may be deleted between the statements.
        if pk in found:
            yield RankedArticle(
                place, found[pk], views, _rating_of(found[pk]), found[pk].comment_count
            )


def _rating_of(article: Article) -> RatingSummary:
    return getattr(article, "rating_summary", None) or RatingSummary(article_id=article.pk)


@dataclass(frozen=True)
class ArticleReport:
    """Views, views of bots, ratings, sum of the scores and comments of one article, by time."""

    period: Period
    rows: list[Row]
    drawn: list[Row]
    totals: tuple[int, ...]
    ever: ArticleViews
    rating: RatingSummary
    comments: int


def article_report(article: Article, period: Period, unit: str) -> ArticleReport:
    """Read what readers did with an article; six statements.

    A rating stands on the day it was given, a comment on the day it was published.
    """
    zone = timezone.get_default_timezone()
    days: dict[date, list[int]] = {}

    def add(rows: Iterable[tuple[Any, ...]], *places: int) -> None:
        for day, *figures in rows:
            for place, figure in zip(places, figures, strict=True):
                days.setdefault(day, [0, 0, 0, 0, 0])[place] += figure

    views = DailyArticleViews.objects.filter(article=article).between(period.first, period.last)
    add(views.values_list("day", "views", "bot_views"), 0, 1)
    ratings = (
        Rating.objects.filter(article=article)
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .order_by()
        .values("day")
        .annotate(count=Count("pk"), total=Sum("score"))
        .filter(day__gte=period.first, day__lte=period.last)
    )
    add(ratings.values_list("day", "count", "total"), 2, 3)
    comments = (
        Comment.objects.approved()
        .filter(article=article)
        .annotate(day=TruncDate("published_at", tzinfo=zone))
        .order_by()
        .values("day")
        .annotate(count=Count("pk"))
        .filter(day__gte=period.first, day__lte=period.last)
    )
    add(comments.values_list("day", "count"), 4)
    figures = {day: tuple(row) for day, row in days.items()}
    tally = CommentTally.objects.filter(article=article).first()
    return ArticleReport(
        period=period,
        rows=_summed(figures, period.parts(unit), 5),
        drawn=_summed(figures, period.parts(drawn_unit(period, unit)), 5),
        totals=tuple(map(sum, zip(*figures.values(), strict=True))) or (0,) * 5,
        ever=ArticleViews.objects.filter(article=article).first() or ArticleViews(article=article),
        rating=RatingSummary.objects.filter(article=article).first()
        or RatingSummary(article_id=article.pk),
        comments=tally.approved if tally else 0,
    )


def with_views_of_a_week(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Annotate `views_of_a_week`: how often each was read in the last 7 days, today included."""
    views = (
        DailyArticleViews.objects.last_days(7)
        .filter(article=OuterRef("pk"))
        .order_by()
        .values("article")
        .annotate(total=Sum("views"))
        .values("total")
    )
    return articles.annotate(
        views_of_a_week=Coalesce(Subquery(views, output_field=BigIntegerField()), 0)
    )
