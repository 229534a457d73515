"""Comments below an article."""

from __future__ import annotations

from django import template

from comments import reading
from comments.models import CommentPolicy
from news.models import Article

register = template.Library()


@register.inclusion_tag("comments/list.html")
def comment_list(article: Article) -> dict[str, reading.ThreadPage | None]:
    """The newest comments of an article and the way to send one; at most five statements.

    Nothing for an article that is withdrawn or not published.
    """
    try:
        policy = CommentPolicy.for_article(article.pk)
    except Article.DoesNotExist:
        return {"page": None}
    return {"page": reading.read_threads(policy)}
