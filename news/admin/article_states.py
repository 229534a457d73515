"""The state of an article as staff name it: its status, told apart by its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from news.models import Article

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Status = Article.Status

STATES = {
    "draft": gettext_lazy("Draft"),
    "returned": gettext_lazy("Returned"),
    "in_review": gettext_lazy("Waiting for approval"),
    "scheduled": gettext_lazy("Scheduled"),
    "published": gettext_lazy("Published"),
    "expired": gettext_lazy("Expired"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "unpublished": gettext_lazy("Unpublished"),
}


def state_of(article: Article) -> str:
    """Return the key in `STATES` of the state of an article."""
    if article.status == Status.DRAFT and article.status_reason:
        return "returned"
    if article.is_scheduled:
        return "scheduled"
    if article.status == Status.PUBLISHED and article.is_expired:
        return "expired"
    return article.status


def in_state(articles: QuerySet[Article], state: str) -> QuerySet[Article]:
    """Filter the articles by their `state_of`."""
    now = timezone.now()
    is_published = Q(status=Status.PUBLISHED)
    if state == "published":
        return articles.filter(pk__in=Article.objects.published(now).values("pk"))
    conditions = {
        "draft": Q(status=Status.DRAFT, status_reason=""),
        "returned": Q(status=Status.DRAFT) & ~Q(status_reason=""),
        "scheduled": is_published & Q(published_at__gt=now),
        "expired": is_published & Q(published_at__lte=now, expires_at__lte=now),
    }
    return articles.filter(conditions.get(state, Q(status=state)))


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, StrOrPromise]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        state = self.value()
        return in_state(queryset, state) if state in STATES else queryset
