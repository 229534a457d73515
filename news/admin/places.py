"""Featured articles, and the old addresses of articles."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from news.models import Article, FeaturedSlot, OldAddress
from news.old_addresses import old_path
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


class OldAddressForm(forms.ModelForm):
    def clean_path(self) -> str:
        path = old_path(self.cleaned_data["path"])
        if not path:
            raise ValidationError(_("Write the old address, for example /tin-tuc/bai-cu.html."))
        return path


@admin.register(OldAddress)
class OldAddressAdmin(StaffAdmin):
    form = OldAddressForm
    fields = ["path", "article"]
    autocomplete_fields = ["article"]
    list_display = ["path", "article"]
    list_select_related = ["article"]
    search_fields = ["path"]
