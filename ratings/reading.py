"""What a page says about the rating of one article: one statement."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from news.models import Article
from ratings.models import RatingSummary, RatingSwitch


def _switches() -> QuerySet[RatingSwitch]:
    """What is said about the article of the outer query: of itself, its main category, the site."""
    chain = ["category", "category__parent", "category__parent__parent"]
    near = Q(article=OuterRef("pk"))
    for category in chain:
        near |= Q(category=OuterRef(category))
    site = Q(article=None, category=None)
    return RatingSwitch.objects.filter(near | site, is_on__isnull=False).order_by(
        F("article").asc(nulls_last=True), F("category__depth").desc(nulls_last=True)
    )


def with_standing(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Load the summary of each, and `is_rated`: whether the switches let readers rate it."""
    switched = Subquery(_switches().values("is_on")[:1], output_field=BooleanField())
    return articles.select_related("rating_summary").annotate(
        is_rated=Coalesce(switched, Value(True))
    )


def is_open(article: Any) -> bool:
    """Whether readers may rate an article of `with_standing`; a withdrawn one they may not."""
    return article.is_rated and article.status == Article.Status.PUBLISHED


def summary_of(article: Any) -> RatingSummary:
    """The summary of an article of `with_standing`; one of nothing where nobody has rated."""
    return getattr(article, "rating_summary", None) or RatingSummary(article_id=article.pk)


def open_summary(article: Article) -> RatingSummary | None:
    """The summary of an article that readers may rate now, else None; one statement."""
    asked = Article.objects.filter(pk=article.pk).only("status", "rating_summary")
    found = with_standing(asked).first()
    return summary_of(found) if found is not None and is_open(found) else None
