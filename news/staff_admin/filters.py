"""List filters."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from news.models import Article, Category
from news.models.articles import is_within_category
from news.staff_admin.choices import indented_name


class ChoicesFilter(admin.ChoicesFieldListFilter):
    """The choices of a field, each with a capital letter as a line of its own."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, object]]:  # type: ignore[override]
        for choice in super().choices(changelist):
            yield {**choice, "display": capfirst(str(choice["display"]))}


class CategoryFilter(admin.SimpleListFilter):
    """Articles of one category and of the categories below it."""

    title = gettext_lazy("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(c.pk), indented_name(c.name, c.depth)) for c in Category.objects.tree()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        pk = self.value() or ""
        if not pk.isdecimal():
            return queryset
        return queryset.filter(is_within_category(pk))
