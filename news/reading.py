"""The articles around an article and on the home page, read at a constant cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from news.models import Article, Category, FeaturedSlot, Listing

NEIGHBOURS = 5
RELATED = 4


@dataclass(frozen=True)
class ArticlesAround:
    """Lists below an article, each newest first."""

    newer: list[Article]
    older: list[Article]
    related: list[Article]
    in_series: list[Article]


def articles_around(
    article: Article, tag_ids: list[int], at: datetime | None = None
) -> ArticlesAround:
    """Find the neighbours of an article; two statements.

    Args:
        article: a readable article.
        tag_ids: the ids of its tags; articles that share one are related.
        at: the moment to show; now if None.
    """
    queries = _ids_around(article, tag_ids, at or timezone.now())
    found = list(queries[0].union(*queries[1:], all=True))
    cards = Article.objects.for_lists().in_bulk({pk for _, pk in found})
    lists = {
        kind: _newest_first(cards[pk] for which, pk in found if which == kind and pk in cards)
        for kind in ("newer", "older", "related", "in_series")
    }
    lists["related"] = [card for card in lists["related"] if card not in lists["in_series"]]
    return ArticlesAround(**lists)


def _ids_around(
    article: Article, tag_ids: list[int], at: datetime
) -> list[QuerySet[Any, tuple[str, int]]]:
    """The queries for the ids in each list of `ArticlesAround`, as rows of its name and an id."""
    listed = Listing.objects.shown_in(article.category_id, at)
    published = Article.objects.published(at)
    rows: list[QuerySet[Any, tuple[str, int]]] = [
        listed.filter(_beside(article, "gt"))
        .order_by("published_at", "article")
        .values_list(Value("newer"), "article")[:NEIGHBOURS],
        listed.filter(_beside(article, "lt"))
        .order_by("-published_at", "-article")
        .values_list(Value("older"), "article")[:NEIGHBOURS],
    ]
    if tag_ids:
        rows.append(
            Article.tags.through.objects.filter(tag__in=tag_ids, article__in=published)
            .exclude(article=article.pk)
            .order_by("-article")
            .values_list(Value("related"), "article")
            .distinct()[:RELATED]
        )
    if article.series_id:
        rows.append(
            published.filter(series=article.series_id)
            .exclude(pk=article.pk)
            .newest_first()
            .values_list(Value("in_series"), "pk")[:NEIGHBOURS]
        )
    return rows


def _beside(article: Article, way: str) -> Q:
    """Newer (`gt`) or older (`lt`); between articles of the same time the id decides.

    The first condition is implied by the second; it is the one that the index can serve.
    """
    at = article.published_at
    return Q(**{f"published_at__{way}e": at}) & (
        Q(**{f"published_at__{way}": at}) | Q(**{f"article__{way}": article.pk})
    )


def _newest_first(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda article: (article.published_at, article.pk), reverse=True)


def article_context(article: Article) -> dict[str, object]:
    """What the article's template needs, for the page and for its preview; four statements."""
    tags = list(article.tags.all())
    return {
        "article": article,
        "breadcrumb": [*article.category.ancestors, article.category],
        "tags": tags,
        "attachments": list(article.attachments.all()),
        "around": articles_around(article, [tag.pk for tag in tags]),
    }


@dataclass(frozen=True)
class FrontPage:
    """The top of the home page; no article is in both lists."""

    featured: list[Article]
    newest: list[Article]


def front_page(featured: int, newest: int, at: datetime | None = None) -> FrontPage:
    """The chosen articles of the home page, empty places filled with the newest; two statements.

    Args:
        featured: how many featured places there are.
        newest: how many articles follow them.
        at: the moment to show; now if None.
    """
    at = at or timezone.now()
    chosen = (
        FeaturedSlot.objects.filter(article__in=Article.objects.published(at))
        .exclude(until__lte=at)
        .order_by("position")
        .values_list("position", "article")[:featured]
    )
    # Enough for both lists even if all chosen articles are among them.
    fresh = (
        Listing.objects.shown_in(None, at)
        .newest_first()
        .values_list(Value(0), "article")[: featured + newest]
    )
    rows = list(chosen.union(fresh, all=True) if featured else fresh)
    cards = Article.objects.for_lists().in_bulk({pk for _, pk in rows})
    # An article may be deleted between the two statements.
    first = [cards[pk] for place, pk in sorted(rows) if place and pk in cards]
    rest = _newest_first(
        cards[pk] for place, pk in rows if not place and pk in cards and cards[pk] not in first
    )
    missing = featured - len(first)
    return FrontPage(first + rest[:missing], rest[missing : missing + newest])


def newest_by_category(
    categories: list[Category], count: int, at: datetime | None = None
) -> dict[int, list[Article]]:
    """The newest articles of several categories; two statements however many there are."""
    at = at or timezone.now()
    if not categories:
        return {}
    parts = [
        Listing.objects.shown_in(category, at)
        .order_by("-published_at", "-article")
        .values_list("category", "article")[:count]
        for category in categories
    ]
    rows = list(parts[0].union(*parts[1:], all=True))
    cards = Article.objects.for_lists().in_bulk({pk for _, pk in rows})
    found: dict[int, list[Article]] = {}
    for category_id, pk in rows:
        if pk in cards:  # not deleted between the two statements
            found.setdefault(category_id, []).append(cards[pk])
    return {key: _newest_first(articles) for key, articles in found.items()}
