"""How an article stands, in a clerk's words: badges, filters, and the steps that take one back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from news import services
from news.admin.article_forms import ReasonForm, UnpublishForm
from news.models import Article

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
    """The key in `STATES` of what a clerk calls the state of an article."""
    if article.status == Status.DRAFT and article.status_reason:
        return "returned"
    if article.is_scheduled:
        return "scheduled"
    if article.status == Status.PUBLISHED and article.is_expired:
        return "expired"
    return article.status


def in_state(articles: QuerySet[Article], state: str) -> QuerySet[Article]:
    """Those of the articles whose `state_of` is `state`."""
    now = timezone.now()
    public = Q(status=Status.PUBLISHED)
    if state == "published":
        return articles.filter(pk__in=Article.objects.published(now).values("pk"))
    conditions = {
        "draft": Q(status=Status.DRAFT, status_reason=""),
        "returned": Q(status=Status.DRAFT) & ~Q(status_reason=""),
        "scheduled": public & Q(published_at__gt=now),
        "expired": public & Q(published_at__lte=now, expires_at__lte=now),
    }
    return articles.filter(conditions.get(state, Q(status=state)))


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        state = self.value()
        return in_state(queryset, state) if state in STATES else queryset


# --- What takes an article back -----------------------------------------------------------------


@dataclass(frozen=True)
class TakingBack:
    """A step that asks for a reason: its words, and the services that check and do it."""

    title: Any
    explanation: Any
    done: Any
    logged: Any
    check: Callable[[Article], None]
    act: Callable[..., Article]
    form: type[ReasonForm] = ReasonForm


TAKING_BACK = {
    "withdraw": TakingBack(
        gettext_lazy("Withdraw the article"),
        gettext_lazy(
            "The article leaves all lists. Its page stays, and tells the readers when and why."
        ),
        gettext_lazy("The article “%(title)s” was withdrawn."),
        gettext_lazy("Withdrawn. Reason: %(reason)s"),
        services.check_withdraw,
        services.withdraw_article,
    ),
    "unpublish": TakingBack(
        gettext_lazy("Unpublish the article"),
        gettext_lazy(
            "The page of the article disappears. Its address says that it is gone, or leads to "
            "the article that replaces it. The reason stays in the newsroom."
        ),
        gettext_lazy("The article “%(title)s” was unpublished."),
        gettext_lazy("Unpublished. Reason: %(reason)s"),
        services.check_unpublish,
        services.unpublish_article,
        UnpublishForm,
    ),
    "return": TakingBack(
        gettext_lazy("Return the article"),
        gettext_lazy("The article becomes a draft again. Its author sees the reason."),
        gettext_lazy("The article “%(title)s” was returned."),
        gettext_lazy("Returned. Reason: %(reason)s"),
        services.check_return,
        services.return_to_draft,
    ),
}
