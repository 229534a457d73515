"""The newsroom: Django's admin under our name, its sections in the order of our alphabet.

It stands beside `portal/admin/`, not in it: Django makes the site before the first page of any app
registers itself there.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from news.text import sort_key


class Newsroom(AdminSite):
    site_header = _("Newsroom of the portal")
    site_title = _("Newsroom")
    index_title = _("What would you like to do?")

    def get_app_list(self, request: HttpRequest, app_label: Any = None) -> list[Any]:
        """Sort as a dictionary does: Đánh giá behind Cổng thông tin, not behind everything."""
        sections: list[Any] = super().get_app_list(request, app_label)
        for section in sections:
            section["models"].sort(key=_place)
        return sorted(sections, key=_place)


def _place(entry: Any) -> str:
    return sort_key(str(entry["name"]))


class NewsroomConfig(AdminConfig):
    default_site = "portal.admin_site.Newsroom"
