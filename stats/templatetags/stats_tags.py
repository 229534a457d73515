"""Template tags for the figures in the pages of other apps."""

from __future__ import annotations

from django import template
from django.template import Context

from news.models import Article
from stats import reading
from stats.figures import Figures
from stats.models import ArticleViews

register = template.Library()


@register.inclusion_tag("stats/visit_figures.html")
def visit_figures(figures: Figures) -> dict[str, object]:
    """Visits in all, people online, visits of today, yesterday and this month."""
    return {"figures": figures}


@register.inclusion_tag("stats/visit_counter.html", takes_context=True)
def visit_counter(context: Context) -> dict[str, object]:
    """The beacon of a page; on the page of an article it also counts a view of the article.

    The pages where an article is rated or commented on are not views of it.
    """
    article = context.get("article")
    match = getattr(context.get("request"), "resolver_match", None)
    is_article_page = match is not None and match.view_name == "news:article-detail"
    return {"article_id": article.pk if is_article_page and isinstance(article, Article) else None}


@register.inclusion_tag("stats/article_views.html")
def article_views(article: Article) -> dict[str, object]:
    """How often an article was read."""
    row = ArticleViews.objects.filter(article=article).first()
    return {"views": row.total if row else 0}


@register.inclusion_tag("stats/most_read.html")
def most_read(count: int = 5) -> dict[str, object]:
    """The most read articles of 24 hours, 7 and 30 days."""
    return {"periods": reading.most_read(count)}
