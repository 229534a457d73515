"""Bulk actions that merge categories or tags into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.models import Category, Tag
from news.staff_admin.ask_pages import ask_page
from news.staff_admin.choices import category_choices
from news.staff_admin.conflicts import forget_messages
from news.staff_admin.widgets import SearchSelect
from news.transactions import retry_on_conflict
from portal.models import Redirect, User
from portal.services.merging import lock_for_merging, merge_category, merge_tag

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class MergeMixin(admin.ModelAdmin):
    """A bulk action that asks into which object the selected ones are merged."""

    merge_title: str | _StrPromise
    merge_explanation: str | _StrPromise

    def into_field(self, selected: QuerySet) -> forms.Field:
        """The form field for the object that the others are merged into."""
        raise NotImplementedError

    def merge(self, row: Category | Tag, into: Category | Tag, by: User | None) -> int:
        """Merge one object into another; return the number of articles that moved."""
        raise NotImplementedError

    def lock(self, rows: list[Category | Tag]) -> None:
        """Lock what merging these objects changes, before the first of them is merged."""

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and self.has_delete_permission(request)

    def ask_and_merge(self, request: HttpRequest, selected: QuerySet) -> HttpResponse | None:
        data = request.POST if "into" in request.POST else None
        form = type("MergeForm", (forms.Form,), {"into": self.into_field(selected)})(data)
        if form.is_valid():
            try:
                self._merge_all(request, list(selected), form.cleaned_data["into"])
                return None
            except ValidationError as refusal:
                form.add_error("into", refusal.messages)
        return ask_page(
            self,
            request,
            "admin/portal/merge.html",
            form,
            title=self.merge_title,
            explanation=self.merge_explanation,
            rows=list(selected),
            back=request.path,
            action=request.POST["action"],
            checkbox_name=ACTION_CHECKBOX_NAME,
        )

    @retry_on_conflict
    @transaction.atomic
    def _merge_all(
        self, request: HttpRequest, selected: list[Category | Tag], into: Category | Tag
    ) -> None:
        by = request.user if isinstance(request.user, User) else None
        forget_messages(request)
        rows = [row for row in selected if row.pk != into.pk]
        self.lock(rows)
        for row in rows:
            self.log_deletions(request, self.model._default_manager.filter(pk=row.pk))
            moved = self.merge(row, into, by)
            message = _("“%(name)s” was merged into “%(into)s”; articles moved: %(count)d.") % {
                "name": row.name,
                "into": into.name,
                "count": moved,
            }
            self.log_change(request, into, message)
            messages.success(request, message)


class MergeCategoriesMixin(MergeMixin):
    actions = ["merge_categories"]
    merge_title = gettext_lazy("Merge categories")
    merge_explanation = gettext_lazy(
        "Articles, lower categories, menu entries and blocks move to the category you choose. The "
        "categories below are deleted, except the one you choose, and their addresses lead to it. "
        "What is set there about comments and ratings holds from then on."
    )

    def into_field(self, selected: QuerySet) -> forms.Field:
        # If only one is selected, it cannot be merged into itself.
        excluded = {row.pk for row in selected} if len(selected) == 1 else set()
        choices = [(pk, name) for pk, name in category_choices() if pk not in excluded]
        return forms.TypedChoiceField(
            label=_("Merge into"),
            choices=[("", "—"), *choices],
            coerce=lambda pk: Category.objects.get(pk=pk),
        )

    def lock(self, rows: list[Category]) -> None:  # type: ignore[override]
        lock_for_merging(rows)

    def merge(self, row: Category, into: Category, by: User | None) -> int:  # type: ignore[override]
        return merge_category(category=row, into=into, by=by)

    @admin.action(description=gettext_lazy("Merge the selected categories"), permissions=["merge"])
    def merge_categories(
        self, request: HttpRequest, queryset: QuerySet[Category]
    ) -> HttpResponse | None:
        return self.ask_and_merge(request, queryset)


class MergeTagsMixin(MergeMixin):
    actions = ["merge_tags"]
    merge_title = gettext_lazy("Merge tags")
    merge_explanation = gettext_lazy(
        "Their articles get the tag you choose. The tags below are deleted, except the one you "
        "choose, and their addresses lead to it."
    )

    def into_field(self, selected: QuerySet) -> forms.Field:
        return forms.ModelChoiceField(
            label=_("Merge into"),
            queryset=Tag.objects.exclude(pk__in=[row.pk for row in selected if len(selected) == 1]),
            widget=SearchSelect(Redirect._meta.get_field("tag"), self.admin_site),
        )

    def merge(self, row: Tag, into: Tag, by: User | None) -> int:  # type: ignore[override]
        return merge_tag(tag=row, into=into, by=by)

    @admin.action(description=gettext_lazy("Merge the selected tags"), permissions=["merge"])
    def merge_tags(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        return self.ask_and_merge(request, queryset)
