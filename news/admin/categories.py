"""Categories, tags, event series and authors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, Count, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from news.models import Author, Category, Series, Tag
from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.model_admin import StaffAdmin
from news.text import comparison_key


class CategoryForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = category_choices(max_depth=Category.MAX_DEPTH - 1)
        set_choices(self, "parent", [("", _("(at the top)")), *above])

    def clean(self) -> dict[str, Any]:
        """Refuse a second category of the same name under one parent, in any spelling."""
        data = super().clean() or self.cleaned_data
        if "name" not in data or "parent" not in data:
            return data
        siblings = Category.objects.filter(parent=data["parent"]).exclude(pk=self.instance.pk)
        key = comparison_key(data["name"])
        for name in siblings.values_list("name", flat=True):
            if comparison_key(name) == key:
                message = _("There is a category of this name here already: %(name)s")
                self.add_error("name", message % {"name": name})
                break
        return data


@admin.register(Category)
class CategoryAdmin(StaffAdmin):
    form = CategoryForm
    fields = ["name", "slug", "name_en", "parent", "position", "is_on_home", "description"]
    list_display = ["indented_name", "position", "is_on_home", "number_of_articles", "slug"]
    list_display_links = ["indented_name"]
    list_editable = ["position", "is_on_home"]
    search_fields = ["name"]
    # The whole tree on one page, always in its own order.
    list_per_page = 500
    sortable_by = ()

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        keys = [category.pk for category in Category.objects.tree()]
        if not keys:
            return ["pk"]
        return [Case(*(When(pk=pk, then=Value(index)) for index, pk in enumerate(keys)))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(article_count=Count("articles"))

    @admin.display(description=_("name"))
    def indented_name(self, category: Category) -> str:
        return format_html(
            '<span class="tree-name tree-depth-{}">{}</span>', category.depth, category.name
        )

    @admin.display(description=_("articles"))
    def number_of_articles(self, category: Any) -> int:
        return category.article_count


class NamedAdmin(StaffAdmin):
    """The base class for tags, series and authors.

    Each subclass sets `ordering`: the one of the model is dropped when rows are counted.
    """

    search_fields = ["name"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(article_count=Count("articles"))

    # Not `articles`: a field or a reverse relation of that name would be shown instead.
    @admin.display(description=_("articles"), ordering="article_count")
    def number_of_articles(self, row: Any) -> int:
        return row.article_count


@admin.register(Tag)
class TagAdmin(NamedAdmin):
    ordering = ["sort_key"]
    list_display = ["name", "number_of_articles", "slug"]
    fields = ["name", "slug"]


@admin.register(Series)
class SeriesAdmin(NamedAdmin):
    ordering = ["-pk"]
    list_display = ["name", "number_of_articles", "slug"]
    fields = ["name", "slug", "description"]


@admin.register(Author)
class AuthorAdmin(NamedAdmin):
    ordering = ["sort_key"]
    list_display = ["name", "role", "is_office", "number_of_articles"]
    fields = ["name", "slug", "role", "is_office"]
