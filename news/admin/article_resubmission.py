"""Whether a form for a new article was sent before: by a double click, or after going back."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from news.markup import clean_html
from news.models import Article
from news.text import normalize_line

# The session keeps, for the last forms, the primary key of the article that each one made.
SESSION_KEY = "news_articles_made"
FORMS_KEPT = 50
SAME_TEXT_WITHIN = timedelta(hours=1)


def remember_form(request: HttpRequest, token: str, article: Article) -> None:
    """Keep in the session which article the form with this token made."""
    made = {**request.session.get(SESSION_KEY, {}), token: article.pk}
    request.session[SESSION_KEY] = dict(list(made.items())[-FORMS_KEPT:])


def article_made_before(request: HttpRequest) -> int | None:
    """Return the primary key of the article that the form in this request has made already.

    Locks until the end of the transaction, so that of two equal requests the second one sees the
    article of the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('news_new_article'), %s)", [request.user.pk]
        )
    own_articles = Article.objects.filter(created_by_id=request.user.pk)
    made = request.session.get(SESSION_KEY, {}).get(request.POST.get("token", ""))
    if made:
        articles = own_articles.filter(pk=made)
    else:
        # A browser that goes back may load the form anew, and then the token is another one.
        articles = own_articles.filter(
            title=normalize_line(request.POST.get("title", "")),
            body=clean_html(request.POST.get("body", "")),
            created_at__gte=timezone.now() - SAME_TEXT_WITHIN,
        )
    return articles.values_list("pk", flat=True).first()
