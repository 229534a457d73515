"""The report of what readers searched for."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from news.models import SearchWords
from news.search import words_log
from news.staff_admin.model_admin import ReadOnlyAdminMixin


@admin.register(SearchWords)
class SearchWordsAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """Shows a report in place of the list."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        searched, missed = words_log.search_report()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What readers searched for in the last 30 days"),
            "searched": searched,
            "missed": missed,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/news/searchwords/report.html", context)
