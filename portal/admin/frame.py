"""The admin of the frame: identity, menu, blocks, map, links and alert banners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Case, F, Model, QuerySet, Subquery, When
from django.db.models.expressions import Combinable
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.filters import ChoicesFilter
from news.staff_admin.model_admin import StaffAdmin
from news.staff_admin.rows import RowsInline
from portal.models import (
    AlertBanner,
    HomeBlock,
    Link,
    LinkGroup,
    MenuItem,
    Page,
    SidebarBlock,
    SiteIdentity,
    WardMap,
)


class CategoryTreeForm(forms.ModelForm):
    """Offers the categories as a tree."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "category", [("", "—"), *category_choices()])


class IdentityForm(forms.ModelForm):
    class Meta:
        model = SiteIdentity
        fields: list[str] = []  # those of the fieldsets
        error_messages = {
            "valid_from": {"unique": _("An identity that holds from this day exists already.")}
        }


class HomeBlockForm(CategoryTreeForm):
    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == HomeBlock.Kind.CATEGORY and data.get("category", 0) is None:
            self.add_error("category", _("Please choose a category."))
        return data


class SidebarBlockForm(forms.ModelForm):
    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == SidebarBlock.Kind.BANNER and data.get("image", 0) is None:
            self.add_error("image", _("Please choose a picture."))
        return data


@admin.register(SiteIdentity)
class SiteIdentityAdmin(StaffAdmin):
    form = IdentityForm
    list_display = ["name", "valid_from", "parent_name", "in_use"]
    fieldsets = [
        (
            None,
            {
                "fields": ["valid_from"],
                "description": _(
                    "When the agency is renamed or merged, add a new record with the day from "
                    "which it holds; the pages change on that day by themselves."
                ),
            },
        ),
        (
            _("Names"),
            {
                "fields": [
                    *("name", "name_en", "kind", "kind_en", "parent_name", "parent_name_en"),
                    *("former_name", "slogan"),
                ]
            },
        ),
        (_("Pictures"), {"fields": ["emblem", "banner"]}),
        (
            _("Footer"),
            {
                "fields": [
                    *("managing_agency", "governing_agency", "address", "phone", "fax", "email"),
                    *("responsible_person", "licence", "reuse_sentence", "copyright_line"),
                ],
                "description": _("Rules on state portals ask for these; leave none of them blank."),
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SiteIdentity]:
        valid = SiteIdentity.objects.filter(valid_from__lte=timezone.localdate())
        current = valid.order_by("-valid_from").values("pk")[:1]
        return super().get_queryset(request).annotate(current_pk=Subquery(current))

    @admin.display(description=_("in use"), boolean=True)
    def in_use(self, identity: SiteIdentity) -> bool:
        return identity.pk == getattr(identity, "current_pk", None)


class MenuItemInline(RowsInline):
    model = MenuItem
    fields = ["label", "label_en", "category", "page", "address", "position"]
    extra = 1
    verbose_name_plural = _("entries below this one")

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **kwargs: Any
    ) -> type[BaseInlineFormSet]:
        """Read the choices of the rows once for all of them."""
        formset = super().get_formset(request, obj, **kwargs)
        pages = Page.objects.values_list("pk", "title")
        for name, choices in (("category", category_choices()), ("page", list(pages))):
            field = formset.form.base_fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.choices = [("", "—"), *choices]
        return formset


@admin.register(MenuItem)
class MenuItemAdmin(StaffAdmin):
    form = CategoryTreeForm
    fields = ["parent", "label", "label_en", "category", "page", "address", "position"]
    inlines = [MenuItemInline]
    list_display = ["entry", "target", "position"]
    list_display_links = ["entry"]
    list_editable = ["position"]
    list_select_related = ["category", "page", "parent"]
    list_per_page = 200
    sortable_by = ()

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """Each entry of the top level, followed by the entries below it."""
        return [
            Case(When(parent=None, then=F("position")), default=F("parent__position")),
            Case(When(parent=None, then=F("pk")), default=F("parent")),
            F("parent").asc(nulls_first=True),
            "position",
            "pk",
        ]

    def get_inlines(
        self, request: HttpRequest, obj: MenuItem | None
    ) -> list[type[InlineModelAdmin]]:
        return [] if obj is not None and obj.parent_id else [*self.inlines]

    @admin.display(description=_("label"))
    def entry(self, item: MenuItem) -> str:
        depth = 2 if item.parent_id else 1
        return format_html('<span class="tree-name tree-depth-{}">{}</span>', depth, item)

    @admin.display(description=_("target"))
    def target(self, item: MenuItem) -> str:
        return str(item.category or item.page or item.address)


@admin.register(HomeBlock)
class HomeBlockAdmin(StaffAdmin):
    form = HomeBlockForm
    fields = ["kind", "category", "title", "title_en", "position", "is_public"]
    list_display = ["__str__", "kind", "category", "position", "is_public"]
    list_editable = ["position", "is_public"]
    list_select_related = ["category"]
    sortable_by = ()


@admin.register(SidebarBlock)
class SidebarBlockAdmin(StaffAdmin):
    form = SidebarBlockForm
    fields = ["kind", "title", "title_en", "image", "link", "position", "is_public"]
    list_display = ["__str__", "kind", "position", "is_public"]
    list_editable = ["position", "is_public"]
    sortable_by = ()


@admin.register(WardMap)
class WardMapAdmin(StaffAdmin):
    fields = ["title", "title_en", "image", "description", "service_link", "is_current"]
    list_display = ["title", "is_current"]


class LinkInline(RowsInline):
    model = Link
    fields = ["label", "address", "position"]
    extra = 2


@admin.register(LinkGroup)
class LinkGroupAdmin(StaffAdmin):
    fields = ["name", "name_en", "position"]
    inlines = [LinkInline]
    list_display = ["name", "position"]
    list_editable = ["position"]
    search_fields = ["name", "links__label"]
    sortable_by = ()


@admin.register(AlertBanner)
class AlertBannerAdmin(StaffAdmin):
    fields = ["text", "text_en", "link", "level", "starts_at", "ends_at"]
    list_display = ["text", "level", "starts_at", "ends_at", "state"]
    list_filter = [("level", ChoicesFilter)]

    @admin.display(description=_("status"))
    def state(self, banner: AlertBanner) -> str:
        now = timezone.now()
        if banner.ends_at <= now:
            key, label = "expired", _("over")
        elif banner.starts_at > now:
            key, label = "scheduled", _("coming")
        else:
            key, label = "published", _("shown now")
        return format_html('<span class="state state-{}">{}</span>', key, label)
