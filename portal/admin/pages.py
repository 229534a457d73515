"""Simple pages: introduction, contact, privacy notice, accessibility statement."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from news.staff_admin.model_admin import StaffAdmin
from portal.admin.slug_redirects import SlugRedirectMixin
from portal.models import Page


@admin.register(Page)
class PageAdmin(SlugRedirectMixin, StaffAdmin):
    fieldsets = [
        (None, {"fields": ["title", "body", "slug"]}),
        (_("In English"), {"fields": ["title_en", "body_en"], "classes": ["collapse"]}),
        (_("Publication"), {"fields": ["is_public", "is_in_footer", "position"]}),
    ]
    list_display = ["title", "slug", "is_public", "is_in_footer", "position", "updated_at"]
    list_editable = ["position"]
    search_fields = ["title"]

    def view_on_site(self, obj: Page) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None
