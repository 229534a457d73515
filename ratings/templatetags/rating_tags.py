"""Template tags for the pages of articles."""

from __future__ import annotations

from django import template

from news.models import Article
from ratings.models import SCORES
from ratings.reading import summary_if_rateable

register = template.Library()


@register.inclusion_tag("ratings/widget.html")
def rating_widget(article: Article) -> dict[str, object]:
    """The figures and the form under an article; nothing if it cannot be rated. One statement."""
    summary = summary_if_rateable(article)
    return {"article": article, "summary": summary, "scores": SCORES} if summary else {}
