"""What a browser sends for the form of an article, and where it sends it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from news.admin.article_forms import ROW_VERSION
from news.models import Article, Category
from tests.factories import make_category

LIST = "/admin/news/article/"


def sign_in(client: Any, *groups: str) -> Any:
    """The client, signed in as a new member of staff of these groups, who is its `user`."""
    users = get_user_model().objects
    user = users.create_user(f"nhan-vien-{users.count()}", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    client.force_login(user)
    client.user = user
    return client


def version_of(article: Article) -> str:
    return Article.objects.annotate(version=ROW_VERSION).get(pk=article.pk).version


def form_of(article: Article | None = None, **values: Any) -> dict[str, Any]:
    """What a browser sends for the form of an article, changed by `values`."""
    article = article or Article(title="Tin mới", body="<p>Nội dung.</p>", origin="own")
    at = timezone.localtime(article.published_at) if article.published_at else None
    return {
        "version": version_of(article) if article.pk else "",
        "title": article.title,
        "summary": article.summary,
        "body": article.body,
        "category": article.category_id or Category.objects.first().pk,
        "origin": article.origin,
        "slug": article.slug,
        "published_at_0": f"{at:%d/%m/%Y}" if at else "",
        "published_at_1": f"{at:%H:%M:%S}" if at else "",
        "attachments-TOTAL_FORMS": "0",
        "attachments-INITIAL_FORMS": "0",
        **values,
    }


def change_url(article: Article) -> str:
    return reverse("admin:news_article_change", args=[article.pk])


def add(client: Any, **values: Any) -> Any:
    if not Category.objects.exists():
        make_category()
    return client.post(f"{LIST}add/", form_of(**values))
