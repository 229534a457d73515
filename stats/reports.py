"""Reports for the newsroom: visits of the site, the most read articles, and one article by time.

Every function takes a number of statements that does not depend on the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BigIntegerField, Count, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from comments.models import Comment, CommentTally
from news.models import Article, Category
from news.models.articles import is_within_category
from ratings.models import Rating, RatingSummary
from ratings.reading import rating_summary
from stats.models import ArticleViews, DailyArticleViews, DailyTotal
from stats.periods import Part, Period, chart_unit

# How many articles an export reads at once.
CHUNK = 1000

# --- Visits of the site -------------------------------------------------------------------------

COUNTS = ("visits", "page_views", "bot_visits", "bot_page_views")


@dataclass(frozen=True)
class Row:
    """The figures of a part of the period, in the order of the report."""

    part: Part
    figures: tuple[int, ...]


def _sum_by_part(days: dict[date, tuple[int, ...]], parts: Iterable[Part], width: int) -> list[Row]:
    """The sums of `width` figures for each part, from the figures of single days."""
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
    chart_rows: list[Row]
    totals: tuple[int, ...]
    before: tuple[int, ...] | None
    counted_since: date | None


def visit_report(period: Period, unit: str) -> VisitReport:
    """Read the visits of a period; two statements.

    Returns:
        The rows in `unit` and in the unit of the chart, both the earliest first; the totals, and
        those of the period before, or None if counting began after its first day.
    """
    totals = DailyTotal.objects.filter(day__gte=period.before.first, day__lte=period.last)
    days = {row[0]: row[1:] for row in totals.order_by().values_list("day", *COUNTS)}
    since = DailyTotal.objects.order_by().aggregate(day=Min("day"))["day"]
    before = None
    if since is not None and since <= period.before.first:
        before = _totals(days, period.before)
    return VisitReport(
        period=period,
        rows=_sum_by_part(days, period.parts(unit), len(COUNTS)),
        chart_rows=_sum_by_part(days, period.parts(chart_unit(period, unit)), len(COUNTS)),
        totals=_totals(days, period),
        before=before,
        counted_since=since,
    )


def _totals(days: dict[date, tuple[int, ...]], period: Period) -> tuple[int, ...]:
    within = [figures for day, figures in days.items() if period.first <= day <= period.last]
    return tuple(sum(column) for column in zip(*within, strict=True)) or (0,) * len(COUNTS)


# --- Articles -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RankedArticle:
    """An article in the ranking: its views in the period, its ratings and comments of today."""

    place: int
    article: Article
    views: int
    rating: RatingSummary
    comments: int


class Ranking:
    """The articles read in a period, the most read first."""

    def __init__(self, period: Period, category: Category | None = None) -> None:
        """Read the ids and the views; one statement, with a category two."""
        rows = DailyArticleViews.objects.between(period.first, period.last).by_article()
        ranked = [(row["article"], row["total"]) for row in rows]
        if category is not None:
            # Not joined: summing all articles from the index by day alone is many times faster than
            # summing some of them from the table.
            articles = Article.objects.filter(is_within_category(category.pk))
            within = set(articles.values_list("pk", flat=True))
            ranked = [row for row in ranked if row[0] in within]
        self.ranked = ranked

    def __len__(self) -> int:
        return len(self.ranked)

    def __getitem__(self, places: slice) -> list[RankedArticle]:
        """The articles of a page; one statement."""
        return list(_load_articles(self.ranked[places], (places.start or 0) + 1))

    def __iter__(self) -> Iterator[RankedArticle]:
        """All articles, read in chunks."""
        for start in range(0, len(self.ranked), CHUNK):
            yield from self[start : start + CHUNK]

    @property
    def views(self) -> int:
        return sum(views for _pk, views in self.ranked)


def _load_articles(ranked: list[tuple[int, int]], first_place: int) -> Iterator[RankedArticle]:
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
                place, found[pk], views, rating_summary(found[pk]), found[pk].comment_count
            )


@dataclass(frozen=True)
class ArticleReport:
    """Views, views by bots, ratings, sum of the scores and comments of one article by time.

    `all_views`, `rating` and `comments` are those of today.
    """

    period: Period
    rows: list[Row]
    chart_rows: list[Row]
    totals: tuple[int, ...]
    all_views: ArticleViews
    rating: RatingSummary
    comments: int


def article_report(article: Article, period: Period, unit: str) -> ArticleReport:
    """Read the views, ratings and comments of an article; six statements.

    A rating counts on the day it was given, a comment on the day it was published.
    """
    zone = timezone.get_default_timezone()
    days: dict[date, list[int]] = {}

    def add(rows: Iterable[tuple[date, *tuple[int, ...]]], *places: int) -> None:
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
        rows=_sum_by_part(figures, period.parts(unit), 5),
        chart_rows=_sum_by_part(figures, period.parts(chart_unit(period, unit)), 5),
        totals=tuple(map(sum, zip(*figures.values(), strict=True))) or (0,) * 5,
        all_views=ArticleViews.objects.filter(article=article).first()
        or ArticleViews(article=article),
        rating=RatingSummary.objects.filter(article=article).first()
        or RatingSummary(article_id=article.pk),
        comments=tally.approved if tally else 0,
    )


def with_views_of_a_week(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Annotate `views_of_a_week`: the views of the last 7 days, today included."""
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
