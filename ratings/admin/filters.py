"""Filters of the list of rated articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.models import Article
from news.staff_admin.filters import CategoryFilter
from ratings.models import RANKED_FROM, RatingSummary

DAYS = [7, 30, 90, 365]


class MinimumFilter(admin.SimpleListFilter):
    """How many ratings an article must have to be listed; `RANKED_FROM` unless chosen."""

    title = gettext_lazy("number of ratings")
    parameter_name = "minimum"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        label = _("at least %(count)d")
        choices = [(str(n), label % {"count": n}) for n in (20, 100)]
        return [*choices, ("1", _("any number"))]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, object]]:  # type: ignore[override]
        choices = super().choices(changelist)
        yield {**next(choices), "display": _("at least %(count)d") % {"count": RANKED_FROM}}
        for choice in choices:
            yield {**choice}

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RatingSummary]
    ) -> QuerySet[RatingSummary]:
        chosen = {"1": 1, "20": 20, "100": 100}.get(self.value() or "", RANKED_FROM)
        return queryset.filter(count__gte=chosen)


class SummaryCategoryFilter(CategoryFilter):
    """Summaries of the articles of one category and of the categories below it."""

    def queryset(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet[RatingSummary]
    ) -> QuerySet[RatingSummary]:
        if self.value() is None:
            return queryset
        return queryset.filter(article__in=super().queryset(request, Article.objects.all()))


class PublishedFilter(admin.SimpleListFilter):
    """Summaries of the articles published in the last days."""

    title = gettext_lazy("published within")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(n), _("%(count)d days") % {"count": n}) for n in DAYS]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RatingSummary]
    ) -> QuerySet[RatingSummary]:
        days = self.value() or ""
        if days not in map(str, DAYS):
            return queryset
        since = timezone.now() - timedelta(days=int(days))
        return queryset.filter(article__published_at__gte=since)
