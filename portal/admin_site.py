"""The admin site: Django's with our titles, its sections in the order of the Vietnamese alphabet.

Not a module of `portal.admin`: Django creates the site before it imports the admin of any app.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from news.text import sort_key
from portal.version import VERSION


class Newsroom(AdminSite):
    site_header = _("Newsroom of the portal")
    site_title = _("Newsroom")
    index_title = _("What would you like to do?")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Tell the version too, which stands in the footer of each page for staff."""
        return {**super().each_context(request), "portal_version": VERSION}

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Sort by the Vietnamese alphabet, in which Đ comes after D, not at the end."""
        sections: list[dict[str, Any]] = super().get_app_list(request, app_label)
        for section in sections:
            section["models"].sort(key=_sort_key)
        return sorted(sections, key=_sort_key)


def _sort_key(entry: dict[str, object]) -> str:
    return sort_key(str(entry["name"]))


class NewsroomConfig(AdminConfig):
    default_site = "portal.admin_site.Newsroom"
