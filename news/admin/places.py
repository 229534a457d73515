"""Featured articles, and the old addresses of articles."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from news.models import Article, FeaturedSlot, OldAddress
from news.staff_admin.model_admin import StaffAdmin


class FeaturedSlotForm(forms.ModelForm):
    def clean_article(self) -> Article:
        article = self.cleaned_data["article"]
        if article.status != Article.Status.PUBLISHED:
            raise ValidationError(_("Only a published or scheduled article can be featured."))
        return article


@admin.register(FeaturedSlot)
class FeaturedSlotAdmin(StaffAdmin):
    form = FeaturedSlotForm
    fields = ["position", "article", "until"]
    autocomplete_fields = ["article"]
    list_display = ["position", "article", "until"]
    list_display_links = ["article"]
    list_select_related = ["article"]
    sortable_by = ()


@admin.register(OldAddress)
class OldAddressAdmin(StaffAdmin):
    """Staff see and delete what imports wrote; to add an old address they write a redirect."""

    fields = ["path", "article"]
    list_display = ["path", "article"]
    list_select_related = ["article"]
    search_fields = ["path"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
