"""What other pages show of ratings."""

from __future__ import annotations

from typing import Any

from django import template

from news.models import Article
from ratings.models import SCORES
from ratings.reading import open_summary

register = template.Library()


@register.inclusion_tag("ratings/widget.html")
def rating_widget(article: Article) -> dict[str, Any]:
    """The rating under an article: figures and form; nothing where it is off. One statement."""
    summary = open_summary(article)
    return {"article": article, "summary": summary, "scores": SCORES} if summary else {}
