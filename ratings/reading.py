"""What a page shows of the rating of one article; one statement."""

from __future__ import annotations

from django.db.models import BooleanField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from news.models import Article
from ratings.models import RatingSummary, RatingSwitch


def _switches_of_outer_article() -> QuerySet[RatingSwitch]:
    """The switches that apply to the article of the outer query, the nearest first."""
    applies = Q(article=OuterRef("pk")) | Q(article=None, category=None)
    for category in ("category", "category__parent", "category__parent__parent"):
        applies |= Q(category=OuterRef(category))
    return RatingSwitch.objects.filter(applies, is_on__isnull=False).order_by(
        F("article").asc(nulls_last=True), F("category__depth").desc(nulls_last=True)
    )


def with_rating_state(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Load the summary of each article, and `is_rating_on`: what the switches say of it."""
    switch = Subquery(_switches_of_outer_article().values("is_on")[:1], output_field=BooleanField())
    return articles.select_related("rating_summary").annotate(
        is_rating_on=Coalesce(switch, Value(True))
    )


def can_be_rated(article: Article) -> bool:
    """Whether readers may rate an article loaded by `with_rating_state`: on, and published."""
    is_rating_on: bool = article.is_rating_on  # type: ignore[attr-defined]
    return is_rating_on and article.status == Article.Status.PUBLISHED


def rating_summary(article: Article) -> RatingSummary:
    """The summary of an article; an empty one if nobody has rated it."""
    return getattr(article, "rating_summary", None) or RatingSummary(article_id=article.pk)


def summary_if_rateable(article: Article) -> RatingSummary | None:
    """The summary of an article if readers may rate it now, else None; one statement."""
    light = Article.objects.filter(pk=article.pk).only("status", "rating_summary")
    found = with_rating_state(light).first()
    return rating_summary(found) if found is not None and can_be_rated(found) else None
