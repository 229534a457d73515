"""Comments below an article."""

from __future__ import annotations

from typing import Any

from django import template

from comments import reading
from comments.gate import read_gate
from news.models import Article

register = template.Library()


@register.inclusion_tag("comments/list.html")
def comment_list(article: Article) -> dict[str, Any]:
    """The newest comments of an article and the way to send one; at most three statements.

    Nothing for an article that is withdrawn or not published.
    """
    gate = read_gate(article.pk)
    return {"page": reading.read_threads(gate) if gate else None}
