"""Figures for the pages of other apps."""

from __future__ import annotations

from typing import Any

from django import template

from news.models import Article
from stats import reading
from stats.figures import Figures
from stats.models import ArticleViews

register = template.Library()


@register.inclusion_tag("stats/visit_figures.html")
def visit_figures(figures: Figures) -> dict[str, Any]:
    """Visits in all, online, today, yesterday and this month."""
    return {"figures": figures}


@register.inclusion_tag("stats/visit_counter.html", takes_context=True)
def visit_counter(context: dict[str, Any]) -> dict[str, Any]:
    """Count this page view, as one of an article if this is the page on which it is read.

    Pages beside it, where it is rated or commented on, are page views and no views of it.
    """
    article = context.get("article")
    match = getattr(context.get("request"), "resolver_match", None)
    is_read = match is not None and match.view_name == "news:article-detail"
    return {"article_id": article.pk if is_read and isinstance(article, Article) else None}


@register.inclusion_tag("stats/article_views.html")
def article_views(article: Article) -> dict[str, Any]:
    """How often an article was read."""
    row = ArticleViews.objects.filter(article=article).first()
    return {"views": row.total if row else 0}


@register.inclusion_tag("stats/most_read.html")
def most_read(count: int = 5) -> dict[str, Any]:
    """The most read articles of 24 hours, 7 and 30 days."""
    return {"periods": reading.most_read(count)}
