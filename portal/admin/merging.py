"""What pages of the admin gain here: a changed address leads on, and two things become one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.admin.categories import AuthorAdmin, CategoryAdmin, SeriesAdmin, TagAdmin
from news.models import Author, Category, Series, Tag
from news.staff_admin.ask_pages import ask_page
from news.staff_admin.choices import category_choices
from news.staff_admin.widgets import SearchSelect
from portal.admin.pages import PageAdmin
from portal.models import Page, Redirect
from portal.redirects import merging
from portal.redirects.services import leave_redirect


class LeavesRedirect(admin.ModelAdmin):
    """Whoever changes a slug leaves a redirect under the old address."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        earlier = self.model._default_manager.get(pk=obj.pk) if change else obj
        super().save_model(request, obj, form, change)
        if earlier.slug == obj.slug:
            return
        with translation.override(settings.LANGUAGE_CODE):
            earlier_url, url = earlier.get_absolute_url(), obj.get_absolute_url()
        leave_redirect(earlier_url=earlier_url, thing=obj, by=request.user)
        words = _("The old address %(old)s leads to %(new)s now.")
        messages.info(request, words % {"old": earlier_url, "new": url})


class Merges(LeavesRedirect):
    """A bulk action that asks into what the chosen rows are merged."""

    merge_title: Any
    merge_explanation: Any

    def into_field(self, chosen: QuerySet[Any]) -> forms.Field:
        raise NotImplementedError

    def merge(self, row: Any, into: Any, by: Any) -> int:
        raise NotImplementedError

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and self.has_delete_permission(request)

    def ask_and_merge(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        data = request.POST if "into" in request.POST else None
        form = type("MergeForm", (forms.Form,), {"into": self.into_field(chosen)})(data)
        if form.is_valid():
            try:
                with transaction.atomic():
                    into = form.cleaned_data["into"]
                    self._merge_all(request, [row for row in chosen if row.pk != into.pk], into)
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
            rows=list(chosen),
            action=request.POST["action"],
            checkbox_name=ACTION_CHECKBOX_NAME,
        )

    def _merge_all(self, request: HttpRequest, rows: list[Any], into: Any) -> None:
        for row in rows:
            self.log_deletions(request, self.model._default_manager.filter(pk=row.pk))
            moved = self.merge(row, into, request.user)
            words = _("“%(name)s” was merged into “%(into)s”; articles moved: %(count)d.") % {
                "name": row.name,
                "into": into.name,
                "count": moved,
            }
            self.log_change(request, into, words)
            messages.success(request, words)


class MergingCategoryAdmin(Merges, CategoryAdmin):
    actions = ["merge_categories"]
    merge_title = gettext_lazy("Merge categories")
    merge_explanation = gettext_lazy(
        "Articles, lower categories, menu entries and blocks move to the category you choose. The "
        "categories below are deleted, except the one you choose, and their addresses lead to it. "
        "What is set there about comments and ratings holds from then on."
    )

    def into_field(self, chosen: QuerySet[Any]) -> forms.Field:
        # A single one has nothing to be merged with but another.
        alone = {row.pk for row in chosen} if len(chosen) == 1 else set()
        choices = [(pk, name) for pk, name in category_choices() if pk not in alone]
        return forms.TypedChoiceField(
            label=_("Merge into"),
            choices=[("", "—"), *choices],
            coerce=lambda pk: Category.objects.get(pk=pk),
        )

    def merge(self, row: Any, into: Any, by: Any) -> int:
        return merging.merge_category(category=row, into=into, by=by)

    @admin.action(description=gettext_lazy("Merge the selected categories"), permissions=["merge"])
    def merge_categories(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self.ask_and_merge(request, queryset)


class MergingTagAdmin(Merges, TagAdmin):
    actions = ["merge_tags"]
    merge_title = gettext_lazy("Merge tags")
    merge_explanation = gettext_lazy(
        "Their articles get the tag you choose. The tags below are deleted, except the one you "
        "choose, and their addresses lead to it."
    )

    def into_field(self, chosen: QuerySet[Any]) -> forms.Field:
        return forms.ModelChoiceField(
            label=_("Merge into"),
            queryset=Tag.objects.exclude(pk__in=[row.pk for row in chosen if len(chosen) == 1]),
            widget=SearchSelect(Redirect._meta.get_field("tag"), self.admin_site),
        )

    def merge(self, row: Any, into: Any, by: Any) -> int:
        return merging.merge_tag(tag=row, into=into, by=by)

    @admin.action(description=gettext_lazy("Merge the selected tags"), permissions=["merge"])
    def merge_tags(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self.ask_and_merge(request, queryset)


class LeavingSeriesAdmin(LeavesRedirect, SeriesAdmin):
    pass


class LeavingAuthorAdmin(LeavesRedirect, AuthorAdmin):
    pass


class LeavingPageAdmin(LeavesRedirect, PageAdmin):
    pass


_PAGES: dict[Any, Any] = {
    Category: MergingCategoryAdmin,
    Tag: MergingTagAdmin,
    Series: LeavingSeriesAdmin,
    Author: LeavingAuthorAdmin,
    Page: LeavingPageAdmin,
}
for _model, _admin in _PAGES.items():
    admin.site.unregister(_model)
    admin.site.register(_model, _admin)
